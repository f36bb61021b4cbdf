package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ikescope/pcaps/samples"
)

func TestInterruptLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, interrupt := context.WithCancel(t.Context())
	stdin, feed := io.Pipe() // a capture that never ends
	defer feed.Close()
	go func() {
		b, _ := os.ReadFile(samples.ByName("vlan").Capture())
		feed.Write(b)
		interrupt()
	}()
	var out, diag bytes.Buffer
	got := run(ctx, []string{"decrypt", "-", "-o", filepath.Join(dir, "inner.pcapng")}, stdin, &out, &diag)
	if got != exitFailed {
		t.Errorf("status %d", got)
	}
	if diag.String() != "ikescope: interrupted\n" {
		t.Errorf("%q", diag.String())
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// failing is an output that fails, as a pipe does that nobody reads.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestClosedPipeIsQuiet(t *testing.T) {
	demo := samples.ByName("mm-psk-3des-sha1-modp1024")
	for _, args := range [][]string{
		{"report", demo.Capture()},
		{"report", demo.Capture(), "--format", "json"},
		{"messages", demo.Capture()},
		{"messages", demo.Capture(), "--format", "json"},
		{"decrypt", demo.Capture(), "-k", demo.Path("secrets.toml"), "-o", "-"},
	} {
		var diag bytes.Buffer
		got := run(t.Context(), args, nil, failing{&os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}}, &diag)
		if got != exitPipe || strings.Contains(diag.String(), "pipe") {
			t.Errorf("%v: status %d, %q", args, got, diag.String())
		}
		got = run(t.Context(), args, nil, failing{syscall.ENOSPC}, &diag)
		if got != exitFailed || !strings.Contains(diag.String(), "ikescope: writing to standard output: no space left on device") {
			t.Errorf("%v: status %d, %q", args, got, diag.String())
		}
	}
}

func TestPanicBecomesOneLine(t *testing.T) {
	_, err := await(t.Context(), func() (int, error) { panic("suite: impossible") })
	if err == nil || err.Error() != "internal error, please report it: suite: impossible" {
		t.Error(err)
	}
	if _, err := await(t.Context(), func() (int, error) { return 1, errors.New("usual") }); err == nil {
		t.Error("the error is lost")
	}
}
