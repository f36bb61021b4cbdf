package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"ikescope/bench/traffic"
)

// What a flood may cost: resident octets, and processor time of twice as many
// packets by that of as many. Below the least time a ratio says nothing.
const (
	mostResident = 512 << 20
	mostRatio    = 2.3
	leastSeconds = 0.2
)

// floods runs ikescope report on floods of half as many packets and as many, and
// prints processor time and memory. It is an error if a flood costs more than it
// may.
func (s *settings) floods(dir string, packets int64) error {
	fmt.Printf("%s/%s, ikescope report on %d and %d packets\n", runtime.GOOS, runtime.GOARCH, packets/2, packets)
	fmt.Printf("%-16s %9s %9s %7s %9s\n", "flood", "seconds", "seconds", "ratio", "peak MiB")
	failed := 0
	for _, kind := range traffic.FloodKinds() {
		half, err := s.flood(dir, kind, packets/2)
		if err != nil {
			return err
		}
		all, err := s.flood(dir, kind, packets)
		if err != nil {
			return err
		}
		ratio, verdict := all.seconds/max(half.seconds, 1e-3), ""
		if all.peak > mostResident || ratio > mostRatio && all.seconds > leastSeconds {
			verdict = "  TOO MUCH"
			failed++
		}
		fmt.Printf("%-16s %9.2f %9.2f %7.2f %9.0f%s\n", kind, half.seconds, all.seconds, ratio, all.mebibytes(), verdict)
	}
	if failed > 0 {
		return fmt.Errorf("%d floods cost too much", failed)
	}
	return nil
}

// flood measures one flood. Its seconds are processor time.
func (s *settings) flood(dir, kind string, packets int64) (sample, error) {
	path := filepath.Join(dir, "flood.pcap")
	f, err := os.Create(path)
	if err != nil {
		return sample{}, err
	}
	defer os.Remove(path)
	defer f.Close()
	if err := (traffic.Flood{Kind: kind, Packets: packets}).Write(f); err != nil {
		return sample{}, err
	}
	c := exec.Command(s.ikescope, "report", path)
	if text, err := c.CombinedOutput(); err != nil {
		return sample{}, fmt.Errorf("%s: %w\n%s", kind, err, text)
	}
	spent := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	return sample{spent.Seconds(), peak(c.ProcessState)}, nil
}
