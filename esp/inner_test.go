package esp

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func ipv4Datagram(total, have int) []byte {
	b := make([]byte, max(have, 20))
	b[0] = 0x45
	binary.BigEndian.PutUint16(b[2:], uint16(total))
	b[9] = 17
	return b[:have]
}

func ipv6Datagram(payload, have int) []byte {
	b := make([]byte, max(have, 40))
	b[0] = 0x60
	binary.BigEndian.PutUint16(b[4:], uint16(payload))
	b[6] = 17
	return b[:have]
}

func TestInnerDatagram(t *testing.T) {
	jumbo := ipv6Datagram(0, 100)
	jumbo[6] = 0
	badIHL := ipv4Datagram(40, 40)
	badIHL[0] = 0x44
	longIHL := ipv4Datagram(30, 60)
	longIHL[0] = 0x4f
	for _, c := range []struct {
		name    string
		next    uint8
		payload []byte
		n, tfc  int
		ok      bool
	}{
		{"ipv4", 4, ipv4Datagram(84, 84), 84, 0, true},
		{"ipv4 header only", 4, ipv4Datagram(20, 20), 20, 0, true},
		{"ipv4 with TFC padding", 4, ipv4Datagram(84, 1200), 84, 1116, true},
		{"ipv4 longer than the payload", 4, ipv4Datagram(85, 84), 0, 0, false},
		{"ipv4 total length 0", 4, ipv4Datagram(0, 84), 0, 0, false},
		{"ipv4 header of 16", 4, badIHL, 0, 0, false},
		{"ipv4 header past the total length", 4, longIHL, 0, 0, false},
		{"ipv4 cut header", 4, ipv4Datagram(84, 19), 0, 0, false},
		{"ipv4 that is ipv6", 4, ipv6Datagram(44, 84), 0, 0, false},
		{"ipv6", 41, ipv6Datagram(44, 84), 84, 0, true},
		{"ipv6 with TFC padding", 41, ipv6Datagram(44, 100), 84, 16, true},
		{"ipv6 header only", 41, ipv6Datagram(0, 40), 40, 0, true},
		{"ipv6 jumbogram", 41, jumbo, 100, 0, true},
		{"ipv6 longer than the payload", 41, ipv6Datagram(61, 100), 0, 0, false},
		{"ipv6 cut header", 41, ipv6Datagram(0, 39), 0, 0, false},
		{"ipv6 that is ipv4", 41, ipv4Datagram(84, 84), 0, 0, false},
		{"empty", 4, nil, 0, 0, false},
		{"transport", 6, ipv4Datagram(84, 84), 0, 0, false},
		{"dummy", 59, ipv4Datagram(84, 84), 0, 0, false},
	} {
		d, tfc, ok := InnerDatagram(c.next, c.payload)
		if ok != c.ok || tfc != c.tfc || !bytes.Equal(d, c.payload[:c.n]) {
			t.Errorf("%s: %d octets, %d TFC, %v", c.name, len(d), tfc, ok)
		}
	}
}
