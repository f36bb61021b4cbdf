package main

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

func messageBetween(src, dst string) *ikestate.Message {
	return &ikestate.Message{
		Src: netip.MustParseAddrPort(src), Dst: netip.MustParseAddrPort(dst),
		Header: isakmp.Header{
			CookieI: isakmp.Cookie{1}, CookieR: isakmp.Cookie{2}, Major: 1,
			Exchange: isakmp.ExchangeQuick, Flags: isakmp.FlagEncryption, MessageID: 7,
		},
		Payloads: []isakmp.Payload{
			{Type: 8, Body: bytes.Repeat([]byte{0xaa}, 20)},
			{Type: 10, Body: bytes.Repeat([]byte{0xbb}, 15)},
		},
	}
}

// layersOf decodes a datagram with another implementation and checks lengths and
// checksums by building it anew.
func layersOf(t *testing.T, datagram []byte, first gopacket.LayerType) gopacket.Packet {
	t.Helper()
	p := gopacket.NewPacket(datagram, first, gopacket.Default)
	if e := p.ErrorLayer(); e != nil {
		t.Fatal(e.Error())
	}
	udp := p.TransportLayer().(*layers.UDP)
	if err := udp.SetNetworkLayerForChecksum(p.NetworkLayer()); err != nil {
		t.Fatal(err)
	}
	again := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(again, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		p.NetworkLayer().(gopacket.SerializableLayer), udp, gopacket.Payload(udp.Payload))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Bytes(), datagram) {
		t.Errorf("lengths or checksums differ:\n% x\n% x", datagram, again.Bytes())
	}
	return p
}

func TestClearDatagram(t *testing.T) {
	for _, c := range []struct {
		src, dst string
		first    gopacket.LayerType
	}{
		{"192.0.2.1:500", "192.0.2.2:500", layers.LayerTypeIPv4},
		{"192.0.2.1:4500", "192.0.2.2:61234", layers.LayerTypeIPv4},
		{"[2001:db8::1]:500", "[2001:db8::2]:500", layers.LayerTypeIPv6},
		{"[::ffff:192.0.2.1]:500", "192.0.2.2:500", layers.LayerTypeIPv4},
	} {
		m := messageBetween(c.src, c.dst)
		udp := layersOf(t, clearDatagram(m), c.first).TransportLayer().(*layers.UDP)
		if udp.SrcPort != ikePort || udp.DstPort != ikePort {
			t.Errorf("ports %d and %d", udp.SrcPort, udp.DstPort)
		}
		got, err := isakmp.ParseMessage(udp.Payload)
		if err != nil || got.Encrypted() || len(got.Payloads) != 2 || int(got.Length) != len(udp.Payload) {
			t.Errorf("%+v, %v", got.Header, err)
		}
	}
}

func TestClearDatagramRefusesWhatFitsNoDatagram(t *testing.T) {
	mixed := messageBetween("192.0.2.1:500", "[2001:db8::2]:500")
	long := messageBetween("192.0.2.1:500", "192.0.2.2:500")
	long.Payloads = append(long.Payloads,
		isakmp.Payload{Type: 13, Body: make([]byte, 40000)}, isakmp.Payload{Type: 13, Body: make([]byte, 40000)})
	for _, m := range []*ikestate.Message{mixed, long, {}} {
		if d := clearDatagram(m); d != nil {
			t.Errorf("a datagram of %d octets", len(d))
		}
	}
}

func TestSumOfZeroGoesOutAsOnes(t *testing.T) {
	zero := netip.IPv6Unspecified()
	udp := []byte{0xff, 0xff - protocolUDP - 4, 0, 0}
	if c := udpChecksum(zero, zero, udp); c != 0xffff {
		t.Errorf("%#04x", c)
	}
}
