//go:build !unix && !windows

package main

import (
	"errors"
	"io"
)

func silencePipes() {}

// closedPipe reports whether nobody reads any more.
func closedPipe(err error) bool { return errors.Is(err, io.ErrClosedPipe) }
