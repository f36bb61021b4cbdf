package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ikescope/pcaps/samples"
)

func TestSecretsFromNamedPipe(t *testing.T) {
	s := samples.ByName("vlan")
	sec, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	go func() {
		_ = os.WriteFile(pipe, []byte(sec.TOML(samples.Shared)), 0o600)
	}()
	if out := execute(t, exitDone, "report", s.Capture(), "-k", pipe); !strings.Contains(out, "verified") {
		t.Error(out)
	}
}
