// Command kernels opens the same ESP packets with package esp, with Go's own
// packages, and with OpenSSL and intel-ipsec-mb where it was built with their tags,
// all on one core and in one run, and prints how fast each is.
//
//	go run ./bench/kernels
//	go run -tags openssl,ipsecmb ./bench/kernels
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// loads are what is opened.
var loads = []load{
	{cipher: "aes-cbc-128"},
	{cipher: "3des-cbc"},
	{cipher: "null", integrity: "hmac-sha1-96"},
	{cipher: "null", integrity: "hmac-sha2-256-128"},
	{cipher: "aes-gcm-16-128"},
	{cipher: "aes-gcm-16-256"},
	{cipher: "aes-cbc-128", integrity: "hmac-sha1-96"},
	{cipher: "aes-cbc-256", integrity: "hmac-sha2-256-128"},
	{cipher: "3des-cbc", integrity: "hmac-sha1-96"},
}

// opener verifies and decrypts a batch in place and returns how many of its packets
// it found to be right.
type opener func(b *batch) int

// peer is one implementation. Its prepare gives nil for a load that it cannot open.
type peer struct {
	name    string
	prepare func(l *load) (opener, error)
}

// peers are all that this program was built with; the first is measured against the
// others.
var peers = []peer{
	{"this", ours},
	{"Go", golang},
}

func main() {
	packets := flag.Int("packets", 64, "packets of a batch")
	size := flag.Int("size", 1400, "octets of an inner datagram")
	turns := flag.Int("turns", 200, "turns, of which the fastest counts")
	flag.Parse()
	if err := run(*packets, *size, *turns); err != nil {
		fmt.Fprintln(os.Stderr, "kernels:", err)
		os.Exit(1)
	}
}

func run(packets, size, turns int) error {
	runtime.LockOSThread()
	fmt.Printf("GB/s of ESP on one core, batches of %d packets of one SA with %d octets inside, the fastest of %d turns\n%-32s", packets, size, turns, "")
	for _, p := range peers {
		fmt.Printf("%16s", p.name)
	}
	for _, p := range peers[1:] {
		fmt.Printf("%18s", "to "+p.name)
	}
	fmt.Println()
	for _, l := range loads {
		if err := l.measure(packets, size, turns); err != nil {
			return fmt.Errorf("%s: %w", l.name(), err)
		}
	}
	return nil
}

func (l load) name() string { return strings.TrimSuffix(l.cipher+" + "+l.integrity, " + ") }

// measure prints the row of one load.
func (l load) measure(packets, size, turns int) error {
	if err := l.make(packets, size); err != nil {
		return err
	}
	var openers []opener
	for _, p := range peers {
		open, err := p.prepare(&l)
		if err == nil && open != nil {
			err = l.agrees(open)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		openers = append(openers, open)
	}
	best := make([]time.Duration, len(openers))
	for range turns {
		for i, open := range openers {
			if took := l.turn(open); best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	l.print(best)
	return nil
}

// turn times one batch.
func (l *load) turn(open opener) time.Duration {
	if open == nil {
		return 0
	}
	b := l.restored()
	began := time.Now()
	open(b)
	return time.Since(began)
}

func (l *load) print(best []time.Duration) {
	fmt.Printf("%-32s", l.name())
	for _, took := range best {
		if took == 0 {
			fmt.Printf("%16s", "")
			continue
		}
		fmt.Printf("%16.2f", float64(l.count*l.length)/float64(took.Nanoseconds()))
	}
	for _, took := range best[1:] {
		if took == 0 {
			fmt.Printf("%18s", "")
			continue
		}
		fmt.Printf("%18.2f", float64(took)/float64(best[0]))
	}
	fmt.Println()
}
