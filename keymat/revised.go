package keymat

import "ikescope/suite"

// EphemeralKey derives the key of the payloads that the revised mode of public key
// encryption hides: Ke_i from Ni_b and CKY-I, Ke_r from Nr_b and CKY-R. It is
// c.KeyLen octets. RFC 2409 section 5.3:
//
//	Ne_i = prf(Ni_b, CKY-I)
//	Ke_i = K1 | K2 | K3 ...
//	K1 = prf(Ne_i, 0)
//	K2 = prf(Ne_i, K1)
//
// where 0 is a single octet; when Ne_i is long enough, its first octets are the
// key. Only p.Hash is used: the PRF is its HMAC.
func (p Phase1) EphemeralKey(nonce []byte, cookie [8]byte, c suite.Cipher) CipherKey {
	prf := suite.HMAC(p.Hash)
	ne := SKEYIDeFrom(owned(apply(prf, nonce, cookie[:])))
	return ne.CipherKey(prf, c)
}
