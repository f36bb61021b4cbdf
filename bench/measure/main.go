// Command measure runs ikescope on generated captures and prints how fast it is and
// how much memory it takes, as ratios to other programs and to itself in the same
// run.
//
//	go run ./bench/measure -ikescope bin/ikescope
//	go run ./bench/measure -ikescope bin/ikescope -stream 10000
//	go run ./bench/measure -ikescope bin/ikescope -floods 1000000
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
)

// settings are the flags.
type settings struct {
	ikescope string
	dir      string
	packets  int64
	inner    int // octets of an inner datagram
	rounds   int
}

func main() {
	if len(os.Args) == 1+generateArgs && os.Args[1] == generateWord {
		exit(generateMain(os.Args[2:]))
	}
	var s settings
	flag.StringVar(&s.ikescope, "ikescope", "bin/ikescope", "program to measure")
	flag.StringVar(&s.dir, "dir", "", "folder for captures, by default a new one among the temporary ones")
	flag.Int64Var(&s.packets, "packets", 200_000, "packets of a capture")
	flag.IntVar(&s.inner, "size", 1400, "octets of an inner datagram")
	flag.IntVar(&s.rounds, "rounds", 5, "rounds, of which the median counts")
	floods := flag.Int64("floods", 0, "measure ikescope report on floods of that many packets instead")
	stream := flag.Int64("stream", 0, "measure ikescope decrypt on so many MB of standard input instead")
	flag.Parse()
	measure := s.measure
	switch {
	case *floods > 0:
		measure = func(dir string) error { return s.floods(dir, *floods) }
	case *stream > 0:
		measure = func(dir string) error { return s.stream(dir, *stream) }
	}
	exit(s.inFolder(measure))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (s *settings) inFolder(measure func(dir string) error) error {
	dir, err := os.MkdirTemp(s.dir, "ikescope-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return measure(dir)
}

// measure prints all tables, one after the other.
func (s *settings) measure(dir string) error {
	fmt.Printf("%s/%s, %d processors, median of %d rounds\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), s.rounds)
	for _, table := range []func(dir string) error{s.copies, s.tshark, s.short, s.workers, s.associations} {
		if err := table(dir); err != nil {
			return err
		}
	}
	return nil
}

// inTurn runs programs one after the other, in each round once, and returns the
// median of each. The output is always a new file.
func (s *settings) inTurn(f files, programs ...func() (sample, error)) ([]sample, error) {
	all := make([][]sample, len(programs))
	for range s.rounds {
		for i, run := range programs {
			os.Remove(f.out)
			one, err := run()
			if err != nil {
				return nil, err
			}
			all[i] = append(all[i], one)
		}
	}
	medians := make([]sample, len(programs))
	for i := range all {
		medians[i] = median(all[i])
	}
	return medians, nil
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

// decrypt is a run of ikescope.
func (s *settings) decrypt(f files, args ...string) func() (sample, error) {
	return func() (sample, error) {
		return timed(s.ikescope, append([]string{"decrypt", f.capture, "-k", f.secrets}, args...)...)
	}
}

// cat is a copy of the capture.
func (f files) cat() (sample, error) { return copied(f.capture, f.out) }
