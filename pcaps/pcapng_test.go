package pcaps

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Two sections of different byte order with different interfaces.
func sectionFile(first, second binary.ByteOrder) []byte {
	return cat(
		ngSection(first, ngOption(first, optSectionHardware, "hw"), ngOption(first, optSectionSystem, "os"),
			ngOption(first, optSectionApplication, "app"), ngOption(first, optComment, "of the section"), ngOption(first, optEnd)),
		ngInterface(first, LinkEthernet, 100,
			ngOption(first, optInterfaceName, "eth0"), ngOption(first, optInterfaceDescription, "left"),
			ngOption(first, optInterfaceResolution, uint8(9)), ngOption(first, optInterfaceFCSLen, uint8(4)),
			ngOption(first, optComment, "of the interface"), ngOption(first, optEnd)),
		ngInterface(first, LinkRaw, 0, ngOption(first, optInterfaceTimeOffset, int64(-1000)), ngOption(first, optInterfaceResolution, uint8(0x80|1))),
		ngPacket(first, 0, 1700000000123456789, "abc"),
		ngPacket(first, 1, 4001, "defg", ngOption(first, optComment, "of the packet"), ngOption(first, optEnd)),
		ngBlock(first, blockStatistics, 1, uint64(0), ngOption(first, optStatisticsReceived, uint64(70)),
			ngOption(first, optStatisticsDropped, uint64(5)), ngOption(first, optStatisticsOSDrop, uint64(2))),
		ngBlock(first, blockNames, uint16(1), uint16(11), "\xc0\x00\x02\x01gw.a\x00x\x00\x00",
			uint16(2), uint16(20), "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01six\x00", uint16(0), uint16(0)),
		ngBlock(first, blockSecrets, uint32(SecretsESP), 5, "12345"),
		ngSection(second),
		ngInterface(second, LinkLinuxSLL, 0),
		ngPacket(second, 0, 1700000000000001, "hij"),
		ngBlock(second, blockSimple, 5, "klmno\x00\x00\x00"),
		ngBlock(second, blockPacket, uint16(0), uint16(9), uint32(1700000000000002>>32), uint32(1700000000000002&0xffffffff), 2, 7, "pq\x00\x00"),
	)
}

func TestSections(t *testing.T) {
	const at = 1700000000000000000
	want := []got{
		{1, at + 123456789, "abc", 3, LinkEthernet, 0, 0, 0},
		{2, 2000500000000 - 1000e9, "defg", 4, LinkRaw, 1, 0, 0},
		{3, at + 1000, "hij", 3, LinkLinuxSLL, 2, 0, 0},
		{4, at + 1000, "klmno", 5, LinkLinuxSLL, 2, 0, 0},
		{5, at + 2000, "pq", 7, LinkLinuxSLL, 2, 0, 0},
	}
	wantInfo := CaptureInfo{
		Path: "-", Format: "pcapng", Packets: 5, Octets: 17, Truncated: 1, LongestCut: 2, Complete: true,
		First: 1000500000000, Last: at + 123456789,
		Interfaces: []InterfaceInfo{
			{Name: "eth0", Description: "left", Link: LinkEthernet, SnapLen: 100, FCSLen: 4, Resolution: 9},
			{Link: LinkRaw, FCSLen: -1, Resolution: 0x81, Offset: -1000, Received: 70, Dropped: 7},
			{Link: LinkLinuxSLL, FCSLen: -1, Resolution: 6},
		},
		Comments: []Comment{{0, 0, "of the section"}, {0, 0, "of the interface"}, {2, 0, "of the packet"}},
		Names:    []Name{{netip.MustParseAddr("192.0.2.1"), "gw.a"}, {netip.MustParseAddr("2001:db8::1"), "six"}},
		Hardware: "hw", System: "os", Application: "app",
	}
	for _, orders := range [][2]binary.ByteOrder{{little, big}, {big, little}, {big, big}} {
		file := sectionFile(orders[0], orders[1])
		wantInfo.Size = int64(len(file))
		for _, size := range []int{0, 1, 50} {
			frames, info := readAll(t, file, size)
			if d := cmp.Diff(want, withoutOffsets(frames)); d != "" {
				t.Error(d)
			}
			for i := range info.Comments {
				info.Comments[i].Offset = 0
			}
			if d := cmp.Diff(wantInfo, info, cmpopts.IgnoreUnexported(CaptureInfo{}), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
				t.Error(d)
			}
		}
	}
}

