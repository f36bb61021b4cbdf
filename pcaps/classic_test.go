package pcaps

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClassicVariants(t *testing.T) {
	const second = 1700000000
	extra := "\x07\x00\x00\x00\x08\x00\x04\x00" // of the modified format: not part of the data
	for name, c := range map[string]struct {
		order binary.ByteOrder
		magic uint32
		frac  int64
		extra string
		nanos int64
	}{
		"microseconds":      {little, magicMicros, 250000, "", 250000000},
		"microseconds, big": {big, magicMicros, 250000, "", 250000000},
		"nanoseconds":       {little, magicNanos, 250000001, "", 250000001},
		"nanoseconds, big":  {big, magicNanos, 250000001, "", 250000001},
		"modified":          {little, magicModified, 250000, extra, 250000000},
		"modified, big":     {big, magicModified, 250000, extra, 250000000},
	} {
		at := 24 + 16 + len(c.extra) + 3
		file := cat(classicHeader(c.order, c.magic, 65535, 113),
			classicRecord(c.order, second, c.frac, 3, 60, c.extra+"abc"),
			classicRecord(c.order, second+1, 0, 2, 2, c.extra+"de"))
		want := []got{
			{1, second*1e9 + c.nanos, "abc", 60, LinkLinuxSLL, 0, 0, 24},
			{2, (second + 1) * 1e9, "de", 2, LinkLinuxSLL, 0, 0, int64(at)},
		}
		frames, info := readAll(t, file, 0)
		if d := cmp.Diff(want, frames); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if info.Format != "pcap" || info.Problems != nil || info.Truncated != 1 || info.Octets != 5 ||
			info.First != want[0].Nanos || info.Last != want[1].Nanos {
			t.Errorf("%s: %+v", name, info)
		}
	}
}

// A time after 2038 is one, and the largest fraction does not overflow.
func TestClassicLateTimes(t *testing.T) {
	frames, _ := readAll(t, cat(leHeader(), classicRecord(little, 0xffffffff, 0xffffffff, 1, 1, "a")), 0)
	if want := int64(0xffffffff)*1e9 + 0xffffffff*1000; frames[0].Nanos != want {
		t.Errorf("%d, want %d", frames[0].Nanos, want)
	}
}

// Before version 2.3 the wire length came first, and in 2.3 either could
// (draft-ietf-opsawg-pcap, libpcap's reader).
func TestClassicOldVersions(t *testing.T) {
	for _, c := range []struct {
		minor         uint16
		first, second int64
	}{
		{0, 9, 3}, {2, 9, 3}, {3, 9, 3}, {3, 3, 9}, {4, 3, 9},
	} {
		file := cat(join(little, uint32(magicMicros), uint16(2), c.minor, 0, 0, 68, 1),
			classicRecord(little, 1, 1, c.first, c.second, "abc"))
		frames, info := readAll(t, file, 0)
		if len(frames) != 1 || frames[0].Data != "abc" || frames[0].WireLen != 9 || info.Problems != nil {
			t.Errorf("2.%d, %d, %d: %v %v", c.minor, c.first, c.second, frames, info.Problems)
		}
	}
}

// The link type word also holds the length of the frame check sequence.
func TestClassicLinkTypeWord(t *testing.T) {
	for network, want := range map[uint32]InterfaceInfo{
		1:          {Link: LinkEthernet, FCSLen: -1},
		0x24000001: {Link: LinkEthernet, FCSLen: 4},
		0x04000114: {Link: LinkLinuxSLL2, FCSLen: 0},
		0xf400ffff: {Link: 65535, FCSLen: 30},
	} {
		want.SnapLen, want.Resolution = 9, Nanoseconds
		_, info := readAll(t, cat(classicHeader(little, magicNanos, 9, network), leRecord("abc")), 0)
		if d := cmp.Diff([]InterfaceInfo{want}, info.Interfaces); d != "" || info.Problems != nil {
			t.Errorf("%#x: %s %v", network, d, info.Problems)
		}
	}
}

func TestWireLength(t *testing.T) {
	for _, c := range []struct {
		capLen, wireLen uint32
		want            int
	}{{3, 9, 9}, {9, 3, 9}, {0, 0, 0}, {1, 1<<32 - 1, 1<<31 - 1}} {
		if n := wireLength(c.capLen, c.wireLen); n != c.want {
			t.Errorf("%d, %d: %d", c.capLen, c.wireLen, n)
		}
	}
}

func TestLinkTypeNames(t *testing.T) {
	for l, want := range map[LinkType]string{1: "ethernet", 101: "raw", 276: "linux-sll2", 147: "linktype 147"} {
		if l.String() != want {
			t.Errorf("%d: %s", uint16(l), l)
		}
	}
	seen := map[string]bool{}
	for l := range linkNames {
		if seen[l.String()] {
			t.Errorf("two link types are called %s", l)
		}
		seen[l.String()] = true
	}
}
