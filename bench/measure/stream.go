package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"

	"ikescope/bench/traffic"
)

// stream gives a capture to standard input, which is never stored, and prints the
// most memory that decrypting it took.
func (s *settings) stream(dir string, megabytes int64) error {
	l := load{"aes-gcm-16-128", "none", 1000}
	p := l.plan(megabytes*1e6/int64(s.inner+86), s.inner)
	f := filesIn(dir)
	if _, err := f.generate(traffic.Plan{SAs: p.SAs, Cipher: p.Cipher, Integrity: p.Integrity, Size: p.Size}, asTOML); err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	c := exec.Command(s.ikescope, "decrypt", "-", "-k", f.secrets, "-o", os.DevNull)
	c.Stdin = r
	written := make(chan error, 1)
	go func() {
		written <- p.Write(w, io.Discard)
		w.Close()
	}()
	run, err := finish(c)
	r.Close()
	if err != nil {
		return err
	}
	fmt.Printf("%d MB through standard input, %d SAs: %.1f s, %.0f MiB\n", megabytes, l.sas, run.seconds, run.mebibytes())
	return <-written
}
