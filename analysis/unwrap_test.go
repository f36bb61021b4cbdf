package analysis

import (
	"bytes"
	"testing"
)

// A tunnel carries IPv4 or IPv6, and the datagram says which.
func TestVersionOfTheDatagramInside(t *testing.T) {
	v4 := []byte{0x45, 0, 0, 21, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 7}
	v6 := append([]byte{0x60, 0, 0, 0, 0, 1, 58, 1}, append(make([]byte, 32), 7)...)
	long := bytes.Clone(v6)
	long[5] = 2
	for _, c := range []struct {
		name    string
		next    uint8
		payload []byte
		want    []byte
	}{
		{"IPv4", 4, v4, v4},
		{"IPv4, padded", 4, append(bytes.Clone(v4), 0, 0), v4},
		{"IPv6", 41, v6, v6},
		{"IPv6 behind the number of IPv4", 4, v6, v6},
		{"IPv4 behind the number of IPv6", 41, v4, v4},
		{"longer than what is there", 4, long, nil},
		{"no datagram", 4, make([]byte, 50), nil},
		{"UDP", 17, v4, nil},
	} {
		l := layer{next: c.next, payload: c.payload, tunnel: true}
		if got, ok := l.inner(); !bytes.Equal(got, c.want) || ok != (c.want != nil) {
			t.Errorf("%s: % x, %v", c.name, got, ok)
		}
		if l.tunnel = false; c.want != nil {
			if _, ok := l.inner(); ok {
				t.Errorf("%s: a tunnel in transport mode", c.name)
			}
		}
	}
}
