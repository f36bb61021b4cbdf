package ipcomp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const lzsEnd = "1 1 0000000"

// The example of RFC 2395 is not given in octets; these strings were encoded by
// hand from the grammar in its reference.
func TestLZS(t *testing.T) {
	for _, c := range []struct{ name, bits, want string }{
		{"two literals", "0 01000001  0 01000010  " + lzsEnd, "AB"},
		{"string at offset 1, length 4", "0 01000001  1 1 0000001 10  " + lzsEnd, "AAAAA"},
		{"length 5", "0 01000001  1 1 0000001 1100  " + lzsEnd, "AAAAAA"},
		{"length 8", "0 01000001  1 1 0000001 1111 0000  " + lzsEnd, "AAAAAAAAA"},
		{"length 24", "0 01000001  1 1 0000001 1111 1111 0001  " + lzsEnd, "AAAAAAAAAAAAAAAAAAAAAAAAA"},
		{"11-bit offset", "0 01000001  0 01000010  1 0 00000000010 00  " + lzsEnd, "ABAB"},
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

// Strings without an end, that point before the beginning, or that stop in the middle of a code are damage.
func TestDamagedLZS(t *testing.T) {
	const a = "0 01000001  "
	for name, bits := range map[string]string{
		"nothing":                    "",
		"no end":                     a,
		"half a literal":             "0 0100",
		"half an offset":             a + "1 1 000",
		"half a long offset":         a + "1 0 00000",
		"offset without a length":    a + "1 1 0000001",
		"length without its end":     a + "1 1 0000001 1111 1111",
		"before the first octet":     "1 1 0000001 00 " + lzsEnd,
		"further back than there is": a + "1 1 0000010 00 " + lzsEnd,
		"long offset of zero":        a + "1 0 00000000000 00 " + lzsEnd,
	} {
		var e Expander
		if got, err := e.Expand(LZS, pack(bits)); !errors.Is(err, ErrData) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A string may be as long as a datagram, and not one octet longer.
func TestLongestLZS(t *testing.T) {
	var e Expander
	for n, want := range map[int]error{MaxExpanded: nil, MaxExpanded + 1: ErrTooLong} {
		got, err := e.Expand(LZS, pack("0 01000001 1 1 0000001 "+lzsLength(n-1)+lzsEnd))
		if !errors.Is(err, want) || err == nil && len(got) != n {
			t.Errorf("%d octets: %d, %v", n, len(got), err)
		}
		literals := strings.Repeat("0 01000001", n) + lzsEnd
		if got, err := e.Expand(LZS, pack(literals)); !errors.Is(err, want) || err == nil && len(got) != n {
			t.Errorf("%d literals: %d, %v", n, len(got), err)
		}
	}
}

// lzsLength writes the length of a string by the table of RFC 2395, section 2.
func lzsLength(n int) string {
	switch {
	case n <= 4:
		return fmt.Sprintf("%02b ", n-2)
	case n <= 7:
		return fmt.Sprintf("11%02b ", n-5)
	}
	return "1111 " + strings.Repeat("1111 ", (n-8)/15) + fmt.Sprintf("%04b ", (n-8)%15)
}

// What is written by the grammar is read as it was meant: literals, and strings at every distance and of every length.
func TestLZSRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var bits strings.Builder
		var want []byte
		for range rapid.IntRange(1, 30).Draw(t, "codes") {
			if len(want) == 0 || rapid.Bool().Draw(t, "literal") {
				c := rapid.Byte().Draw(t, "octet")
				fmt.Fprintf(&bits, "0 %08b ", c)
				want = append(want, c)
				continue
			}
			offset := rapid.IntRange(1, min(len(want), 2047)).Draw(t, "offset")
			if offset < 128 && rapid.Bool().Draw(t, "short") {
				fmt.Fprintf(&bits, "1 1 %07b ", offset)
			} else {
				fmt.Fprintf(&bits, "1 0 %011b ", offset)
			}
			n := rapid.IntRange(2, 300).Draw(t, "length")
			bits.WriteString(lzsLength(n))
			for range n {
				want = append(want, want[len(want)-offset])
			}
		}
		var e Expander
		got, err := e.Expand(LZS, pack(bits.String()+lzsEnd))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%x, %v; want %x", got, err, want)
		}
	})
}
