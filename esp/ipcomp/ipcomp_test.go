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

func TestHeader(t *testing.T) {
	h, rest, err := ParseHeader([]byte{4, 0, 0x12, 0x34, 0xaa}) // RFC 3173, section 3
	if err != nil || h.NextHeader != 4 || h.CPI != 0x1234 || !bytes.Equal(rest, []byte{0xaa}) {
		t.Errorf("%+v, %x, %v", h, rest, err)
	}
	for n := range HeaderLen {
		if _, _, err := ParseHeader(make([]byte, n)); !errors.Is(err, ErrShort) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

// CPIs from 0 to 63 are well known, 64 to 255 are for later, higher ones are negotiated (RFC 3173, section 3.3).
func TestWellKnown(t *testing.T) {
	for cpi, want := range map[uint16]Algorithm{0: 0, 1: OUI, 2: DEFLATE, 3: LZS, 4: LZJH, 63: 63, 64: 0, 255: 0, 0xc0de: 0} {
		if got := WellKnown(cpi); got != want {
			t.Errorf("%d: %d, want %d", cpi, got, want)
		}
	}
}

// One expander serves all packets: a damaged one leaves nothing behind for the next.
func TestExpanderAfterDamage(t *testing.T) {
	var e Expander
	want := bytes.Repeat([]byte("payload "), 40)
	good := deflate(t, want)
	for _, a := range []Algorithm{DEFLATE, LZS, OUI} {
		for n := range 20 {
			e.Expand(a, bytes.Repeat([]byte{byte(n * 13)}, n)) // whatever comes of it
		}
		if got, err := e.Expand(DEFLATE, good); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("after damage with algorithm %d: %d octets, %v", a, len(got), err)
		}
	}
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
