package main

import (
	"encoding/binary"
	"testing"

	"ikescope/pcaps"
)

// IP and UDP: lengths that lie, fragments that do not fit, layers without end.

func TestHostileHeaders(t *testing.T) {
	m := main1(offer())
	good := ike(m)
	length := func(n int) []byte { return put(good, 2, u16(n)...) }
	surviveAll(t, []hostile{
		{name: "header length 0", capture: raw(put(good, 0, 0x40), good), says: "2 packets|malformed: ipv4"},
		{name: "header length 15", capture: raw(put(good, 0, 0x4f), good), says: "2 packets"},
		{name: "total length below the header", capture: raw(length(19), good), says: "malformed: ipv4"},
		{name: "total length 0, as offload leaves it", capture: raw(length(0)), says: "phase 1"},
		{name: "total length above what was captured", capture: raw(length(1400)), says: "packet"},
		{name: "version 5", capture: raw(put(good, 0, 0x55), good), says: "malformed: ip"},
		{name: "Ethernet padding behind a keepalive of one octet", capture: captured(pcaps.LinkEthernet, ether(ip4(17, udp(4500, u8(0xff))), make([]byte, 17))), says: "No IKE"},
		{name: "UDP length 7", capture: raw(put(good, 24, u16(7)...), good), says: "malformed: udp"},
		{name: "UDP length too long", capture: raw(put(good, 24, u16(60000)...), good), says: "2 packets"},
		{name: "UDP length too short", capture: raw(put(good, 24, u16(20)...), good), says: "2 packets"},
		{name: "UDP header cut", capture: raw(ip4(17, u16(500, 500)), good), says: "malformed: udp"},
		{name: "AH of length 0 and 255", capture: raw(ip4(51, u8(50, 0, 0, 0), fill(40)), ip4(51, u8(50, 255, 0, 0), fill(40)), good), says: "3 packets"},
		{name: "IPv6 payload length 0", capture: raw(put(ip6(17, udp(500, m)), 4, 0, 0), good), says: "2 packets"},
		{name: "jumbogram", capture: raw(cat(put(ip6(0, u8(17, 0, 0xc2, 4), u32(70000), udp(500, m)), 4, 0, 0)), good), says: "2 packets"},
	})
}

// Fragments of one datagram of IKE, whose octets are those of good.
func TestHostileFragments(t *testing.T) {
	good := udp(500, main1(offer(), payload{13, fill(600)}))
	other := make([]byte, len(good))
	n := len(good)
	first, second, last := fragment(7, 0, true, 17, good[:200]), fragment(7, 200, true, 17, good[200:400]), fragment(7, 400, false, 17, good[400:])
	v6 := func(at int, more bool, octets []byte) []byte {
		off := at
		if more {
			off |= 1
		}
		return ip6(44, u8(17, 0), u16(off), u32(99), octets)
	}
	surviveAll(t, []hostile{
		{name: "in order", capture: raw(first, second, last), says: "phase 1 incomplete"},
		{name: "reversed", capture: raw(last, second, first), says: "phase 1 incomplete"},
		{name: "duplicated", capture: raw(first, first, second, second, last, last), says: "phase 1 incomplete"},
		{name: "tiny first", capture: raw(fragment(7, 0, true, 17, good[:8]), fragment(7, 8, false, 17, good[8:])), says: "phase 1 incomplete"},
		{name: "missing", capture: raw(first, last), says: "1 fragmented datagram incomplete"},
		{name: "first one only", capture: raw(first), says: "1 fragmented datagram incomplete"},
		{name: "overlap with the same octets", capture: raw(first, fragment(7, 104, true, 17, good[104:400]), last), says: "phase 1 incomplete"},
		{name: "overlap with different octets", capture: raw(first, fragment(7, 104, true, 17, other[104:400]), second, last), says: "with different content; what came first was kept"},
		{name: "past 65,535", capture: raw(first, fragment(7, 65528, true, 17, fill(1400))), says: "fragment"},
		{name: "two different last ones", capture: raw(first, fragment(7, 200, false, 17, good[200:400]), fragment(7, 400, false, 17, good[400:])), says: "packets"},
		{name: "last one with an odd length before it", capture: raw(fragment(7, 0, true, 17, good[:203]), fragment(7, 200, false, 17, good[200:])), says: "packets"},
		{name: "of no octets", capture: raw(first, fragment(7, 200, true, 17, nil), second, last), says: "packets"},
		{name: "8,000 of eight octets", capture: raw(slivers(8000)...), says: "fragments given up"},
		{name: "IPv6", capture: raw(v6(0, true, good[:400]), v6(400, false, good[400:])), says: "phase 1 incomplete"},
		{name: "IPv6 overlap", capture: raw(v6(0, true, good[:400]), v6(200, true, other[:200]), v6(400, false, good[400:])), says: "given up: others of the same datagram contradict it"},
		{name: "IPv6 atomic", capture: raw(v6(0, false, good[:n])), says: "phase 1 incomplete"},
		{name: "fragment inside a fragment", capture: raw(fragment(7, 0, true, 4, fragment(8, 0, true, 17, good[:200])), fragment(7, 224, false, 4, good[:8])), says: "packets"},
	})
}

