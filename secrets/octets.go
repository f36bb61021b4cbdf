package secrets

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"ikescope/keymat"
)

// Errors of values. They tell kind and counts, never content.
var (
	errEmpty  = errors.New("empty")
	errNotHex = errors.New("not hex: only the digits 0-9 and a-f, blanks and colons may stand here")
	errBase64 = errors.New("not base64")
)

// oddDigits is the error of hex with half an octet.
type oddDigits int

func (n oddDigits) Error() string { return fmt.Sprintf("odd number of hex digits (%d)", int(n)) }

// tooLong is the error of a value beyond maxSecret.
type tooLong int

func (n tooLong) Error() string {
	return fmt.Sprintf("%d octets; no secret is longer than %d", int(n), maxSecret)
}

// parseHex reads hex digits of either case. A leading 0x and blanks or colons between digits are allowed.
func parseHex[T string | []byte](s T) (keymat.Secret, error) {
	if hexPrefixed(s) {
		s = s[2:]
	}
	var memory [usualSecret]byte
	out := memory[:0]
	if len(s)/2 >= len(memory) {
		out = make([]byte, 0, len(s)/2+1)
	}
	digits := 0
	for i := range len(s) {
		switch v := hexDigits[s[i]]; {
		case v == hexBlank:
			continue
		case v == hexWrong:
			return keymat.Secret{}, errNotHex
		case digits%2 == 0:
			out = append(out, v<<4)
		default:
			out[len(out)-1] |= v
		}
		digits++
	}
	switch {
	case digits == 0:
		return keymat.Secret{}, errEmpty
	case digits%2 != 0:
		return keymat.Secret{}, oddDigits(digits)
	case len(out) > maxSecret:
		return keymat.Secret{}, tooLong(len(out))
	}
	return keymat.NewSecret(out), nil
}

// usualSecret is more octets than most secrets have.
const usualSecret = 65

func hexPrefixed[T string | []byte](s T) bool {
	return len(s) >= 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')
}

// What a character of hex text is that is no digit.
const (
	hexBlank = 0x10 + iota
	hexWrong
)

// hexDigits has the value of each character.
var hexDigits = func() (t [256]byte) {
	for c := range t {
		t[c] = hexWrong
	}
	for i, c := range []byte("0123456789abcdef") {
		t[c], t[unicode.ToUpper(rune(c))] = byte(i), byte(i)
	}
	for _, c := range []byte(" \t:\n\r") {
		t[c] = hexBlank
	}
	return t
}()

// parseBase64 reads base64 (RFC 4648 section 4), with or without its padding.
func parseBase64(s string) (keymat.Secret, error) {
	s = strings.TrimRight(strings.TrimSpace(s), "=")
	if s == "" {
		return keymat.Secret{}, errEmpty
	}
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil { // its text tells the place only, but is not ours to promise for
		return keymat.Secret{}, errBase64
	}
	return secretOf(b)
}

// secretOf takes octets as they are.
func secretOf(b []byte) (keymat.Secret, error) {
	switch {
	case len(b) == 0:
		return keymat.Secret{}, errEmpty
	case len(b) > maxSecret:
		return keymat.Secret{}, tooLong(len(b))
	}
	return keymat.NewSecret(b), nil
}

// parsePrefixed reads a secret where the format defines 0x for hex and 0s for base64 in front; anything else is text.
func parsePrefixed(s string) (keymat.Secret, error) {
	if len(s) > 2 && s[0] == '0' {
		switch s[1] {
		case 'x', 'X':
			return parseHex(s)
		case 's', 'S':
			return parseBase64(s[2:])
		}
	}
	return secretOf([]byte(s))
}

func allZero(s keymat.Secret) bool {
	for _, b := range s.Bytes() {
		if b != 0 {
			return false
		}
	}
	return true
}