// Resolutions that no clock has are read.
func TestHostileResolutions(t *testing.T) {
	for r, want := range map[uint8]int64{0: 1<<63 - 1, 127: 0, 0x80 | 127: 0, 0x80: 1<<63 - 1, 28: 1, 0x80 | 64: 999999999} {
		file := cat(ngSection(little), ngInterface(little, 1, 0, ngOption(little, optInterfaceResolution, r)),
			ngPacket(little, 0, 1<<64-1, "abc"))
		frames, info := readAll(t, file, 0)
		if len(frames) != 1 || frames[0].Nanos != want || info.Problems != nil {
			t.Errorf("%v: %v %v", Resolution(r), frames, info.Problems)
		}
	}
}

// A simple packet is no longer than the snap length, whatever the padding.
func TestSimplePacketLengths(t *testing.T) {
	for _, c := range []struct {
		snap, wire int
		body, want string
	}{
		{0, 3, "abc\x00", "abc"}, {2, 3, "ab\x00\x00", "ab"}, {0, 9, "abcd", "abcd"}, {0, 0, "", ""},
	} {
		file := cat(ngSection(little), ngInterface(little, 1, c.snap), ngBlock(little, blockSimple, c.wire, c.body))
		frames, _ := readAll(t, file, 0)
		if len(frames) != 1 || frames[0].Data != c.want || frames[0].WireLen != c.wire || frames[0].Nanos != 0 {
			t.Errorf("%+v: %v", c, frames)
		}
	}
	file := cat(ngSection(little), ngInterface(little, 1, 0), ngBlock(little, blockSimple, 300000, strings.Repeat("x", 300000)))
	if frames, info := readAll(t, file, 0); len(frames) != 0 || info.Count(Oversized) != 1 {
		t.Errorf("%d frames, %v", len(frames), info.Problems)
	}
}

// A statistics block whose sum overflows says nothing.
func TestStatisticsOverflow(t *testing.T) {
	file := leNG(ngBlock(little, blockStatistics, 0, uint64(0),
		ngOption(little, optStatisticsDropped, uint64(1<<64-1)), ngOption(little, optStatisticsOSDrop, uint64(1))),
		ngBlock(little, blockStatistics, 0, uint64(0), ngOption(little, optStatisticsDropped, uint32(1))))
	_, info := readAll(t, file, 0)
	if info.Interfaces[0].Dropped != 0 || info.Count(BadOption) != 1 {
		t.Errorf("%+v", info)
	}
}

// Secrets are kept, and do not show themselves.
func TestSecrets(t *testing.T) {
	const canary = "c4n4ry-0f-k3ys"
	s, err := openBytes(leNG(ngBlock(little, blockSecrets, uint32(SecretsTLS), len(canary), canary)), false, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	drain(t, s)
	secrets := s.Secrets()
	if len(secrets) != 1 || secrets[0].Type != SecretsTLS || string(secrets[0].Data) != canary {
		t.Fatalf("%d secrets", len(secrets))
	}
	j, err := json.Marshal(secrets)
	if err != nil {
		t.Fatal(err)
	}
	b := secrets[0]
	for _, text := range []string{b.String(), string(j), fmt.Sprintf("%v %+v %#v %s %x %q %d", b, b, b, b, b, b, &b), fmt.Sprint(secrets)} {
		for _, leak := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), "99 52 110"} {
			if strings.Contains(text, leak) {
				t.Errorf("%q in %q", leak, text)
			}
		}
	}
}
