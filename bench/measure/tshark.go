package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// tshark sets its decryption, with ICVs checked, beside ours, where it is installed.
// It needs so long that it gets one round, on the same capture.
func (s *settings) tshark(dir string) error {
	path, err := exec.LookPath("tshark")
	if err != nil {
		fmt.Printf("\ntshark is not installed: not compared\n")
		return nil
	}
	fmt.Printf("\ndecrypt beside tshark that decrypts and checks, %d packets with %d octets inside\n", s.packets, s.inner)
	f := filesIn(dir)
	for _, l := range loads[1:4] {
		if _, err := f.generate(l.plan(s.packets, s.inner), asTOML); err != nil {
			return err
		}
		theirs, err := s.dissected(path, dir, f)
		if err != nil {
			return err
		}
		m, err := s.inTurn(f, f.cat, s.decrypt(f, "-o", f.out))
		if err != nil {
			return err
		}
		fmt.Printf("%-34s %6.3f s %6.2f s %5.1f times (and %.0f times cat)\n", l.name(), m[1].seconds, theirs.seconds,
			theirs.seconds/m[1].seconds, theirs.seconds/m[0].seconds)
	}
	return nil
}

// dissected runs tshark with a profile that ikescope writes, and lets it print what
// makes it decrypt: whether the ICV is right, and the addresses inside.
func (s *settings) dissected(path, dir string, f files) (sample, error) {
	home := filepath.Join(dir, "wireshark")
	if err := os.MkdirAll(filepath.Join(home, "profiles"), 0o700); err != nil {
		return sample{}, err
	}
	defer os.RemoveAll(home)
	profile := filepath.Join(home, "profiles", "bench")
	if _, err := timed(s.ikescope, "keys", f.capture, "-k", f.secrets, "--format", "wireshark", "-o", profile); err != nil {
		return sample{}, err
	}
	c := exec.Command(path, "-n", "-C", "bench", "-r", f.capture, "-T", "fields", "-e", "esp.icv_good", "-e", "ip.src")
	c.Env = append(os.Environ(), "WIRESHARK_CONFIG_DIR="+home)
	c.Stdout = io.Discard
	return finish(c)
}
