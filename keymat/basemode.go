package keymat

// BaseModeKey is what keys HASH_I and HASH_R of Base Mode with signatures, where
// g^xy is not yet known when the first of them is sent:
//
//	hash(Ni_b | Nr_b)
//
// draft-ietf-ipsec-ike-base-mode-02 section 3.
func (p Phase1) BaseModeKey() SKEYID {
	return SKEYIDFrom(owned(digest(p.newHash(), p.NiB, p.NrB)))
}

// BaseHashI computes HASH_I of Base Mode, which the initiator sends before it
// knows the responder's public value. With signatures s is BaseModeKey:
//
//	HASH_I = prf(SKEYID, g^xi | CKY-I | CKY-R | SAi_b | IDii_b)
//
// draft-ietf-ipsec-ike-base-mode-02 section 3.
func (s SKEYID) BaseHashI(p Phase1, idiiB []byte) []byte {
	p.GXR = nil
	return s.HashI(p, idiiB)
}
