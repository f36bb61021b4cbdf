package decode

import (
	"encoding/binary"
	"runtime"
	"testing"
	"time"

	"ikescope/bench/cputime"
)

// flood decodes n first fragments of n datagrams and returns the time it took
// and the most memory the joiner accounted for.
func flood(n int) (took time.Duration, held int) {
	d := NewDecoder(Limits{})
	frame := ipv4Fragment(0, 0, true, espPacket(1480))
	var p Packet
	start := cputime.Used()
	for i := range n {
		binary.BigEndian.PutUint16(frame[ipv4IdentificationAt:], uint16(i))
		binary.BigEndian.PutUint32(frame[ipv4SourceAt:], uint32(i>>8))
		d.Decode(&p, linkRaw, frame, len(frame), int64(i)*1000)
		held = max(held, d.joiner.bytes)
	}
	return cputime.Used() - start, held
}

// First fragments that never complete: memory stays within the limit, nothing
// is allocated once it is reached, and twenty times the fragments take about
// twenty times as long.
func TestFragmentFlood(t *testing.T) {
	limit := DefaultLimits().FragmentBytes
	small, held := flood(10_000)
	for range 2 {
		took, _ := flood(10_000)
		small = min(small, took)
	}
	if held > limit {
		t.Errorf("10,000: %d octets held", held)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	large, held := flood(200_000)
	runtime.ReadMemStats(&after)
	for range 2 {
		took, _ := flood(200_000)
		large = min(large, took)
	}
	if held > limit {
		t.Errorf("200,000: %d octets held", held)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 4*uint64(limit) {
		t.Errorf("200,000: %d octets allocated in all", n)
	}
	per := func(took time.Duration, n int) float64 { return float64(took.Nanoseconds()) / float64(n) }
	t.Logf("10,000: %.0f ns each; 200,000: %.0f ns each", per(small, 10_000), per(large, 200_000))
	// Quadratic work would be twenty times as much.
	if per(large, 200_000) > 6*per(small, 10_000) {
		t.Errorf("10,000 took %v, 200,000 took %v", small, large)
	}
}

// One datagram in the smallest pieces, in the worst order, again and again.
func TestPieceFlood(t *testing.T) {
	round := func(rounds int) time.Duration {
		d := NewDecoder(Limits{})
		var p Packet
		start := cputime.Used()
		for i := range rounds {
			for n := range 1024 {
				off := 16 * (1023 - n)
				frame := ipv4Fragment(i, off, true, esp48[:8])
				d.Decode(&p, linkRaw, frame, len(frame), 0)
			}
		}
		return cputime.Used() - start
	}
	small, large := round(5), round(50)
	for range 2 {
		small, large = min(small, round(5)), min(large, round(50))
	}
	t.Logf("5 datagrams: %v, 50 datagrams: %v", small, large)
	if large > 40*small {
		t.Errorf("5 datagrams took %v, 50 took %v", small, large)
	}
}

// Dead datagrams, tunnels and damage by the hundred thousand allocate nothing.
func TestDamageDoesNotAllocate(t *testing.T) {
	for _, tt := range []struct {
		name  string
		link  uint16
		frame []byte
	}{
		{"total length past the frame", linkRaw, set(ipv4Datagram(protoESP, espPacket(40)), 2, 0xff, 0xff)},
		{"UDP length past the datagram", linkRaw, set(udpFrame(4500, 4500, espPacket(40)), 24, 0xff, 0xff)},
		{"nesting", linkEthernet, ethernetFrame(etherVLAN, []byte{0, 1, 0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81, 0,
			0, 1, 0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81, 0})},
		{"unknown link type", 4711, espPacket(40)},
		{"fragment past the end", linkRaw, ipv4Fragment(9, 65528, false, pattern(16))},
		{"duplicate fragment", linkRaw, ipv4Fragment(9, 0, true, esp48[:16])},
		{"ICMP error", linkRaw, ipv4Datagram(protoICMP, []byte{3, 3, 0, 0, 0, 0, 0, 0}, udpFrame(500, 500, ikeMessage(40)))},
		{"UDP of others", linkRaw, udpFrame(1024, 53, pattern(40))},
		{"TCP", linkRaw, ipv4Datagram(protoTCP, make([]byte, 40))},
	} {
		assertNoAllocs(t, tt.name, tt.link, tt.frame)
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, tt := range annotated {
		assertNoAllocs(t, tt.name, tt.link, tt.frame)
	}
	esp, ike := espPacket(1400), ikeMessage(300)
	for _, tt := range []struct {
		name  string
		link  uint16
		frame []byte
	}{
		{"IPv4, ESP", linkEthernet, ethernetFrame(etherIPv4, ipv4Datagram(protoESP, esp))},
		{"IPv6, ESP", linkEthernet, ethernetFrame(etherIPv6, ipv6Datagram(protoESP, esp))},
		{"VLAN, ESP", linkEthernet, ethernetFrame(etherVLAN, vlanTag(7, etherIPv4), ipv4Datagram(protoESP, esp))},
		{"ESP in UDP", linkEthernet, ethernetFrame(etherIPv4, udpFrame(4500, 4500, esp))},
		{"ESP in UDP over IPv6", linkSLL2, join(sll2Header(etherIPv6), ipv6Datagram(protoUDP, udpDatagram(4500, 4500, esp)))},
		{"IKE", linkEthernet, ethernetFrame(etherIPv4, udpFrame(500, 500, ike))},
		{"IKE behind a marker", linkSLL, join(sllHeader(etherIPv4), udpFrame(4500, 4500, make([]byte, 4), ike))},
	} {
		assertNoAllocs(t, tt.name, tt.link, tt.frame)
	}
}

func assertNoAllocs(t *testing.T, name string, link uint16, frame []byte) {
	t.Helper()
	d := NewDecoder(Limits{})
	var p Packet
	decode := func() { d.Decode(&p, link, frame, len(frame), 0) }
	if n := testing.AllocsPerRun(100, decode); n != 0 {
		t.Errorf("%s: %v allocations", name, n)
	}
}
