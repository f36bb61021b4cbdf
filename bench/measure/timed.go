package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

// sample is one run of a program.
type sample struct {
	seconds float64
	peak    int64 // resident octets; 0 where the system does not tell
}

func (s sample) mebibytes() float64 { return float64(s.peak) / (1 << 20) }

// timed runs a program to its end.
func timed(name string, args ...string) (sample, error) {
	c := exec.Command(name, args...)
	return finish(c)
}

// copied runs cat from one file into another.
func copied(from, to string) (sample, error) {
	out, err := os.Create(to)
	if err != nil {
		return sample{}, err
	}
	defer out.Close()
	c := exec.Command("cat", from)
	c.Stdout = out
	return finish(c)
}

func finish(c *exec.Cmd) (sample, error) {
	began := time.Now()
	if text, err := output(c); err != nil {
		return sample{}, fmt.Errorf("%s: %w\n%s", c.Path, err, text)
	}
	return sample{time.Since(began).Seconds(), peak(c.ProcessState)}, nil
}

func output(c *exec.Cmd) ([]byte, error) {
	if c.Stdout != nil {
		return nil, c.Run()
	}
	return c.CombinedOutput()
}
