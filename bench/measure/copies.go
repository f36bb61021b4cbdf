package main

import (
	"fmt"

	"ikescope/bench/traffic"
)

// load is one capture to measure with.
type load struct {
	cipher, integrity string
	sas               int
}

// loads are one line each of the table.
var loads = []load{
	{"aes-gcm-16-128", "none", 2},
	{"aes-cbc-128", "hmac-sha1-96", 2},
	{"aes-cbc-128", "hmac-sha2-256-128", 2},
	{"3des-cbc", "hmac-sha1-96", 2},
	{"aes-cbc-128", "hmac-sha1-96", 1000},
	{"aes-cbc-256", "hmac-sha2-512-256", 2},
	{"chacha20-poly1305", "none", 2},
	{"null", "hmac-sha1-96", 2},
	{"des-cbc", "hmac-md5-96", 2},
}

// plan of a load with packets of so many octets inside.
func (l load) plan(packets int64, inner int) traffic.Plan {
	return traffic.Plan{Packets: packets, SAs: l.sas, Cipher: l.cipher, Integrity: l.integrity, Size: inner}
}

// name of a load in a table.
func (l load) name() string { return l.cipher + " " + l.integrity }

// copies sets decrypting, with every ICV verified and a new file written, beside
// copying the capture.
func (s *settings) copies(dir string) error {
	fmt.Printf("\ndecrypt beside cat capture > copy, %d packets with %d octets inside\n", s.packets, s.inner)
	fmt.Printf("%-34s %5s %6s %8s %8s %7s %10s %9s\n", "algorithms", "SAs", "MB", "decrypt", "cat", "ratio", "packets/s", "peak MiB")
	f := filesIn(dir)
	for _, l := range loads {
		octets, err := f.generate(l.plan(s.packets, s.inner), asTOML)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name(), err)
		}
		m, err := s.inTurn(f, f.cat, s.decrypt(f, "-o", f.out))
		if err != nil {
			return fmt.Errorf("%s: %w", l.name(), err)
		}
		cat, run := m[0], m[1]
		fmt.Printf("%-34s %5d %6.0f %6.3f s %6.3f s %7.2f %10.0f %9.0f\n", l.name(), l.sas, float64(octets)/1e6,
			run.seconds, cat.seconds, run.seconds/cat.seconds, float64(s.packets)/run.seconds, run.mebibytes())
	}
	return nil
}

// short packets cost work for each, and little for their octets.
func (s *settings) short(dir string) error {
	const inner, times = 64, 5
	fmt.Printf("\ndecrypt, %d packets with %d octets inside\n", times*s.packets, inner)
	f := filesIn(dir)
	for _, l := range loads[:3] {
		if _, err := f.generate(l.plan(times*s.packets, inner), asTOML); err != nil {
			return err
		}
		m, err := s.inTurn(f, s.decrypt(f, "-o", f.out))
		if err != nil {
			return err
		}
		fmt.Printf("%-34s %6.3f s %5.1f million packets/s\n", l.name(), m[0].seconds, times*float64(s.packets)/m[0].seconds/1e6)
	}
	return nil
}
