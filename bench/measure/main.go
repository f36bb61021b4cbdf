// Command measure runs ikescope decrypt on generated captures and prints how fast
// it is and how much memory it takes, beside copying the same file in the same run.
//
//	go run ./bench/measure -ikescope bin/ikescope
//	go run ./bench/measure -ikescope bin/ikescope -floods 1000000
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"ikescope/bench/traffic"
)

// load is one capture to measure with.
type load struct {
	cipher, integrity string
	sas               int
	slow              bool // a smaller capture is enough
}

// loads are one line each of the table.
var loads = []load{
	{"aes-cbc-128", "hmac-sha1-96", 2, false},
	{"aes-cbc-128", "hmac-sha1-96", 1000, false},
	{"aes-cbc-256", "hmac-sha2-256-128", 2, false},
	{"aes-gcm-16-128", "none", 2, false},
	{"chacha20-poly1305", "none", 2, false},
	{"null", "hmac-sha1-96", 2, false},
	{"3des-cbc", "hmac-sha1-96", 2, true},
	{"des-cbc", "hmac-md5-96", 2, true},
}

// settings are the flags.
type settings struct {
	ikescope string
	dir      string
	size     int64 // octets of a capture, in MB
	inner    int   // octets of an inner datagram
	rounds   int
}

func main() {
	var s settings
	flag.StringVar(&s.ikescope, "ikescope", "bin/ikescope", "program to measure")
	flag.StringVar(&s.dir, "dir", "", "folder for captures, by default a new one among the temporary ones")
	flag.Int64Var(&s.size, "mb", 200, "size of a capture in MB; a tenth of it for slow ciphers")
	flag.IntVar(&s.inner, "size", 1400, "octets of an inner datagram")
	flag.IntVar(&s.rounds, "rounds", 3, "rounds, of which the median counts")
	floods := flag.Int64("floods", 0, "measure ikescope report on floods of that many packets instead")
	flag.Parse()
	measure := s.measure
	if *floods > 0 {
		measure = func() error { return s.floods(*floods) }
	}
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func (s *settings) measure() error {
	dir, err := os.MkdirTemp(s.dir, "ikescope-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%s/%s, %d processors, inner datagrams of %d octets, median of %d rounds\n",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), s.inner, s.rounds)
	fmt.Printf("%-38s %5s %7s %8s %10s %9s %9s\n", "algorithms", "SAs", "MB", "MB/s", "packets/s", "peak MiB", "times cat")
	for _, l := range loads {
		if err := s.one(dir, l); err != nil {
			return fmt.Errorf("%s: %w", l.cipher, err)
		}
	}
	return nil
}

// one measures one load: copying and decrypting in turns.
func (s *settings) one(dir string, l load) error {
	capture, keys := filepath.Join(dir, "capture.pcap"), filepath.Join(dir, "secrets.toml")
	octets, packets, err := s.generate(l, capture, keys)
	if err != nil {
		return err
	}
	out := filepath.Join(dir, "out")
	var cats, runs []sample
	for range s.rounds {
		cat, err := copied(capture, out)
		if err != nil {
			return err
		}
		run, err := timed(s.ikescope, "decrypt", capture, "-k", keys, "-o", out)
		if err != nil {
			return err
		}
		cats, runs = append(cats, cat), append(runs, run)
	}
	cat, run := median(cats), median(runs)
	fmt.Printf("%-38s %5d %7.0f %8.0f %10.0f %9.0f %9.1f\n", l.cipher+" "+l.integrity, l.sas,
		float64(octets)/1e6, float64(octets)/1e6/run.seconds, float64(packets)/run.seconds,
		float64(run.peak)/(1<<20), run.seconds/cat.seconds)
	return nil
}

func median(all []sample) sample {
	slices.SortFunc(all, func(a, b sample) int {
		if a.seconds < b.seconds {
			return -1
		}
		return 1
	})
	return all[len(all)/2]
}

func (s *settings) generate(l load, capture, keys string) (octets, packets int64, err error) {
	size := s.size * 1e6
	if l.slow {
		size /= 10
	}
	p := traffic.Plan{
		Packets: size / int64(s.inner+100), SAs: l.sas,
		Cipher: l.cipher, Integrity: l.integrity, Size: s.inner,
	}
	c, err := os.Create(capture)
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	k, err := os.Create(keys)
	if err != nil {
		return 0, 0, err
	}
	defer k.Close()
	if err := k.Chmod(0o600); err != nil {
		return 0, 0, err
	}
	if err := p.Write(c, k); err != nil {
		return 0, 0, err
	}
	fi, err := c.Stat()
	if err != nil {
		return 0, 0, err
	}
	return fi.Size(), p.Packets, c.Sync()
}
