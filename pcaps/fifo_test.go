//go:build unix

package pcaps

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A named pipe is a path like another, but cannot be read twice.
func TestFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	go os.WriteFile(path, readFile(t, "testdata/vlan.pcap"), 0)
	s, err := OpenSet([]string{path}, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want, _ := readAll(t, readFile(t, "testdata/vlan.pcap"), 0)
	if n := len(drain(t, s)); n != len(want) || s.Seekable() {
		t.Errorf("%d frames of %d, seekable %v", n, len(want), s.Seekable())
	}
}
