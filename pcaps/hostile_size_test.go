package pcaps

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
)

// 20,000 interfaces are read; the last of them has a packet.
func TestManyInterfaces(t *testing.T) {
	var b bytes.Buffer
	b.Write(ngSection(little))
	for range 20000 {
		b.Write(ngInterface(little, LinkRaw, 0))
	}
	b.Write(ngPacket(little, 19999, 5, "abcd"))
	frames, info := readAll(t, b.Bytes(), 0)
	if len(frames) != 1 || frames[0].Interface != 19999 || len(info.Interfaces) != 20000 || info.Problems != nil {
		t.Errorf("%v, %d interfaces, %v", frames, len(info.Interfaces), info.Problems)
	}
}

// More interfaces than are kept: their packets are passed over, and every frame
// has an interface that is described.
func TestTooManyInterfaces(t *testing.T) {
	one := cat(ngSection(little), bytes.Repeat(ngInterface(little, LinkRaw, 0), 40000), ngPacket(little, 39999, 5, "abcd"))
	frames, info := readAll(t, cat(one, one), 0)
	if len(frames) != 1 || len(info.Interfaces) != MaxInterfaces {
		t.Errorf("%d frames, %d interfaces", len(frames), len(info.Interfaces))
	}
	if info.Count(NoInterface) != 1 || info.Count(LimitReached) != 80000-MaxInterfaces || len(info.Problems) != MaxProblems+1 {
		t.Errorf("counts %v, %d kept", info.counts, len(info.Problems))
	}
}

// What is kept besides packets has limits.
func TestKeptIsBounded(t *testing.T) {
	secret := ngBlock(little, blockSecrets, 1, 8<<20-100, make([]byte, 8<<20-100))
	comments := bytes.Repeat(ngPacket(little, 0, 5, "abcd", ngOption(little, optComment, strings.Repeat("c", 2000))), MaxComments+5)
	names := bytes.Repeat(ngBlock(little, blockNames, uint16(1), uint16(6), "\x0a\x00\x00\x01a\x00\x00\x00"), MaxNames+5)
	s, err := openBytes(leNG(secret, secret, secret, comments, names), false, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	drain(t, s)
	info := s.Captures()[0]
	if len(s.Secrets()) != 2 || len(info.Comments) != MaxComments || len(info.Names) != MaxNames {
		t.Errorf("%d secrets, %d comments, %d names", len(s.Secrets()), len(info.Comments), len(info.Names))
	}
	if n := info.Count(LimitReached); n != 11 {
		t.Errorf("limit reached %d times", n)
	}
	if len(info.Comments[0].Text) != maxTextLen {
		t.Errorf("comment of %d octets", len(info.Comments[0].Text))
	}
}

// A length that a field claims never becomes memory: 300 octets that claim
// 16 MiB at each place where a length stands.
func TestClaimsAreNotAllocated(t *testing.T) {
	claim := join(little, 6, maxBlockLen, 0, 0, 0, maxBlockLen-40, maxBlockLen-40, make([]byte, 200))
	for name, file := range map[string][]byte{
		"enhanced packet": leNG(claim),
		"secrets":         leNG(join(little, 10, maxBlockLen, 1, maxBlockLen-40, make([]byte, 200))),
		"section":         join(little, uint32(blockSection), maxBlockLen, byteOrderMagic, make([]byte, 200)),
		"pcap record":     cat(leHeader(), classicRecord(little, 1, 1, 0x7fffffff, 0x7fffffff, "abc")),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if s, err := openBytes(file, false, Options{BlockSize: 4096}); err == nil {
			drain(t, s)
			s.Close()
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 256<<10 {
			t.Errorf("%s: %d octets allocated for a file of %d", name, n, len(file))
		}
	}
}

// 64 MiB of empty records out of 64 KiB of gzip: bounded memory, bounded
// warnings, all counted.
func TestBombOfEmptyRecords(t *testing.T) {
	if testing.Short() {
		t.Skip("4 million records")
	}
	const records = 4 << 20
	bomb := gzipped(cat(leHeader(), make([]byte, records*classicRecordLen)))
	s, err := openBytes(bomb, true, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for {
		b, err := s.Next()
		if err != nil {
			break
		}
		n += len(b.Frames)
		b.Release()
	}
	runtime.ReadMemStats(&after)
	info := s.Captures()[0]
	if n != records || info.Count(EmptyRecord) != records || len(info.Problems) != MaxProblems {
		t.Errorf("%d frames, %d empty, %d problems", n, info.Count(EmptyRecord), len(info.Problems))
	}
	if octets := after.TotalAlloc - before.TotalAlloc; octets > 48<<20 {
		t.Errorf("%d octets allocated", octets)
	}
}
