package ipcomp

import (
	"bytes"
	"compress/flate"
	"errors"
	"testing"
)

func deflate(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, 9)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDeflate(t *testing.T) {
	var e Expander
	for _, n := range []int{1, 84, 1500, MaxExpanded} {
		want := bytes.Repeat([]byte("abcdefg"), n/7+1)[:n]
		got, err := e.Expand(DEFLATE, deflate(t, want))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d octets: got %d, %v", n, len(got), err)
		}
	}
}

func TestExpansionIsBounded(t *testing.T) {
	var e Expander
	bomb := deflate(t, make([]byte, 40<<20))
	if _, err := e.Expand(DEFLATE, bomb); !errors.Is(err, ErrTooLong) {
		t.Errorf("40 MiB of zeros: %v", err)
	}
	if _, err := e.Expand(LZS, append([]byte{0, 0xc0, 0xff}, bytes.Repeat([]byte{0xff}, 20000)...)); err == nil {
		t.Error("LZS string without end: no error")
	}
}

func TestDamage(t *testing.T) {
	var e Expander
	good := deflate(t, bytes.Repeat([]byte("payload "), 40))
	for n := range len(good) {
		if got, err := e.Expand(DEFLATE, good[:n]); err == nil {
			t.Errorf("cut to %d of %d octets: %d octets and no error", n, len(good), len(got))
		}
	}
	if _, err := e.Expand(LZJH, good); !errors.Is(err, ErrAlgorithm) {
		t.Errorf("LZJH: %v", err)
	}
	if _, _, err := ParseHeader(good[:3]); !errors.Is(err, ErrShort) {
		t.Errorf("3 octets: %v", err)
	}
}

// The example of RFC 2395 is not given in octets; these strings were encoded by
// hand from the grammar in its reference.
func TestLZS(t *testing.T) {
	for _, c := range []struct{ name, bits, want string }{
		{"two literals", "0 01000001  0 01000010  1 1 0000000", "AB"},
		{"string at offset 1, length 4", "0 01000001  1 1 0000001 10  1 1 0000000", "AAAAA"},
		{"length 5", "0 01000001  1 1 0000001 1100  1 1 0000000", "AAAAAA"},
		{"length 8", "0 01000001  1 1 0000001 1111 0000  1 1 0000000", "AAAAAAAAA"},
		{"length 24", "0 01000001  1 1 0000001 1111 1111 0001  1 1 0000000", "AAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"11-bit offset", "0 01000001  0 01000010  1 0 00000000010 00  1 1 0000000", "ABAB"},
	} {
		var e Expander
		got, err := e.Expand(LZS, pack(c.bits))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

// pack turns a string of 0 and 1 into octets, padded with zeros.
func pack(s string) (b []byte) {
	n := 0
	for _, c := range s {
		if c == ' ' {
			continue
		}
		if n%8 == 0 {
			b = append(b, 0)
		}
		b[n/8] |= byte(c-'0') << (7 - n%8)
		n++
	}
	return b
}

func FuzzExpand(f *testing.F) {
	f.Add(byte(DEFLATE), deflate(f, []byte("seed seed seed")))
	f.Add(byte(LZS), pack("0 01000001  1 1 0000001 1111 0000  1 1 0000000"))
	f.Fuzz(func(t *testing.T, a byte, b []byte) {
		var e Expander
		if got, err := e.Expand(Algorithm(a), b); err == nil && len(got) > MaxExpanded {
			t.Errorf("%d octets", len(got))
		}
	})
}
