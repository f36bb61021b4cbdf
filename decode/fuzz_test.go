package decode

import (
	"encoding/binary"
	"testing"
)

// fuzzLinks are the link types that FuzzDecode chooses from.
var fuzzLinks = []uint16{0, 1, 9, 10, 12, 14, 50, 51, 101, 104, 105, 108, 109, 113, 117, 119, 127, 204, 220, 228, 229, 276, 300}

// fuzzInput packs frames for FuzzDecode: an octet that chooses the link type,
// then before each frame its length and how much longer it was on the wire.
func fuzzInput(link uint16, frames ...[]byte) []byte {
	b := []byte{0}
	for i, l := range fuzzLinks {
		if l == link {
			b[0] = byte(i)
		}
	}
	for _, f := range frames {
		b = join(b, be16(len(f)), []byte{0}, f)
	}
	return b
}

func FuzzDecode(f *testing.F) {
	for _, tt := range annotated {
		f.Add(fuzzInput(tt.link, tt.frame))
	}
	for _, tt := range linkHeaders {
		f.Add(fuzzInput(tt.link, join(tt.head, ipv4Datagram(protoESP, espPacket(40)))))
	}
	for _, tt := range fragmentScripts {
		f.Add(fuzzInput(linkRaw, tt.frames...))
	}
	f.Add(fuzzInput(linkRaw, greNested(3)))
	f.Add(fuzzInput(linkEthernet, ethernetFrame(0x8847, label(16, true), ipv4Datagram(protoESP, espPacket(40)))))
	f.Add(fuzzInput(linkRaw, udpFrame(50000, 4789, []byte{8, 0, 0, 0, 0, 0, 5, 0}, ethernetFrame(0x0800, ipv4Datagram(protoESP, espPacket(16))))))
	f.Add(fuzzInput(linkRaw, udpFrame(7777, 8888, make([]byte, 4), ikeMessage(40)), udpFrame(7777, 8888, espPacket(16))))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) == 0 {
			return
		}
		link := fuzzLinks[int(in[0])%len(fuzzLinks)]
		d := NewDecoder(Limits{FragmentBytes: 8 << 10, FragmentDatagrams: 4, FragmentPieces: 16, Flows: 2})
		var p Packet
		now := int64(0)
		for in = in[1:]; len(in) > 3; now += 1e9 {
			n := min(int(binary.BigEndian.Uint16(in)), len(in)-3)
			frame, wire := in[3:3+n:3+n], n+int(in[2])
			d.Decode(&p, link, frame, wire, now)
			checkPacket(t, &p, frame, wire)
			in = in[3+n:]
		}
		checkJoiner(t, &d.joiner)
		d.Stats()
	})
}

// checkPacket asserts what holds for every packet, whatever the frame.
func checkPacket(t *testing.T, p *Packet, frame []byte, wire int) {
	t.Helper()
	if p.IPHeaderLen > len(p.IP) || p.NextHeaderOffset > p.IPHeaderLen || p.Missing < 0 {
		t.Fatalf("header %d, next at %d of %d octets, %d missing", p.IPHeaderLen, p.NextHeaderOffset, len(p.IP), p.Missing)
	}
	if len(p.IP) > 0 && (p.IP[p.NextHeaderOffset] != p.Protocol || !p.Src.IsValid() || !p.Dst.IsValid()) {
		t.Fatalf("protocol %d, octet %d", p.Protocol, p.IP[p.NextHeaderOffset])
	}
	if p.Fragments == 0 && len(p.IP) > len(frame) {
		t.Fatalf("%d octets of IP in a frame of %d", len(p.IP), len(frame))
	}
	if len(p.Payload) > max(0, len(p.IP)-p.IPHeaderLen) {
		t.Fatalf("payload of %d octets in %d", len(p.Payload), len(p.IP)-p.IPHeaderLen)
	}
	least := [kinds]int{KindIKE: 1, KindESP: espHeaderLen, KindAH: ahHeaderLen, KindKeepalive: 1, KindIPComp: ipcompHeaderLen, KindICMPError: ipv4HeaderLen}
	if len(p.Payload) < least[p.Kind] || p.Kind == KindOther && p.Payload != nil {
		t.Fatalf("%v with a payload of %d octets", p.Kind, len(p.Payload))
	}
	if p.Fragment && (p.Kind != KindOther || p.Fragments > 0) {
		t.Fatalf("fragment of kind %v, %d joined", p.Kind, p.Fragments)
	}
	if _, ok := p.Quoted(); ok != (p.Kind == KindICMPError) {
		t.Fatalf("%v quotes: %v", p.Kind, ok)
	}
	if e := p.Problem; e != nil && (e.Layer == "" || e.Err == nil || e.Offset < 0) {
		t.Fatalf("problem %+v", e)
	}
}
