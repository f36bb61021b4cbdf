package keymat

import (
	"bytes"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
)

// redacted stands wherever a secret would have been printed.
const redacted = "[redacted]"

// Secret is an octet string that must not leak by accident. Printing,
// marshaling or logging it yields a placeholder; Bytes and Hex are the
// deliberate ways out. The zero value, and every secret without octets, is
// absent. Secrets are compared with Equal, not with ==.
type Secret struct {
	_ [0]func() // forbids ==, which would compare addresses

	// A pointer to a pointer: fmt walks into unexported fields of a struct
	// around the secret without asking its methods, and for a verb that it
	// finds wrong it follows one pointer even there, but never two.
	p **octets
}

type octets struct{ b []byte }

// NewSecret returns a secret holding a copy of b.
func NewSecret(b []byte) Secret { return owned(bytes.Clone(b)) }

// owned returns a secret around octets that nobody else holds.
func owned(b []byte) Secret {
	if len(b) == 0 {
		return Secret{}
	}
	o := &octets{b[:len(b):len(b)]}
	return Secret{p: &o}
}

// ErrNoSecret is ParseSecretHex's error for a text without any digit.
var ErrNoSecret = errors.New("keymat: no hex digits")

// HexError says why a text is not an octet string in hex. It does not hold
// the text.
type HexError struct {
	Digits int // how many digits; when odd, Column is 0
	Column int // 1-based place of the first character that is not a hex digit
}

func (e *HexError) Error() string {
	if e.Column > 0 {
		return "keymat: not a hex digit at column " + strconv.Itoa(e.Column)
	}
	return "keymat: odd number of hex digits (" + strconv.Itoa(e.Digits) + ")"
}

// ParseSecretHex reads hex digits of either case, after an optional 0x. The
// error is ErrNoSecret or a *HexError; none echoes the text.
func ParseSecretHex(s string) (Secret, error) {
	digits := s
	if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X") {
		digits = s[len("0x"):]
	}
	if digits == "" {
		return Secret{}, ErrNoSecret
	}
	notHex := func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }
	if i := strings.IndexFunc(digits, notHex); i >= 0 {
		return Secret{}, &HexError{Column: len(s) - len(digits) + i + 1}
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return Secret{}, &HexError{Digits: len(digits)}
	}
	return owned(b), nil
}

// Bytes returns the octets themselves, nil when absent. They must not be changed.
func (s Secret) Bytes() []byte {
	if s.p == nil {
		return nil
	}
	return (*s.p).b
}

// Len returns the number of octets, 0 when absent.
func (s Secret) Len() int { return len(s.Bytes()) }

// IsZero reports whether the secret is absent.
func (s Secret) IsZero() bool { return s.Len() == 0 }

// Equal compares in constant time for secrets of the same length.
func (s Secret) Equal(o Secret) bool {
	return subtle.ConstantTimeCompare(s.Bytes(), o.Bytes()) == 1
}

// Hex discloses the secret: lower-case hex digits without prefix.
func (s Secret) Hex() string { return hex.EncodeToString(s.Bytes()) }

// String returns a placeholder.
func (s Secret) String() string { return redacted }

// GoString returns a placeholder.
func (s Secret) GoString() string { return redacted }

// Format writes a placeholder, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// MarshalText returns a placeholder.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns a placeholder as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue returns a placeholder for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
