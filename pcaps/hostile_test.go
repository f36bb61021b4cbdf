package pcaps

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// le helpers: most hostile files are little-endian.
func leHeader() []byte { return classicHeader(little, magicMicros, 65535, 1) }

func leRecord(data string) []byte {
	return classicRecord(little, 1, 2, int64(len(data)), int64(len(data)), data)
}

func leNG(parts ...[]byte) []byte {
	return cat(append([][]byte{ngSection(little), ngInterface(little, LinkEthernet, 65535)}, parts...)...)
}

func lePacket(data string) []byte { return ngPacket(little, 0, 5, data) }

// hostileFiles are read. frames are the data of the packets that come out.
var hostileFiles = map[string]struct {
	file     []byte
	frames   []string
	problems map[Kind]int64
	text     string // in the first problem
}{
	"pcap header only":   {file: leHeader()},
	"pcapng header only": {file: ngSection(little)},
	"pcap cut in record header": {
		file: cat(leHeader(), leRecord("abc"), leRecord("def")[:15]), frames: []string{"abc"},
		problems: map[Kind]int64{Cut: 1},
		text:     "cut off inside packet 2: the record at octet 43 has 15 octets, 16 are needed",
	},
	"pcap cut in data": {
		file: cat(leHeader(), leRecord("abc"), leRecord("defg")[:18]), frames: []string{"abc"},
		problems: map[Kind]int64{Cut: 1},
		text:     "cut off inside packet 2: the record at octet 43 has 18 octets, 20 are needed",
	},
	"pcapng cut": {
		file: cat(leNG(lePacket("abcd")), lePacket("efgh")[:20]), frames: []string{"abcd"},
		problems: map[Kind]int64{Cut: 1},
		text:     "cut off inside packet 2: the record at octet 84 has 20 octets, 36 are needed",
	},
	"pcap 4 GiB captured": {
		file: cat(leHeader(), leRecord("abc"), classicRecord(little, 1, 1, 0xffffffff, 60, "xyz")), frames: []string{"abc"},
		problems: map[Kind]int64{Damaged: 1},
		text:     "damaged at octet 43, after packet 1: the record says it has 4294967295 octets",
	},
	"pcap 256 MiB captured": {
		file: cat(leHeader(), classicRecord(little, 1, 1, 256<<20, 256<<20, "xyz")), problems: map[Kind]int64{Damaged: 1},
	},
	"pcap large record cut": {
		file: cat(leHeader(), classicRecord(little, 1, 1, 1<<20, 1<<20, "xyz")), problems: map[Kind]int64{Oversized: 1, Cut: 1},
	},
	"pcap large record, then sound": {
		file:   cat(leHeader(), leRecord(strings.Repeat("x", MaxFrameLen+1)), leRecord("abc"), leRecord("def")),
		frames: []string{"abc", "def"}, problems: map[Kind]int64{Oversized: 1},
		text: "record at octet 24: 262145 octets are more than 262144; passed over",
	},
	"pcap large record at the end": {
		file:   cat(leHeader(), leRecord("abc"), leRecord(strings.Repeat("x", 300000))),
		frames: []string{"abc"}, problems: map[Kind]int64{Oversized: 1},
	},
	"pcap large record, then rubbish": {
		file:     cat(leHeader(), classicRecord(little, 1, 1, MaxFrameLen+1, 60, strings.Repeat("xy", 200000))),
		problems: map[Kind]int64{Oversized: 1, Damaged: 1},
	},
	"pcap captured above wire": {
		file: cat(leHeader(), classicRecord(little, 1, 1, 4, 3, "abcd"), leRecord("e")), frames: []string{"abcd", "e"},
		problems: map[Kind]int64{LengthMismatch: 1}, text: "packet 1: 4 octets captured, at most 3 expected",
	},
	"pcap captured above snap length": {
		file: cat(classicHeader(little, magicMicros, 3, 1), leRecord("abcd"), leRecord("e")), frames: []string{"abcd", "e"},
		problems: map[Kind]int64{LengthMismatch: 1},
	},
	"pcap empty record": {
		file: cat(leHeader(), leRecord(""), leRecord("e")), frames: []string{"", "e"}, problems: map[Kind]int64{EmptyRecord: 1},
	},
	"pcap fraction of 4 billion": {
		file: cat(leHeader(), classicRecord(little, 1, 0xffffffff, 1, 1, "a"), leRecord("e")), frames: []string{"a", "e"},
		problems: map[Kind]int64{BadTime: 1}, text: "packet 1: fraction of a second is 4294967295, at most 999999 expected",
	},
	"pcap version 9.9": {
		file:   cat(join(little, uint32(magicMicros), uint16(9), uint16(9), 0, 0, 65535, 1), leRecord("abc")),
		frames: []string{"abc"}, problems: map[Kind]int64{BadHeader: 1}, text: "unknown version 9.9",
	},
	"pcap reserved bits": {
		file: cat(classicHeader(little, magicMicros, 65535, 0x03ff0001), leRecord("abc")), frames: []string{"abc"},
		problems: map[Kind]int64{BadHeader: 1},
	},
	"pcap snap length 0": {
		file: cat(classicHeader(little, magicMicros, 0, 1), leRecord("abc")), frames: []string{"abc"},
	},
	"pcapng block length 0": {
		file: cat(leNG(lePacket("abcd")), join(little, 6, 0, make([]byte, 24))), frames: []string{"abcd"},
		problems: map[Kind]int64{Damaged: 1}, text: "damaged at octet 84, after packet 1: the record says it has 0 octets",
	},
	"pcapng block length 8": {
		file: cat(leNG(lePacket("abcd")), join(little, 6, 8, 8, 8), lePacket("x")), frames: []string{"abcd"},
		problems: map[Kind]int64{Damaged: 1},
	},
	"pcapng block length unaligned, consistent": {
		file:   cat(leNG(), join(little, 6, 35, 0, 0, 5, 3, 3, "abc", 35), lePacket("efgh")),
		frames: []string{"abc", "efgh"}, problems: map[Kind]int64{Unaligned: 1},
	},
	"pcapng block length without padding": {
		file:   cat(leNG(), join(little, 6, 35, 0, 0, 5, 3, 3, "abc\x00", 35), lePacket("efgh")),
		frames: []string{"abc", "efgh"}, problems: map[Kind]int64{Unaligned: 1},
	},
	"pcapng block length unaligned, inconsistent": {
		file:     cat(leNG(), join(little, 6, 35, 0, 0, 5, 3, 3, "abc\x00", 36), lePacket("efgh")),
		problems: map[Kind]int64{Damaged: 1},
	},
	"pcapng block length 4 GiB": {
		file: cat(leNG(lePacket("abcd")), join(little, 6, uint32(1<<32-4), make([]byte, 30))), frames: []string{"abcd"},
		problems: map[Kind]int64{Oversized: 1, Cut: 1},
	},
	"pcapng large block passed over": {
		file:   cat(leNG(lePacket("abcd")), ngBlock(little, 99, make([]byte, maxBlockLen)), lePacket("efgh")),
		frames: []string{"abcd", "efgh"}, problems: map[Kind]int64{Oversized: 1},
	},
	"pcapng large block, then rubbish": {
		file:   cat(leNG(lePacket("abcd")), join(little, 99, maxBlockLen+4, make([]byte, maxBlockLen+4+40))),
		frames: []string{"abcd"}, problems: map[Kind]int64{Oversized: 1, Damaged: 1},
	},
	"pcapng large packet": {
		file:   cat(leNG(), lePacket(strings.Repeat("x", MaxFrameLen+1)), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{Oversized: 1},
	},
	"pcapng trailer differs": {
		file:   cat(leNG(), join(little, 6, 36, 0, 0, 5, 4, 4, "abcd", 40), lePacket("efgh")),
		frames: []string{"abcd", "efgh"}, problems: map[Kind]int64{TrailerMismatch: 1},
		text: "block at octet 48: length 36 before and 40 after it",
	},
	"pcapng trailer differs, then rubbish": {
		file:   cat(leNG(), join(little, 6, 36, 0, 0, 5, 4, 4, "abcd", 40), make([]byte, 40)),
		frames: []string{"abcd"}, problems: map[Kind]int64{TrailerMismatch: 1, Damaged: 1},
	},
	"pcapng packet before interface": {
		file:   cat(ngSection(little), lePacket("abcd"), ngInterface(little, 1, 0), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{NoInterface: 1},
		text: "record at octet 28: interface 0 is not described (0 are); passed over",
	},
	"pcapng interface 70,000": {
		file: leNG(ngPacket(little, 70000, 5, "abcd"), lePacket("efgh")), frames: []string{"efgh"},
		problems: map[Kind]int64{NoInterface: 1},
	},
	"pcapng simple packet without interface": {
		file: cat(ngSection(little), ngBlock(little, blockSimple, 4, "abcd")), problems: map[Kind]int64{NoInterface: 1},
	},
	"pcapng statistics without interface": {
		file:     cat(ngSection(little), ngBlock(little, blockStatistics, 0, uint64(0))),
		problems: map[Kind]int64{NoInterface: 1},
	},
	"pcapng captured 4 GiB": {
		file:   leNG(ngBlock(little, 6, 0, 0, 5, uint32(1<<32-1), 4, "abcd"), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{BadRecord: 1},
		text: "record at octet 48: 4294967295 octets are needed, it has 4; passed over",
	},
	"pcapng captured one past the block": {
		file:   leNG(ngBlock(little, 6, 0, 0, 5, 5, 5, "abcd"), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{BadRecord: 1},
	},
	"pcapng captured above wire": {
		file: leNG(ngBlock(little, 6, 0, 0, 5, 4, 3, "abcd")), frames: []string{"abcd"}, problems: map[Kind]int64{LengthMismatch: 1},
	},
	"pcapng captured above snap length": {
		file:   cat(ngSection(little), ngInterface(little, 1, 3), lePacket("abcd")),
		frames: []string{"abcd"}, problems: map[Kind]int64{LengthMismatch: 1},
	},
	"pcapng empty packet": {
		file: leNG(lePacket("")), frames: []string{""}, problems: map[Kind]int64{EmptyRecord: 1},
	},
	"pcapng short blocks": {
		file: leNG(ngBlock(little, 6, 0), ngBlock(little, 2, 0), ngBlock(little, 3), ngBlock(little, 1),
			ngBlock(little, 5, 0), ngBlock(little, 10), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{BadRecord: 6},
	},
	"pcapng option past block": {
		file:   cat(ngSection(little), ngInterface(little, 1, 0, join(little, uint16(2), uint16(400), "eth0")), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{BadOption: 1},
	},
	"pcapng packet option past block": {
		file:   leNG(ngPacket(little, 0, 5, "abcd", join(little, uint16(1), uint16(9), "12345678"))),
		frames: []string{"abcd"}, problems: map[Kind]int64{BadOption: 1},
	},
	"pcapng option cut": {
		file:   cat(ngSection(little, join(little, uint16(4), uint16(0xffff))), ngInterface(little, 1, 0), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{BadOption: 1},
	},
	"pcapng resolution without value": {
		file:   cat(ngSection(little), ngInterface(little, 1, 0, ngOption(little, 9)), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{BadOption: 1},
	},
	"pcapng version 1.2": {
		file:   cat(ngBlock(little, blockSection, uint32(byteOrderMagic), uint16(1), uint16(2), uint64(0)), ngInterface(little, 1, 0), lePacket("efgh")),
		frames: []string{"efgh"},
	},
	"pcapng version 3.1": {
		file:   cat(ngBlock(little, blockSection, uint32(byteOrderMagic), uint16(3), uint16(1), uint64(0)), ngInterface(little, 1, 0), lePacket("efgh")),
		frames: []string{"efgh"}, problems: map[Kind]int64{BadHeader: 1}, text: "unknown version 3.1",
	},
	"pcapng second section without order": {
		file: cat(leNG(lePacket("abcd")), join(little, uint32(blockSection), 28, 0, make([]byte, 12), 28)), frames: []string{"abcd"},
		problems: map[Kind]int64{Damaged: 1}, text: "damaged at octet 84, after packet 1: a section without byte-order magic",
	},
	"pcapng secrets past block": {
		file: leNG(ngBlock(little, blockSecrets, 1, 5, "abcd"), lePacket("efgh")), frames: []string{"efgh"},
		problems: map[Kind]int64{BadRecord: 1},
	},
	"pcapng names past block": {
		file: leNG(ngBlock(little, blockNames, uint16(1), uint16(99), "abcd"), lePacket("efgh")), frames: []string{"efgh"},
		problems: map[Kind]int64{BadOption: 1},
	},
	"pcapng unknown blocks": {
		file:   leNG(ngBlock(little, 0xbad, 1, "x"), ngBlock(little, 0x80000001), ngBlock(little, 77, "abcdefgh"), lePacket("efgh")),
		frames: []string{"efgh"},
	},
	"gzip cut": {
		file:     gzipped(cat(leHeader(), leRecord("abc"), leRecord(strings.Repeat("0123456789", 99))))[:55],
		frames:   []string{"abc"},
		problems: map[Kind]int64{Cut: 1},
		text:     "unexpected EOF",
	},
}

func TestHostileFiles(t *testing.T) {
	for name, c := range hostileFiles {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{0, 1, 64, 4096} {
				for _, pipe := range []bool{false, true} {
					checkHostile(t, c.file, c.frames, c.problems, c.text, pipe, size)
				}
			}
		})
	}
}

func checkHostile(t *testing.T, file []byte, want []string, problems map[Kind]int64, text string, pipe bool, size int) {
	t.Helper()
	s, err := openBytes(file, pipe, Options{BlockSize: size})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var data []string
	for _, f := range drain(t, s) {
		data = append(data, f.Data)
	}
	if d := cmp.Diff(want, data, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("pipe %v, blocks of %d: %s", pipe, size, d)
	}
	info := s.Captures()[0]
	counts := map[Kind]int64{}
	for k := range kindCount {
		if n := info.Count(k); n > 0 {
			counts[k] = n
		}
	}
	if d := cmp.Diff(problems, counts, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("pipe %v, blocks of %d: problems %s\n%+v", pipe, size, d, info.Problems)
	}
	if info.Complete == info.Incomplete() {
		t.Errorf("complete %v, incomplete %v", info.Complete, info.Incomplete())
	}
	checkProblems(t, info, text)
}

func checkProblems(t *testing.T, info CaptureInfo, text string) {
	t.Helper()
	for i, p := range info.Problems {
		var fe *FormatError
		if !errors.Is(p.Err, p.Kind) || !errors.As(p.Err, &fe) || p.Path != "-" {
			t.Errorf("problem %+v", p)
		}
		if p.Text == "" || strings.ContainsAny(p.Text, "{}\n") || i == 0 && !strings.Contains(p.Text, text) {
			t.Errorf("text %q, want %q", p.Text, text)
		}
	}
}
