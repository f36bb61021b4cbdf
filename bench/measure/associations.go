package main

import "fmt"

// many is a number of SAs that no table of a small program bears.
const many = 100_000

// associations sets a capture of many SAs beside one of two, and the same small
// capture with the keys of many beside it with its own.
func (s *settings) associations(dir string) error {
	const inner, times = 400, 2
	fmt.Printf("\ndecrypt, %d packets with %d octets inside, keys as ip xfrm state prints them\n", times*s.packets, inner)
	few, lots := filesIn(dir), files{dir + "/many.pcap", dir + "/many", dir + "/out.pcapng"}
	l := load{"aes-cbc-128", "hmac-sha1-96", 2}
	if _, err := few.generate(l.plan(times*s.packets, inner), asXfrm); err != nil {
		return err
	}
	l.sas = many
	if _, err := lots.generate(l.plan(times*s.packets, inner), asXfrm); err != nil {
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
