package keymat

import (
	"fmt"
	"hash"
	"log/slog"

	"ikescope/suite"
)

// rung is what every level of a ladder has: a secret, and silence about it.
type rung struct{ secret Secret }

// Secret returns the rung's octets.
func (r rung) Secret() Secret { return r.secret }

// IsZero reports whether the rung is absent.
func (r rung) IsZero() bool { return r.secret.IsZero() }

// String returns a placeholder.
func (r rung) String() string { return redacted }

// GoString returns a placeholder.
func (r rung) GoString() string { return redacted }

// Format writes a placeholder, whatever the verb.
func (r rung) Format(f fmt.State, verb rune) { r.secret.Format(f, verb) }

// MarshalText returns a placeholder.
func (r rung) MarshalText() ([]byte, error) { return r.secret.MarshalText() }

// MarshalJSON returns a placeholder as a JSON string.
func (r rung) MarshalJSON() ([]byte, error) { return r.secret.MarshalJSON() }

// LogValue returns a placeholder for log/slog.
func (r rung) LogValue() slog.Value { return r.secret.LogValue() }

// apply computes prf(key, parts[0] | parts[1] | ...).
func apply(prf suite.PRF, key []byte, parts ...[]byte) []byte {
	if !prf.Computable() {
		panic("keymat: PRF " + prf.Name + " cannot be computed")
	}
	return digest(prf.New(key), parts...)
}

func digest(h hash.Hash, parts ...[]byte) []byte {
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}
