package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"ikescope/bench/cputime"
	"ikescope/bench/traffic"
)

// Bounds on what a flood may cost: heap in octets, whatever its size; and processor
// time, of four times as many packets by that of as many: 16 would be quadratic.
// Below the least, a ratio says nothing.
const (
	floodMemory = 256 << 20
	floodRatio  = 8
	floodLeast  = 150 * time.Millisecond
)

// Every kind of flood through report: time in proportion to its length, memory
// within a bound, and what was dropped is told.
func TestFloods(t *testing.T) {
	if testing.Short() {
		t.Skip("short tests")
	}
	for _, kind := range traffic.FloodKinds() {
		t.Run(kind, func(t *testing.T) {
			var few, many time.Duration
			for range 4 { // a busy machine gets another chance
				few, many = flood(t, kind, 10_000), flood(t, kind, 40_000)
				if many < floodLeast || many <= floodRatio*few {
					return
				}
			}
			t.Errorf("%v for 10,000 packets, %v for 40,000", few, many)
		})
	}
}

// flood returns the processor time of a report on n packets.
func flood(t *testing.T, kind string, n int64) time.Duration {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flood.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (traffic.Flood{Kind: kind, Packets: n}).Write(f); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	before := cputime.Used()
	var out, diag bytes.Buffer
	if status := run(t.Context(), []string{"report", path}, nil, &out, &diag); status != exitDone {
		t.Fatalf("status %d: %s", status, diag.String())
	}
	took := cputime.Used() - before
	if out.Len() > 1<<20 || bytes.Count(diag.Bytes(), []byte("\n")) > 20 {
		t.Errorf("%d octets of report, %s", out.Len(), diag.String())
	}
	return took
}

// What a flood leaves in memory does not depend on its length.
func TestFloodsInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("short tests")
	}
	for _, kind := range []string{"cookies", "answered", "ike-fragments", "fragments", "spis"} {
		path := filepath.Join(t.TempDir(), kind)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		n := int64(100_000)
		if kind == "fragments" {
			n = 40_000
		}
		if err := (traffic.Flood{Kind: kind, Packets: n}).Write(f); err != nil {
			t.Fatal(err)
		}
		f.Close()
		peak := watchHeap(func() { execute(t, exitDone, "report", path) })
		if peak > floodMemory {
			t.Errorf("%s: heap of %d MiB", kind, peak>>20)
		}
		t.Logf("%s: heap of %d MiB", kind, peak>>20)
		os.Remove(path)
	}
}

// watchHeap returns the most heap that was in use after a collection while work
// ran, beside what other tests had left.
func watchHeap(work func()) (peak uint64) {
	runtime.GC()
	before := heapInUse()
	done := make(chan struct{})
	go func() {
		work()
		close(done)
	}()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return peak
		case <-tick.C:
			if now := heapInUse(); now > before {
				peak = max(peak, now-before)
			}
		}
	}
}
