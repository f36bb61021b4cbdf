package keymat

import (
	"bytes"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
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

// held is a secret's memory, short octets included: there may be a hundred
// thousand secrets, and each piece of memory costs the garbage collector.
type held struct {
	at   *octets
	own  octets
	room [maxHeld]byte
}

const maxHeld = 32

// NewSecret returns a secret holding a copy of b.
func NewSecret(b []byte) Secret {
	if len(b) == 0 || len(b) > maxHeld {
		return owned(bytes.Clone(b))
	}
	h := new(held)
	h.own.b, h.at = h.room[:copy(h.room[:], b):len(b)], &h.own
	return Secret{p: &h.at}
}

// owned returns a secret around octets that nobody else holds.
func owned(b []byte) Secret {
	if len(b) == 0 {
		return Secret{}
	}
	o := &octets{b[:len(b):len(b)]}
	return Secret{p: &o}
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
