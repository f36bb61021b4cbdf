package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// realFrame is a record of a capture in testdata.
type realFrame struct {
	link  uint16
	data  []byte
	wire  int
	nanos int64
}

func gunzip(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// readCapture reads a little-endian pcap file with microseconds.
func readCapture(t testing.TB, name string) []realFrame {
	t.Helper()
	b := gunzip(t, name)
	if len(b) < 24 || binary.LittleEndian.Uint32(b) != 0xa1b2c3d4 {
		t.Fatalf("%s is not such a file", name)
	}
	link := uint16(binary.LittleEndian.Uint32(b[20:]))
	var frames []realFrame
	for b = b[24:]; len(b) >= 16; {
		word := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
		n := word(2)
		frames = append(frames, realFrame{
			link: link, data: b[16 : 16+n : 16+n], wire: word(3),
			nanos: int64(word(0))*1e9 + int64(word(1))*1e3,
		})
		b = b[16+n:]
	}
	return frames
}

func captures(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.pcap.gz")
	if err != nil || len(names) == 0 {
		t.Fatal("no captures in testdata", err)
	}
	return names
}

// TestAgainstTShark compares every frame with what TShark read in it.
func TestAgainstTShark(t *testing.T) {
	for _, name := range captures(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			lines := strings.Split(strings.TrimSuffix(string(gunzip(t, strings.Replace(name, ".pcap", ".tsv", 1))), "\n"), "\n")
			frames := readCapture(t, name)
			if len(lines) != len(frames) {
				t.Fatalf("%d frames, %d lines", len(frames), len(lines))
			}
			d := NewDecoder(Limits{})
			var p Packet
			for i, f := range frames {
				d.Decode(&p, f.link, f.data, f.wire, f.nanos)
				want := strings.Split(lines[i], "\t")
				if got := tsharkRow(&p, i+1, want); strings.Join(got, "\t") != lines[i] {
					t.Errorf("got  %q\nwant %q", got, want)
				}
				if p.Missing != f.wire-len(f.data) && p.Kind != KindOther {
					t.Errorf("frame %d: %d missing of %d", i+1, p.Missing, f.wire-len(f.data))
				}
			}
			if s := d.Stats(); len(s.Malformed) > 0 || s.Frames != uint64(len(frames)) {
				t.Errorf("counted %+v", s)
			}
		})
	}
}

// tsharkRow renders a packet as the line of the table. The protocol list is
// taken over where it agrees with the packet's kind. So is what TShark reads
// in ARP and in plain traffic, apart from the addresses.
func tsharkRow(p *Packet, number int, want []string) []string {
	row := make([]string, len(want))
	row[0] = strconv.Itoa(number)
	if p.VLAN != 0 {
		row[1] = strconv.Itoa(int(p.VLAN))
	}
	at := 2
	if p.Src.Is6() {
		at = 4
	}
	if p.Src.IsValid() {
		row[at], row[at+1] = p.Src.String(), p.Dst.String()
	}
	if p.Protocol == protoUDP {
		row[6], row[7] = strconv.Itoa(int(p.SrcPort)), strconv.Itoa(int(p.DstPort))
	}
	hex := func(spi uint32) string { return "0x" + strconv.FormatUint(1<<32|uint64(spi), 16)[1:] }
	protocols, ending := want[len(want)-1], ""
	switch p.Kind {
	case KindESP:
		row[8], row[9], ending = hex(p.SPI), strconv.Itoa(int(p.Seq)), ":esp"
	case KindAH:
		row[10], row[11], ending = hex(p.SPI), strconv.Itoa(int(p.Seq)), ":ah"
	case KindIKE:
		row[12] = hex(binary.BigEndian.Uint32(p.Payload))[2:] + hex(binary.BigEndian.Uint32(p.Payload[4:]))[2:]
		row[13], ending = strconv.Itoa(len(p.Payload)+p.Missing), ":isakmp"
		if p.Missing > 0 && want[13] == "" {
			row[13] = "" // TShark gives up on some messages that are cut
		}
	case KindKeepalive:
		ending = "udp:udpencap"
	}
	if strings.Contains(protocols+":", ending+":") && (p.Kind != KindOther || !strings.Contains(protocols, "esp")) {
		row[len(row)-1] = protocols
	}
	return row
}

// TestAgainstGopacket compares every frame that gopacket can decode as a whole
// with what it finds there.
func TestAgainstGopacket(t *testing.T) {
	for _, name := range captures(t) {
		frames := readCapture(t, name)
		if frames[0].link > 255 {
			continue // unknown to it
		}
		d := NewDecoder(Limits{})
		var p Packet
		for i, f := range frames {
			d.Decode(&p, f.link, f.data, f.wire, f.nanos)
			comparePacket(t, filepath.Base(name)+" frame "+strconv.Itoa(i+1), &p,
				gopacket.NewPacket(f.data, layers.LinkType(f.link), gopacket.NoCopy))
		}
	}
}

