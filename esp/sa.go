package esp

import (
	"fmt"
	"io"
	"sync/atomic"

	"ikescope/esp/kernel/hmac"
	"ikescope/suite"
)

// SA is one security association with its keys. It is immutable: any number
// of workers may use it at the same time.
type SA struct {
	params    Params
	transform transform
	hmac      *hmac.State // the integrity key for verification side by side; nil: not possible
	hash      hmac.Hash   // of hmac
	id        uint32      // distinct for each SA of the process: the workers' cache key

	bodyAt   int // offset of the ciphertext in a packet
	blockLen int // its length is a multiple of this
	icvLen   int // octets of ICV at the end of a packet
}

var lastID atomic.Uint32

// NewSA prepares an SA. The keys are copied. A key of a wrong length is a
// *KeyError, algorithms that do not go together or cannot be computed an
// *AlgorithmError.
func NewSA(p Params) (*SA, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	p = p.clone()
	t, err := newTransform(p)
	if err != nil {
		return nil, err
	}
	if p.hasIntegrity() && p.Integrity.New == nil {
		return nil, &AlgorithmError{Algorithm: p.Integrity.Name, Reason: "is known by name only"}
	}
	h, state := newHMAC(p)
	return &SA{
		params:    p,
		transform: t,
		hmac:      state,
		hash:      h,
		id:        lastID.Add(1),
		bodyAt:    HeaderLen + p.Cipher.IVLen,
		blockLen:  max(1, p.Cipher.BlockLen),
		icvLen:    p.Cipher.ICVLen + p.Integrity.ICVLen + p.UncheckedICV,
	}, nil
}

// SPI returns the Security Parameters Index that the SA was made with.
func (s *SA) SPI() uint32 { return s.params.SPI }

// ESN reports whether sequence numbers are extended.
func (s *SA) ESN() bool { return s.params.ESN }

// Cipher returns the encryption algorithm's row.
func (s *SA) Cipher() suite.Cipher { return s.params.Cipher }

// Integrity returns the row of the separate integrity algorithm; its zero
// value when there is none.
func (s *SA) Integrity() suite.Integrity { return s.params.Integrity }

// ICVLen returns the length in octets of the ICV in each packet.
func (s *SA) ICVLen() int { return s.icvLen }

// String names the SPI and the algorithms, never a key.
func (s *SA) String() string { return s.params.String() }

// GoString is String.
func (s *SA) GoString() string { return s.params.String() }

// Format writes String whatever the verb is.
func (s *SA) Format(f fmt.State, _ rune) { io.WriteString(f, s.params.String()) }

// MarshalText gives String.
func (s *SA) MarshalText() ([]byte, error) { return s.params.MarshalText() }

// Verify reports whether the ICV of the ESP packet p is right; see Verifier.
func (s *SA) Verify(p []byte, seqHi uint32) bool { return new(Verifier).Verify(s, p, seqHi) }

// Params returns what the SA was made with. The keys are the SA's own and must not
// be changed.
func (s *SA) Params() Params { return s.params }
