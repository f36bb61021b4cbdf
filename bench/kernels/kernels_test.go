package main

import "testing"

// Whoever is compared opens every packet, and to the same plaintext.
func TestPeersAgree(t *testing.T) {
	for _, l := range loads {
		if err := l.make(20, 100); err != nil {
			t.Fatal(err)
		}
		for _, p := range peers {
			open, err := p.prepare(&l)
			if err != nil {
				t.Fatalf("%s, %s: %v", l.name(), p.name, err)
			}
			if err := l.agrees(open); err != nil {
				t.Errorf("%s, %s: %v", l.name(), p.name, err)
			}
		}
	}
}

// A packet that was changed is found where an ICV protects it.
func TestPeersVerify(t *testing.T) {
	for _, l := range loads {
		if err := l.make(20, 100); err != nil {
			t.Fatal(err)
		}
		if l.icv() == 0 {
			continue
		}
		l.packets[3*l.stride()+l.length-1] ^= 1
		for _, p := range peers {
			open, err := p.prepare(&l)
			if err != nil {
				t.Fatal(err)
			}
			if n := open(l.restored()); n != l.count-1 {
				t.Errorf("%s, %s: %d of %d packets are right", l.name(), p.name, n, l.count)
			}
		}
	}
}
