package decode

import (
	"encoding/binary"
	"errors"
	"testing"
)

// nflogField is a field in the byte order of the host, filled up to four octets.
func nflogField(o binary.AppendByteOrder, kind uint16, value []byte) []byte {
	b := o.AppendUint16(nil, uint16(4+len(value)))
	b = join(o.AppendUint16(b, kind), value)
	return join(b, make([]byte, -len(b)&3))
}

func TestNFLOG(t *testing.T) {
	datagram := ipv4Datagram(protoESP, espPacket(41))
	for _, o := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for name, fields := range map[string][][]byte{
			"alone":           {nflogField(o, 9, datagram)},
			"behind others":   {nflogField(o, 10, []byte{0}), nflogField(o, 1, []byte{8, 0, 1, 0}), nflogField(o, 9, datagram)},
			"network order":   {nflogField(o, 0x8000|9, datagram)},
			"before others":   {nflogField(o, 9, datagram), nflogField(o, 5, be32(1))},
			"only once taken": {nflogField(o, 9, datagram), nflogField(o, 9, nil)},
		} {
			frame := join([]byte{2, 0, 0, 1}, join(fields...))
			p := decodeFrame(239, frame)
			if p.Kind != KindESP || p.Problem != nil || len(p.Payload) != 41 {
				t.Errorf("%v, %s: %v of %d octets, %v", o, name, p.Kind, len(p.Payload), p.Problem)
			}
			for n := range frame {
				d := NewDecoder(Limits{})
				var p Packet
				d.Decode(&p, 239, frame[:n], len(frame), 0)
				if p.Kind == KindESP && p.Missing == 0 && n < len(datagram) {
					t.Errorf("%v, %s, %d octets kept: %v", o, name, n, p.Kind)
				}
			}
		}
	}
}

func TestNFLOGHostile(t *testing.T) {
	for name, frame := range map[string][]byte{
		"field of length 0": {2, 0, 0, 1, 0, 0, 0, 0},
		"field of length 3": {2, 0, 0, 1, 3, 0, 9, 0},
		"field too long":    {2, 0, 0, 1, 200, 0, 9, 0, 0x45},
		"no field":          {2, 0, 0, 1},
		"no datagram":       {2, 0, 0, 1, 8, 0, 5, 0, 0, 0, 0, 0},
	} {
		p := decodeFrame(239, frame)
		if p.Kind != KindOther || !errors.Is(p.Problem, ErrLength) {
			t.Errorf("%s: %v, %v", name, p.Kind, p.Problem)
		}
	}
}

// A header of PPI that names PPI, over and over, ends.
func TestPPINested(t *testing.T) {
	var frame []byte
	for range 1000 {
		frame = append(frame, 0, 0, 8, 0, 192, 0, 0, 0)
	}
	if p := decodeFrame(192, frame); !errors.Is(p.Problem, ErrLimit) {
		t.Error(p.Problem)
	}
}