// slivers are fragments of eight octets each, every second one missing.
func slivers(n int) (all [][]byte) {
	for i := range n {
		all = append(all, fragment(9, 16*i&0xfff8, true, 17, fill(8)))
	}
	return all
}

func TestHostileNesting(t *testing.T) {
	good := ike(main1(offer()))
	deep := good
	for range 200 {
		deep = ip4(4, deep)
	}
	extensions := udp(500, main1(offer()))
	for range 200 {
		extensions = cat(u8(60, 0, 1, 4, 0, 0, 0, 0), extensions)
	}
	extensions[200*8-8] = 17
	tags := cat(u16(0x0800), good)
	for range 100 {
		tags = cat(u16(0x8100, 5), tags)
	}
	ah := good[20:]
	for range 60 {
		ah = cat(u8(51, 4, 0, 0), u32(7, 1), make([]byte, 12), ah)
	}
	surviveAll(t, []hostile{
		{name: "200 IP headers", capture: raw(deep, good), says: "malformed"},
		{name: "200 extension headers", capture: raw(ip6(60, extensions), good), says: "malformed"},
		{name: "100 VLAN tags", capture: captured(pcaps.LinkEthernet, cat(fill(12), tags), ether(good)), says: "malformed"},
		{name: "60 AH", capture: raw(ip4(51, ah), good), says: "2 packets"},
		{name: "GRE in GRE", capture: raw(ip4(47, repeat(cat(u8(0, 0), u16(0x0800), ip4(47, fill(4))), 30)), good), says: "2 packets"},
	})
}

// UDP 4500 with every length: ESP, marker and IKE, keepalive, rubbish.
func TestHostileEncapsulation(t *testing.T) {
	var packets [][]byte
	for n := range 36 {
		packets = append(packets, ip4(17, udp(4500, fill(n))), ip4(17, udp(4500, make([]byte, n))), ip4(17, udp(500, fill(n))))
	}
	surviveAll(t, []hostile{
		{name: "every length", capture: raw(packets...), says: "108 packets|SPI|malformed"},
		{name: "TCP, every length", capture: raw(segments()...), says: "packets"},
		{name: "link types", capture: captured(pcaps.LinkNull, u32(2), cat(u8(2, 0, 0, 0), ike(main1(offer())))), says: "2 packets"},
	})
}

// segments are streams on the ports of IKE in TCP with every short content.
func segments() (all [][]byte) {
	for n := range 60 {
		content := cat([]byte("IKETCP"), u16(n), fill(n))[:n+4]
		seq := binary.BigEndian.AppendUint32(nil, uint32(int64(n)*4000000000/60))
		all = append(all, ip4(6, u16(2000+n, 4500), seq, make([]byte, 4), u8(0x50+n%16, 0x18, 1, 1, 0, 0, 0, 0), content))
	}
	return all
}
