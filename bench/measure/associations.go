package main

import (
	"fmt"
	"os"
	"strings"

	"ikescope/bench/traffic"
)

// many is a number of SAs that no table of a small program bears.
const many = 100_000

// associations sets a capture of many SAs beside one of two, and the same small
// capture with the keys of many beside it with its own.
func (s *settings) associations(dir string) error {
	const inner, times = 400, 2
	fmt.Printf("\ndecrypt, %d packets with %d octets inside, keys as ip xfrm state prints them\n", times*s.packets, inner)
	few, lots := filesIn(dir), files{dir + "/many.pcap", dir + "/many", dir + "/out.pcapng"}
	l := load{"aes-cbc-128", "hmac-sha1-96", 2}
	if err := few.generateXfrm(l.plan(times*s.packets, inner)); err != nil {
		return err
	}
	l.sas = many
	if err := lots.generateXfrm(l.plan(times*s.packets, inner)); err != nil {
		return err
	}
	mixed := files{few.capture, lots.secrets, few.out}
	m, err := s.inTurn(few, s.decrypt(few, "-o", few.out), s.decrypt(mixed, "-o", few.out), s.decrypt(lots, "-o", few.out))
	if err != nil {
		return err
	}
	fmt.Printf("2 SAs                              %6.3f s %4.0f MiB\n", m[0].seconds, m[0].mebibytes())
	for i, what := range []string{"2 SAs, and the keys of %d  ", "%d SAs                   "} {
		fmt.Printf(what+"     %6.3f s %4.0f MiB %5.1f times, %.1f µs for each SA\n", many, m[i+1].seconds, m[i+1].mebibytes(),
			m[i+1].seconds/m[0].seconds, (m[i+1].seconds-m[0].seconds)/many*1e6)
	}
	return nil
}

// generateXfrm is generate with keys as a kernel lists them: as TOML they would be
// longer than a secrets file may be.
func (f files) generateXfrm(p traffic.Plan) error {
	if _, err := f.generate(p); err != nil {
		return err
	}
	ring, err := p.Keys()
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range ring.ESPs {
		fmt.Fprintf(&b, "src %s dst %s\n\tproto esp spi 0x%08x mode tunnel\n\tauth-trunc hmac(sha1) 0x%s 96\n\tenc cbc(aes) 0x%s\n",
			e.Src, e.Dst, e.SPI, e.IntegrityKey.Hex(), e.EncryptionKey.Hex())
	}
	return os.WriteFile(f.secrets, []byte(b.String()), 0o600)
}
