package secrets

import (
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestTry(t *testing.T) {
	const value = "00112233445566778899aabbccddeeff"
	for text, want := range map[string][]string{
		"key " + value: {value}, "0x" + value + ";": {value}, `"` + value + `"`: {value, "text " + value},
		"00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff": {value}, "00112233 44556677 8899AABB CCDDEEFF": {value},
		"|   00 11 22 33  44 55 66 77  88 99 aa bb  cc dd ee ff   .abc":                                                                           {value},
		"08[IKE]    0: 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF  ab cd\n08[IKE]   16: 01 02 03 04                                      ..": {value, value + "01020304"},
		"00112233 44556677 8899AABB CCDDEEFF\n0102":                                                                                               {value, value + "0102"},
		"ABEiM0RVZneImaq7zN3u/w==": {value}, "ABEiM0RVZneImaq7zN3u_w": {value}, "+BEiM0RVZneImaq7zN3u/w==": {"f8" + value[2:]}, "psk=ABEiM0RVZneImaq7zN3u/w==": {value},
		"secret 'four words of text' x": {"text four words of text"},
		value + "f":                     nil, "x" + value: nil, "12345678": nil, "2026-11-24 10:11:12.345678": nil, "nothing": nil, "": nil,
	} {
		r, _, err := Try("f", strings.NewReader(text))
		if err != nil && !errors.Is(err, ErrUnknownFormat) {
			t.Fatal(err)
		}
		var got []string
		if r != nil {
			for _, g := range r.Guesses {
				v := hex.EncodeToString(g.Value.Bytes())
				if g.Text {
					v = "text " + string(g.Value.Bytes())
				}
				got = append(got, v)
			}
		}
		if want == nil && len(got) == 0 {
			continue
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
		if want == nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Values of one line have places of their own, which read the same.
func TestTryTellsValuesOfALineApart(t *testing.T) {
	r, _, err := Try("f", strings.NewReader("\n'one' 'two'\n'three'\n"))
	if err != nil || len(r.Guesses) != 3 {
		t.Fatal(err)
	}
	for i, want := range []Source{{"f", 2, 1}, {"f", 2, 2}, {"f", 3, 1}} {
		if got := r.Guesses[i].Source; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// Every key that is known to be in a log is among the guesses of it.
func TestTryFindsTheKeysOfLogs(t *testing.T) {
	for _, name := range readerSamples(t) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := Try("f", strings.NewReader(string(content)))
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		values := hexValues(entries(t, string(content)))
		for _, v := range values {
			if slices.ContainsFunc(r.Guesses, func(g Guess) bool {
				return strings.HasPrefix(hex.EncodeToString(g.Value.Bytes()), v)
			}) {
				found++
			}
		}
		if found*3 < len(values) {
			t.Errorf("%s: %d of %d values", name, found, len(values))
		}
	}
}

func TestTryIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		b.WriteString("key " + hex.EncodeToString([]byte{byte(i >> 8), byte(i), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}) + "\n")
	}
	r, ws, err := Try("f", strings.NewReader(b.String()+strings.Repeat("a", 1<<20)))
	if err != nil || len(r.Guesses) != maxGuesses || len(ws) != 1 || r.Len() != 0 {
		t.Fatalf("%v, %v", ws, err)
	}
	if g := r.Guessed(); len(g.PSKs) != maxGuessedPSKs {
		t.Errorf("%d pre-shared keys", len(g.PSKs))
	}
}

func FuzzTry(f *testing.F) {
	addFiles(f, "readers/*.txt")
	f.Fuzz(func(t *testing.T, content []byte) {
		r, ws, err := Try("f", strings.NewReader(string(content)))
		checkRead(t, &Ring{}, ws, err)
		if r == nil {
			return
		}
		for _, g := range r.Guesses {
			if n := g.Value.Len(); n == 0 || n > longestGuess {
				t.Fatalf("%d octets", n)
			}
		}
		r.Guessed()
	})
}
