package esp

import "encoding/binary"

// ahFixedLen is the length in octets of the AH in front of its ICV.
const ahFixedLen = 12

// AH is an Authentication Header and what it protects (RFC 4302, section 2).
// Its slices are parts of what was parsed.
//
//	Next Header | Payload Len | RESERVED (2) | SPI (4) | Sequence Number (4) | ICV
type AH struct {
	NextHeader uint8
	SPI, Seq   uint32
	ICV        []byte // the field as received: for GMAC the IV first; padding last
	Payload    []byte // what follows the header
}

// ParseAH reads the header at offset at of a datagram. A header that is too
// short or longer than the datagram is a *HeaderError.
func ParseAH(datagram []byte, at int) (AH, error) {
	if at < 0 || len(datagram)-at < ahFixedLen {
		return AH{}, &HeaderError{"ah", "length", at}
	}
	b := datagram[at:]
	n := (int(b[1]) + 2) * 4 // Payload Len counts 4-octet units, less 2
	if n < ahFixedLen || n > len(b) {
		return AH{}, &HeaderError{"ah", "payload length", at + 1}
	}
	return AH{
		NextHeader: b[0],
		SPI:        binary.BigEndian.Uint32(b[4:]),
		Seq:        binary.BigEndian.Uint32(b[8:]),
		ICV:        b[ahFixedLen:n:n],
		Payload:    b[n:],
	}, nil
}

// ahVerifier decides the ICV of one AH packet: text is the datagram with its
// mutable fields and the ICV zeroed.
type ahVerifier interface {
	matchesAH(text []byte, seqHi uint32, iv, icv []byte) bool
}

// VerifyAH verifies the AH at ahOffset of an IP datagram, in either mode: the
// ICV covers the whole datagram, with the fields zeroed that change on the way
// (RFC 4302, section 3.3.3). The SA has no cipher, or GMAC (RFC 4543, section
// 4). The datagram is left as it is; octets behind its own length are ignored.
//
// The verdict is OK, NotVerified, ICVFailed, TooShort (the header has no room
// for the SA's ICV) or Cut. Headers in front of AH that cannot be walked are a
// *HeaderError with the verdict Unopened.
func (w *Worker) VerifyAH(sa *SA, datagram []byte, ahOffset int, seqHi uint32) (Verdict, error) {
	n, err := outerLen(datagram)
	if err != nil {
		return Unopened, err
	}
	if n > len(datagram) {
		return Cut, nil
	}
	datagram = datagram[:n]
	ah, err := ParseAH(datagram, ahOffset)
	if err != nil {
		return Unopened, err
	}
	ivLen := sa.params.Cipher.IVLen
	if len(ah.ICV) < ivLen+sa.icvLen {
		return TooShort, nil
	}
	v, ok := w.session(sa).verifier.(ahVerifier)
	if !ok {
		return NotVerified, nil
	}
	text := append(room(&w.scratch.text, n+len(w.scratch.seqHi))[:0], datagram...)
	if err := zeroMutable(text, ahOffset); err != nil {
		return Unopened, err
	}
	clear(text[ahOffset+ahFixedLen+ivLen:][:sa.icvLen])
	if v.matchesAH(text, seqHi, ah.ICV[:ivLen], ah.ICV[ivLen:ivLen+sa.icvLen]) {
		return OK, nil
	}
	return ICVFailed, nil
}

// outerLen returns the length of a datagram according to its header.
func outerLen(b []byte) (int, error) {
	n, ok := 0, false
	if len(b) > 0 {
		switch b[0] >> 4 {
		case 4:
			n, ok = ipv4Len(b)
		case 6:
			n, ok = ipv6Len(b)
		}
	}
	if !ok {
		return 0, &HeaderError{"ip", "length", 0}
	}
	return n, nil
}

func (m *mac) matchesAH(text []byte, seqHi uint32, _, icv []byte) bool {
	return m.matches(text, seqHi, icv)
}

func (v *gmacVerifier) matchesAH(text []byte, seqHi uint32, iv, icv []byte) bool {
	if v.sa.params.ESN {
		text = binary.BigEndian.AppendUint32(text, seqHi)
	}
	return v.matches(iv, text, icv)
}
