package esp

import (
	"crypto/subtle"
	"encoding/binary"
	"hash"
)

// separateVerifier returns the verifier of an SA whose cipher does not protect
// integrity.
func (s *SA) separateVerifier(x *scratch) verifier {
	if !s.params.hasIntegrity() {
		return unverifiable{}
	}
	return s.newMAC(x)
}

// unverifiable is the verifier of an SA without integrity.
type unverifiable struct{}

func (unverifiable) verify(batch []Packet) {
	for i := range batch {
		if p := &batch[i]; p.live {
			p.Verdict = NotVerified
		}
	}
}

// mac verifies ICVs of a separate integrity algorithm: the first octets of a
// keyed hash of the packet (RFC 4303, section 2.8).
type mac struct {
	sa   *SA
	x    *scratch
	hash hash.Hash // keyed; Reset returns it to the state after the key; nil until needed
}

func (s *SA) newMAC(x *scratch) *mac { return &mac{sa: s, x: x} }

// verify hashes the packets one by one.
func (m *mac) verify(batch []Packet) {
	for i := range batch {
		if p := &batch[i]; p.live {
			m.x.settle(p, m.matches(m.sa.authenticated(p), p.SeqHi, m.sa.icv(p)))
		}
	}
}

// matches reports whether icv is the ICV of text. With ESN the high half of
// the sequence number is hashed behind it (RFC 4303, section 3.3.2.1).
func (m *mac) matches(text []byte, seqHi uint32, icv []byte) bool {
	if m.hash == nil {
		m.hash = m.sa.params.Integrity.New(m.sa.params.IntegrityKey)
		// The first Reset of an HMAC stores the states behind the two key
		// blocks, which later ones restore instead of hashing the key again.
		m.hash.Reset()
	}
	m.hash.Reset()
	m.hash.Write(text)
	if m.sa.params.ESN {
		binary.BigEndian.PutUint32(m.x.seqHi[:], seqHi)
		m.hash.Write(m.x.seqHi[:])
	}
	m.x.sum = m.hash.Sum(m.x.sum[:0])
	return equalICV(m.x.sum, icv)
}

// equalICV reports, in constant time, whether sum begins with icv. Most ICVs have
// 12 or 16 octets, which are compared eight at a time.
func equalICV(sum, icv []byte) bool {
	n := len(icv)
	if n > len(sum) {
		return false
	}
	if n != 12 && n != 16 {
		return subtle.ConstantTimeCompare(sum[:n], icv) == 1
	}
	first := binary.LittleEndian.Uint64(sum) ^ binary.LittleEndian.Uint64(icv)
	last := binary.LittleEndian.Uint64(sum[n-8:]) ^ binary.LittleEndian.Uint64(icv[n-8:])
	return first|last == 0
}
