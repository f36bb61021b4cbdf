package keyout

import (
	"io"

	"ikescope/secrets"
)

// TOML writes the keys as a secrets file of this program.
func TOML(w io.Writer, k Keys) error { return secrets.WriteTOML(w, k.Ring()) }
