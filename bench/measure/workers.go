package main

import "fmt"

// workers sets two workers beside one, where nothing is written.
func (s *settings) workers(dir string) error {
	fmt.Printf("\ndecrypt --verify-only, one worker beside two, %d packets with %d octets inside\n", s.packets, s.inner)
	f := filesIn(dir)
	for _, l := range loads[:4] {
		if _, err := f.generate(l.plan(s.packets, s.inner), asTOML); err != nil {
			return err
		}
		m, err := s.inTurn(f, s.decrypt(f, "--verify-only", "--workers", "1"), s.decrypt(f, "--verify-only", "--workers", "2"))
		if err != nil {
			return err
		}
		fmt.Printf("%-34s %6.3f s %6.3f s %5.2f times\n", l.name(), m[0].seconds, m[1].seconds, m[0].seconds/m[1].seconds)
	}
	return nil
}
