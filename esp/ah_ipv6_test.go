package esp

import (
	"bytes"
	"errors"
	"testing"
)

// ah6Packet is IPv6 with hop-by-hop options, a routing header with one of two
// segments left, and destination options.
func ah6Packet(t testing.TB) ahCase {
	t.Helper()
	address := func(n byte) []byte { return append(make([]byte, 15), n) }
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	payload := join(ahHeader, []byte("payload!"))
	hopByHop := func(changing byte) []byte {
		// Pad1, an option that may change (0x3e), one that may not (0x1e).
		return []byte{43, 1, 0, 0x3e, 2, changing, changing, 0x1e, 4, 1, 2, 3, 4, 1, 1, 0}
	}
	routing := func(left byte, first, second []byte) []byte {
		return join([]byte{60, 4, 0, left, 0, 0, 0, 0}, first, second)
	}
	destination := func(changing byte) []byte { return []byte{51, 0, 0x3f, 3, changing, 0, changing, 0} }
	build := func(class [4]byte, hops byte, dst []byte, h, r, d []byte) []byte {
		n := len(h) + len(r) + len(d) + len(payload)
		return join(class[:], []byte{0, byte(n), 0, hops}, address(1), dst, h, r, d, payload)
	}
	c := ahCase{
		wire: build([4]byte{0x6b, 0x81, 0x23, 0x45}, 60, address(8),
			hopByHop(7), routing(1, address(7), address(9)), destination(5)),
		covered: build([4]byte{0x60, 0, 0, 0}, 0, address(9),
			hopByHop(0), routing(0, address(7), address(8)), destination(0)),
		at: 40 + 16 + 40 + 8,
	}
	return c.seal(ahKey, nil)
}

func TestAHOverIPv6(t *testing.T) {
	var w Worker
	c := ah6Packet(t)
	if v, err := w.VerifyAH(ahSHA1(t, false), c.sealed, c.at, 0); v != OK || err != nil {
		t.Fatalf("%v, %v", v, err)
	}
	for i := 8; i < 24; i++ {
		b := bytes.Clone(c.sealed)
		b[i] ^= 1
		if v, _ := w.VerifyAH(ahSHA1(t, false), b, c.at, 0); v != ICVFailed {
			t.Errorf("source address octet %d changed: %v", i, v)
		}
	}
	for n := range len(c.sealed) {
		if v, _ := w.VerifyAH(ahSHA1(t, false), c.sealed[:n:n], c.at, 0); v == OK {
			t.Errorf("%d octets verified", n)
		}
	}
}

// Damaged extension headers are errors with the place, never a panic.
func TestAHDamagedIPv6(t *testing.T) {
	var w Worker
	for _, c := range []struct {
		at    int
		value byte
		field string
	}{
		{6, 17, "next header"},               // hop-by-hop called UDP
		{41, 200, "extension header length"}, // hop-by-hop past the AH
		{41, 0, "next header"},               // and cut: its middle taken as routing header
		{44, 90, "option length"},
		{58, 4, "routing type"},
		{59, 3, "segments left"},
		{97, 255, "extension header length"},
	} {
		p := ah6Packet(t)
		p.sealed[c.at] = c.value
		_, err := w.VerifyAH(ahSHA1(t, false), p.sealed, p.at, 0)
		var h *HeaderError
		if !errors.As(err, &h) {
			t.Errorf("octet %d is %d: error %v", c.at, c.value, err)
		} else if c.at != 41 && h.Field != c.field {
			t.Errorf("octet %d is %d: %v, want %s", c.at, c.value, err, c.field)
		}
	}
	for at := -1; at < len(ah6Packet(t).sealed)+2; at++ {
		p := ah6Packet(t)
		if v, err := w.VerifyAH(ahSHA1(t, false), p.sealed, at, 0); (v == OK) != (at == p.at) {
			t.Errorf("AH at %d: %v, %v", at, v, err)
		}
	}
}
