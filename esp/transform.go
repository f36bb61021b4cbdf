package esp

import "ikescope/suite"

// transform is what an SA does to a packet's ciphertext, keys included. It is
// immutable; what changes from packet to packet is in the sessions it gives.
type transform interface {
	session(s *SA, x *scratch) session
}

// session is one worker's use of one SA.
type session struct {
	verifier
	decrypter
}

// verifier decides the ICV of each live packet of a batch (scratch.settle).
// It leaves the packets as they are, except that combined modes, which
// authenticate and decrypt in one pass (RFC 4303, section 3.4.4.2), write the
// plaintext of what verified.
type verifier interface {
	verify(batch []Packet)
}

// decrypter turns the ciphertext of each live packet of a batch into plaintext
// in place.
type decrypter interface {
	decrypt(batch []Packet)
}

// transforms has the constructor of each mode.
var transforms = [...]func(c suite.Cipher, key, salt []byte) (transform, error){
	suite.ModeNull:             newNull,
	suite.ModeCBC:              newCBC,
	suite.ModeCTR:              newCTR,
	suite.ModeGCM:              newGCM,
	suite.ModeCCM:              newCCM,
	suite.ModeGMAC:             newGMAC,
	suite.ModeChaCha20Poly1305: newChaCha20Poly1305,
}

func newTransform(p Params) (transform, error) {
	c := p.Cipher
	if int(c.Mode) >= len(transforms) {
		return nil, &AlgorithmError{Algorithm: c.Name, Reason: "has an unknown mode"}
	}
	needsBlock := c.Mode != suite.ModeNull && c.Mode != suite.ModeChaCha20Poly1305
	if needsBlock && c.NewBlock == nil {
		return nil, &AlgorithmError{Algorithm: c.Name, Reason: "is known by name only"}
	}
	t, err := transforms[c.Mode](c, p.CipherKey[:c.KeyLen], p.CipherKey[c.KeyLen:])
	if err != nil {
		return nil, &AlgorithmError{Algorithm: c.Name, Reason: err.Error()}
	}
	return t, nil
}
