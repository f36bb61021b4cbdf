package decode

import (
	"slices"
	"testing"
)

// ciscoSegment puts a packet into a segment of Cisco's port 10000.
func ciscoSegment(seq uint32, protocol byte, body []byte) []byte {
	trailer := join(be32(0), be16(7), be16(0x4000), []byte("magic"), []byte{protocol, 1, 2})
	if protocol == protoUDP {
		body = join(be16(500), be16(500), be16(len(body)+8), be16(0), body)
	}
	return portSegment(1234, portCisco, false, seq, 0, 0, join(body, trailer))
}

func TestCiscoTCP(t *testing.T) {
	d := NewDecoder(Limits{})
	got := receive(d,
		ciscoSegment(0, protoESP, espOf(1, 100)), // no IKE was seen
		ciscoSegment(1, protoUDP, ikeMessage(120)), ciscoSegment(2, protoESP, espOf(2, 100)),
		ciscoSegment(3, 6, espOf(3, 100)), portSegment(1234, portCisco, false, 9, 0, 0, pattern(200)))
	if !slices.Equal(got, []string{"ike 120", "esp 2/100"}) {
		t.Errorf("%q", got)
	}
	for n := range ciscoSegment(0, protoUDP, ikeMessage(60)) {
		var p Packet
		f := ciscoSegment(0, protoUDP, ikeMessage(60))[:n]
		d.Decode(&p, linkRaw, f, n, 0)
	}
}
