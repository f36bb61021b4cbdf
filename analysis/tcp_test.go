package analysis_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// tcpSide is one side of a TCP connection that a test makes.
type tcpSide struct {
	addr netip.Addr
	port uint16
	seq  uint32
}

// tcpDatagram is an IPv4 datagram with one segment.
func tcpDatagram(from, to *tcpSide, flags byte, data []byte) []byte {
	b := []byte{0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0}
	b = append(append(b, from.addr.AsSlice()...), to.addr.AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, from.port)
	b = binary.BigEndian.AppendUint16(b, to.port)
	b = binary.BigEndian.AppendUint32(b, from.seq)
	b = binary.BigEndian.AppendUint32(b, to.seq)
	b = append(b, 5<<4, flags|0x10, 4, 0, 0, 0, 0, 0)
	b = append(b, data...)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	from.seq += uint32(len(data))
	return b
}

// message is an IKE or ESP packet of a sample.
type message struct {
	fromA bool
	ike   bool
	data  []byte
}

// messagesOf lists the IKE and ESP packets of a sample in capture order.
func messagesOf(t *testing.T, s samples.Sample) (all []message) {
	t.Helper()
	r := record(t, s)
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	a := netip.MustParseAddr("192.0.2.1")
	for _, f := range r.frames {
		d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos)
		if p.Kind == decode.KindIKE || p.Kind == decode.KindESP {
			all = append(all, message{p.Src == a, p.Kind == decode.KindIKE, bytes.Clone(p.Payload)})
		}
	}
	return all
}

// inTCP puts the packets of a sample into a TCP connection (RFC 9329): the prefix,
// then each packet behind its length, in segments that end anywhere.
func inTCP(all []message, r *rand.Rand) (datagrams [][]byte) {
	sides := [2]*tcpSide{{netip.MustParseAddr("192.0.2.1"), 41000, 7}, {netip.MustParseAddr("192.0.2.2"), 4500, 0xfffff000}}
	waiting := [2][]byte{[]byte("IKETCP"), nil}
	flush := func(by, keep int) {
		for len(waiting[by]) > keep {
			n := min(1+r.IntN(1460), len(waiting[by])-keep)
			datagrams = append(datagrams, tcpDatagram(sides[by], sides[1-by], 0, waiting[by][:n]))
			waiting[by] = waiting[by][n:]
		}
	}
	for _, m := range all {
		by := 0
		if !m.fromA {
			by = 1
		}
		body := m.data
		if m.ike {
			body = append(make([]byte, 4), body...)
		}
		waiting[by] = binary.BigEndian.AppendUint16(waiting[by], uint16(len(body)+2))
		waiting[by] = append(waiting[by], body...)
		keep := 0
		if r != nil && !m.ike && r.IntN(3) == 0 {
			keep = r.IntN(len(waiting[by])) // the rest goes out with the next packet
		}
		flush(by, keep)
	}
	flush(0, 0)
	flush(1, 0)
	return datagrams
}

// inCiscoTCP puts each packet into a segment of its own with a trailer.
func inCiscoTCP(all []message) (datagrams [][]byte) {
	sides := [2]*tcpSide{{netip.MustParseAddr("192.0.2.1"), 41000, 7}, {netip.MustParseAddr("192.0.2.2"), 10000, 9}}
	for _, m := range all {
		by, body, protocol := 0, m.data, byte(50)
		if !m.fromA {
			by = 1
		}
		if m.ike {
			head := binary.BigEndian.AppendUint16([]byte{1, 0xf4, 1, 0xf4}, uint16(len(body)+8))
			body, protocol = append(append(head, 0, 0), body...), 17
		}
		trailer := []byte{0, 0, 0, 0, 0, 1, 0x40, 0, 'm', 'a', 'g', 'i', 'c', protocol, 0, 0}
		datagrams = append(datagrams, tcpDatagram(sides[by], sides[1-by], 0, append(bytes.Clone(body), trailer...)))
	}
	return datagrams
}

// openTCP analyses datagrams as a capture.
func openTCP(t *testing.T, s samples.Sample, datagrams [][]byte) ([]byte, *analysis.Result) {
	t.Helper()
	r := recorded{link: pcaps.LinkRaw}
	var frames []pcaps.Frame
	for _, d := range datagrams {
		frames = append(frames, pcaps.Frame{Data: d})
	}
	set, err := pcaps.OpenSet([]string{r.write(t, frames)}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	sink := new(octets)
	res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ringOf(t, s), Sink: sink, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return sink.Bytes(), res
}

// A recorded tunnel whose packets travel in TCP opens like the original.
func TestTunnelsInTCP(t *testing.T) {
	for _, name := range []string{"mm-psk-aes128-sha1-modp1536", "rekey-quick-modes-pfs", "transport-aes128-sha1"} {
		s := samples.ByName(name)
		want, original := open(t, s, nil, 1, 0)
		all := messagesOf(t, s)
		variants := map[string][][]byte{"cisco": inCiscoTCP(all)}
		for seed := range uint64(3) {
			variants["rfc9329-"+string(rune('a'+seed))] = inTCP(all, rand.New(rand.NewPCG(seed, 8)))
		}
		for v, datagrams := range variants {
			got, res := openTCP(t, s, datagrams)
			if res.Opened != original.Opened {
				t.Errorf("%s, %s: %+v, want %+v", name, v, res.Opened, original.Opened)
			}
			if !s.Transport && len(got) != len(want) {
				t.Errorf("%s, %s: %d octets, want %d", name, v, len(got), len(want))
			}
			read := 0
			for _, c := range res.Conversations {
				for _, m := range c.All() {
					if m.Decrypted {
						read++
					}
				}
			}
			if read != s.IKE {
				t.Errorf("%s, %s: %d of %d messages read", name, v, read, s.IKE)
			}
		}
	}
}

// Segments of the connection are lost in the capture, doubled and swapped.
func TestTunnelInImpairedTCP(t *testing.T) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	all := messagesOf(t, s)
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 9))
		datagrams := inTCP(all, r)
		at := len(datagrams) / 2 // behind the Quick Mode
		for i := at; i+1 < len(datagrams); i += 5 + r.IntN(5) {
			switch r.IntN(3) {
			case 0:
				datagrams[i], datagrams[i+1] = datagrams[i+1], datagrams[i]
			case 1:
				datagrams = append(datagrams[:i+1], datagrams[i:]...)
			}
		}
		_, res := openTCP(t, s, datagrams)
		if res.Opened.Decrypted != int64(s.ESP) {
			t.Errorf("doubled and swapped, seed %d: %d of %d packets, %+v", seed, res.Opened.Decrypted, s.ESP, res.Decode.TCP)
		}
		lost := append(append([][]byte(nil), datagrams[:at]...), datagrams[at+1:]...)
		_, res = openTCP(t, s, lost)
		if n := res.Opened.Decrypted; n < int64(s.ESP)-8 || res.Decode.TCP.Gaps > 1 {
			t.Errorf("one lost, seed %d: %d of %d packets, %+v", seed, n, s.ESP, res.Decode.TCP)
		}
	}
}
