//go:build unix || windows

package main

import (
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// silencePipes lets a write to a closed pipe return an error, so that what is
// half-written elsewhere is removed before the program ends.
var silencePipes = sync.OnceFunc(func() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) })

// closedPipe reports whether nobody reads any more.
func closedPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
