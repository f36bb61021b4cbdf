package decode

import (
	"errors"
	"testing"
)

// A header that the capture cut is counted by its layer, and is no damage.
func TestCutHeadersAreCounted(t *testing.T) {
	datagram := ipv4Datagram(17, udpDatagram(4500, 4500, []byte{0, 0, 0, 1, 0, 0, 0, 2, 3, 4, 5, 6}))
	for _, c := range []struct {
		keep  int
		layer string // "" where nothing is cut that is looked at
	}{
		{0, "ip"}, {1, "ipv4"}, {19, "ipv4"}, {20, "udp"}, {27, "udp"}, {28, "udp-encap"}, {31, "udp-encap"}, {32, "esp"}, {35, "esp"}, {36, ""}, {len(datagram), ""},
	} {
		d, p := NewDecoder(DefaultLimits()), new(Packet)
		d.Decode(p, 101, datagram[:c.keep], len(datagram), 0)
		s := d.Stats()
		if len(s.Malformed) > 0 || (len(s.Cut) == 1) != (c.layer != "") {
			t.Fatalf("%d octets: %+v, %+v", c.keep, s.Cut, s.Malformed)
		}
		if c.layer != "" && (s.Cut[0].Layer != c.layer || s.Cut[0].Count != 1 || !errors.Is(s.Cut[0].Err, ErrTruncated)) {
			t.Errorf("%d octets: %+v, want %s", c.keep, s.Cut, c.layer)
		}
	}
}
