// Program gen writes the kernels of package des into the current directory:
// the rounds in assembly and in Go, from the circuits in gen/circuits.txt.
//
//	go run ./gen                writes the kernels
//	go run ./gen -search 10m    looks for smaller circuits for ten minutes
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"
)

// circuitsPath is where the circuits are, seen from package des.
const circuitsPath = "gen/circuits.txt"

func main() {
	duration := flag.Duration("search", 0, "look for smaller circuits for so long, instead of writing the kernels")
	workers := flag.Int("workers", runtime.GOMAXPROCS(0), "goroutines of the search")
	flag.Parse()
	if err := run(*duration, *workers); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(duration time.Duration, workers int) error {
	l, err := load(circuitsPath)
	if err != nil {
		return err
	}
	if duration > 0 {
		s := &search{found: l, until: time.Now().Add(duration), log: os.Stderr}
		s.run(workers)
		return nil
	}
	files, err := l.kernels()
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// kernels returns the files that are made from the circuits.
func (l library) kernels() (map[string][]byte, error) {
	var threes [8]circuit
	var twos [8]positive
	for box := range 8 {
		for _, arity := range []int{2, 3} {
			if _, ok := l[key{box, arity}]; !ok {
				return nil, fmt.Errorf("no circuit for %v", key{box, arity})
			}
		}
		threes[box] = l[key{box, 3}]
		twos[box] = makePositive(l[key{box, 2}])
	}
	return map[string][]byte{
		"rounds512_amd64.s": avx512(threes),
		"rounds256_amd64.s": avx2(twos),
		"rounds64.go":       golang(twos),
	}, nil
}
