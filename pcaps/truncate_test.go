package pcaps

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// smallFiles have something of everything, and where their packets end.
func smallFiles() map[string][]byte {
	return map[string][]byte{
		"pcap":     cat(leHeader(), leRecord("abc"), leRecord("defgh"), leRecord(""), leRecord("ij")),
		"pcap big": cat(classicHeader(big, magicNanos, 65535, 101), classicRecord(big, 1, 2, 3, 3, "abc"), classicRecord(big, 1, 3, 2, 9, "de")),
		"modified": cat(classicHeader(little, magicModified, 65535, 1), classicRecord(little, 1, 2, 3, 3, "\x01\x00\x00\x00\x00\x08\x04\x00abc"),
			classicRecord(little, 1, 2, 2, 2, "\x01\x00\x00\x00\x00\x08\x04\x00de")),
		"pcapng": cat(
			ngSection(little, ngOption(little, optComment, "hello")),
			ngInterface(little, 1, 0, ngOption(little, optInterfaceName, "eth0"), ngOption(little, 9, uint8(9))),
			lePacket("abcd"), ngBlock(little, blockSecrets, uint32(SecretsTLS), 3, "key"), ngBlock(little, blockSimple, 3, "efg"),
			ngBlock(little, blockPacket, uint16(0), uint16(1), 0, 7, 2, 2, "hi"),
			ngSection(big), ngInterface(big, 101, 0), ngPacket(big, 0, 9, "jkl", ngOption(big, optComment, "c"))),
	}
}

// Cut at every octet, a capture gives the packets before the cut unchanged, says
// that it was cut unless a record ends there, and never panics.
func TestTruncation(t *testing.T) {
	for name, file := range smallFiles() {
		for _, size := range []int{0, 1, 32} {
			checkPrefixes(t, name, file, size, false)
		}
		checkPrefixes(t, name+" in a pipe", file, 16, true)
	}
}

func checkPrefixes(t *testing.T, name string, file []byte, size int, pipe bool) {
	t.Helper()
	all, info := readAll(t, file, size)
	if !info.Complete || len(all) == 0 {
		t.Fatalf("%s: %+v", name, info)
	}
	ends := recordEnds(t, file)
	for n := range len(file) {
		s, err := openBytes(file[:n], pipe, Options{BlockSize: size})
		if err != nil {
			if n > ends[0] {
				t.Errorf("%s cut at %d: %v", name, n, err)
			}
			continue
		}
		frames := drain(t, s)
		if d := cmp.Diff(all[:len(frames)], frames, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s cut at %d: %s", name, n, d)
		}
		if len(frames) < len(all) && len(frames) < wholeFrames(all, ends, n) {
			t.Errorf("%s cut at %d: %d frames, there are %d", name, n, len(frames), wholeFrames(all, ends, n))
		}
		info := s.Captures()[0]
		if whole := contains(ends, n); whole == info.Incomplete() {
			t.Errorf("%s cut at %d: record ends there %v, problems %v", name, n, whole, info.Problems)
		}
		s.Close()
	}
}

// recordEnds walks through a sound little file by its lengths alone.
func recordEnds(t *testing.T, file []byte) (ends []int) {
	t.Helper()
	o, at := little, 0
	if strings.HasPrefix(string(file), "\x0a\x0d\x0d\x0a") {
		for at < len(file) {
			if little.Uint32(file[at:]) == blockSection {
				o = little
				if file[at+8] == 0x1a {
					o = big
				}
			}
			at += int(o.Uint32(file[at+4:]))
			ends = append(ends, at)
		}
		return ends
	}
	header := 16
	switch {
	case file[0] == 0xa1:
		o = big
	case file[0] == 0x34:
		header = 24
	}
	for at = 24; ; at += header + int(o.Uint32(file[at+8:])) {
		ends = append(ends, at)
		if at >= len(file) {
			return ends
		}
	}
}

func contains(list []int, n int) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

// wholeFrames counts the frames whose record ends at n or before.
func wholeFrames(all []got, ends []int, n int) (whole int) {
	for _, f := range all {
		for _, end := range ends {
			if int64(end) > f.Offset {
				if end <= n {
					whole++
				}
				break
			}
		}
	}
	return whole
}

// The real captures, cut at each octet of their first 3,000.
func TestTruncationOfRealCaptures(t *testing.T) {
	for _, path := range realCaptures {
		file := readFile(t, path)
		all, _ := readAll(t, file, 0)
		ends := recordEnds(t, file)
		for n := 24; n < 3000; n++ {
			s, err := openBytes(file[:n], false, Options{})
			if err != nil {
				continue
			}
			frames := drain(t, s)
			s.Close()
			if d := cmp.Diff(all[:len(frames)], frames, cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("%s cut at %d: %s", path, n, d)
			}
			if len(frames) != wholeFrames(all, ends, n) {
				t.Fatalf("%s cut at %d: %d packets", path, n, len(frames))
			}
		}
	}
}
