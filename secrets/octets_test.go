package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseHex(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"00", "00"}, {"0x00", "00"}, {"0X0A", "0a"}, {"aAbB", "aabb"}, {"00 11 22", "001122"}, {"00:11:22", "001122"},
		{" 00\t1 1\r\n", "0011"}, {"0 0", "00"}, {"::00", "00"},
	} {
		s, err := parseHex(c.text)
		if err != nil || s.Hex() != c.want {
			t.Errorf("%q: %s, %v", c.text, s.Hex(), err)
		}
	}
	for _, c := range []struct {
		text string
		want error
	}{
		{"", errEmpty}, {"0x", errEmpty}, {" : ", errEmpty}, {"0", oddDigits(1)}, {"0x012", oddDigits(3)}, {"00 1", oddDigits(3)},
		{"0g", errNotHex}, {"x00", errNotHex}, {"0x0x00", errNotHex}, {"\"00\"", errNotHex}, {"00\x00", errNotHex}, {"00-11", errNotHex},
		{"\u00b2\u00b2", errNotHex}, // digits of other kinds
		{strings.Repeat("00", maxSecret+1), tooLong(maxSecret + 1)},
	} {
		if s, err := parseHex(c.text); !errors.Is(err, c.want) || !s.IsZero() {
			t.Errorf("%.20q: got %v, want %v", c.text, err, c.want)
		}
	}
	if s, err := parseHex(strings.Repeat("00", maxSecret)); err != nil || s.Len() != maxSecret {
		t.Errorf("longest: %d octets, %v", s.Len(), err)
	}
}

// Octets written in hex in any way are the same octets when read.
func TestParseHexRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "octets")
		text := rapid.SampledFrom([]string{"", "0x", "0X"}).Draw(t, "prefix")
		for _, digit := range hex.EncodeToString(want) {
			text += rapid.SampledFrom([]string{"", "", "", " ", ":"}).Draw(t, "blank")
			text += rapid.SampledFrom([]string{string(digit), strings.ToUpper(string(digit))}).Draw(t, "case")
		}
		got, err := parseHex(text)
		if err != nil || got.Hex() != hex.EncodeToString(want) {
			t.Fatalf("%q: %s, %v", text, got.Hex(), err)
		}
	})
}

func TestParseBase64(t *testing.T) {
	// RFC 4648 section 10.
	for text, want := range map[string]string{
		"Zg==": "f", "Zm8=": "fo", "Zm9v": "foo", "Zm9vYg==": "foob", "Zm9vYmE=": "fooba", "Zm9vYmFy": "foobar",
		"Zg": "f", "Zm8": "fo", " Zm9v ": "foo",
	} {
		if s, err := parseBase64(text); err != nil || string(s.Bytes()) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	for text, want := range map[string]error{
		"": errEmpty, "=": errEmpty, "Z": errBase64, "Zm9v*": errBase64, "Zm_v": errBase64, "Z=g=": errBase64,
		base64.StdEncoding.EncodeToString(make([]byte, maxSecret+1)): tooLong(maxSecret + 1),
	} {
		if _, err := parseBase64(text); !errors.Is(err, want) {
			t.Errorf("%.20q: got %v, want %v", text, err, want)
		}
	}
}

// 0x and 0s mean something only in front; what stands alone or elsewhere is text.
func TestParsePrefixed(t *testing.T) {
	for text, want := range map[string]string{
		"0x3031": "01", "0X3031": "01", "0sMDE=": "01", "0SMDE": "01",
		"0x": "0x", "0s": "0s", "x3031": "x3031", "00x31": "00x31", "0t31": "0t31", "0": "0", " 0x31": " 0x31",
	} {
		if s, err := parsePrefixed(text); err != nil || string(s.Bytes()) != want {
			t.Errorf("%q: %q, %v", text, s.Bytes(), err)
		}
	}
	for text, want := range map[string]error{"": errEmpty, "0x1": oddDigits(1), "0xzz": errNotHex, "0s*": errBase64} {
		if _, err := parsePrefixed(text); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", text, err, want)
		}
	}
}