func comparePacket(t *testing.T, name string, p *Packet, g gopacket.Packet) {
	t.Helper()
	network := g.NetworkLayer()
	if network == nil {
		if p.Kind != KindOther || p.Src.IsValid() {
			t.Errorf("%s: %v from %v where gopacket has no IP", name, p.Kind, p.Src)
		}
		return
	}
	src, _ := netip.AddrFromSlice(network.NetworkFlow().Src().Raw())
	dst, _ := netip.AddrFromSlice(network.NetworkFlow().Dst().Raw())
	if p.Src != src || p.Dst != dst {
		t.Errorf("%s: %v to %v, gopacket %v to %v", name, p.Src, p.Dst, src, dst)
	}
	switch ip := network.(type) {
	case *layers.IPv4:
		if p.TTL != ip.TTL || p.DSCP<<2|p.ECN != ip.TOS || p.Protocol != uint8(ip.Protocol) || p.IPHeaderLen != len(ip.Contents) {
			t.Errorf("%s: %+v, gopacket %+v", name, p, ip)
		}
	case *layers.IPv6:
		if p.TTL != ip.HopLimit || p.DSCP<<2|p.ECN != ip.TrafficClass {
			t.Errorf("%s: %+v, gopacket %+v", name, p, ip)
		}
	}
	if l, ok := g.Layer(layers.LayerTypeIPSecESP).(*layers.IPSecESP); ok && p.Kind != KindAH {
		if p.Kind != KindESP || p.SPI != l.SPI || p.Seq != l.Seq || !bytes.Equal(p.Payload[8:], l.Encrypted) {
			t.Errorf("%s: %v, SPI %#x, gopacket %#x", name, p.Kind, p.SPI, l.SPI)
		}
	}
	if l, ok := g.Layer(layers.LayerTypeIPSecAH).(*layers.IPSecAH); ok {
		if p.Kind != KindAH || p.SPI != l.SPI || p.Seq != l.Seq {
			t.Errorf("%s: %v, SPI %#x, gopacket %#x", name, p.Kind, p.SPI, l.SPI)
		}
	}
	if l, ok := g.Layer(layers.LayerTypeUDP).(*layers.UDP); ok && p.Protocol == protoUDP {
		if p.SrcPort != uint16(l.SrcPort) || p.DstPort != uint16(l.DstPort) || !bytes.HasSuffix(l.Payload, p.Payload) {
			t.Errorf("%s: UDP %d to %d, gopacket %v to %v", name, p.SrcPort, p.DstPort, l.SrcPort, l.DstPort)
		}
	}
}

// The same frames, divided and joined again, give the same packets.
func TestRealFragments(t *testing.T) {
	for _, name := range []string{"testdata/vlan.pcap.gz", "testdata/v6-outer-v4-inner.pcap.gz", "testdata/natt-masquerade.pcap.gz"} {
		d, parts := NewDecoder(Limits{}), NewDecoder(Limits{})
		var p, q Packet
		joined := 0
		for i, f := range readCapture(t, name) {
			d.Decode(&p, f.link, f.data, f.wire, f.nanos)
			if p.Kind == KindOther || len(p.IP)-p.IPHeaderLen <= 64 {
				continue
			}
			for _, frame := range divide(&p, i, 64) {
				parts.Decode(&q, linkRaw, frame, len(frame), f.nanos)
			}
			joined++
			if q.Kind != p.Kind || q.Encap != p.Encap || q.Src != p.Src || q.SPI != p.SPI || !bytes.Equal(q.Payload, p.Payload) {
				t.Errorf("%s frame %d: %v of %d octets, whole %v of %d", name, i+1, q.Kind, len(q.Payload), p.Kind, len(p.Payload))
			}
		}
		if n := parts.Stats().Fragments.Joined; n != uint64(joined) || joined == 0 {
			t.Errorf("%s: %d joined of %d", name, n, joined)
		}
	}
}

// divide cuts a packet's datagram into fragments of at most n octets.
func divide(p *Packet, id, n int) [][]byte {
	body := p.IP[p.IPHeaderLen:]
	var frames [][]byte
	for off := 0; off < len(body); off += n {
		end := min(off+n, len(body))
		more := end < len(body)
		if p.Src.Is4() {
			b := join(p.IP[:p.IPHeaderLen], body[off:end])
			binary.BigEndian.PutUint16(b[ipv4TotalLengthAt:], uint16(len(b)))
			frames = append(frames, setFragment(b, id, off, more))
			continue
		}
		b := join(p.IP[:p.IPHeaderLen], fragmentHeader(int(p.Protocol), id, off, more), body[off:end])
		binary.BigEndian.PutUint16(b[ipv6PayloadLengthAt:], uint16(len(b)-ipv6HeaderLen))
		b[p.NextHeaderOffset] = protoFragment
		frames = append(frames, b)
	}
	return frames
}

// The checksum over headers as a kernel sent them is 0 (RFC 1071 section 1),
// and the one put into a joined datagram is the kernel's.
func TestChecksum(t *testing.T) {
	n := 0
	for _, f := range readCapture(t, "testdata/vlan.pcap.gz") {
		p := decodeFrame(f.link, f.data)
		if p.Kind != KindESP {
			continue
		}
		n++
		if got := checksum(p.IP[:p.IPHeaderLen]); got != 0 {
			t.Errorf("over a whole header: %#x", got)
		}
		want := bytes.Clone(p.IP)
		mendIPv4(p.IP, p.IPHeaderLen, len(p.IP))
		if !bytes.Equal(p.IP, want) {
			t.Errorf("mended to %x, want %x", p.IP[:p.IPHeaderLen], want[:p.IPHeaderLen])
		}
	}
	if n == 0 {
		t.Error("no packets")
	}
}
