package keymat

import "ikescope/suite"

// Phase1 is what both sides contributed in the open to an IKEv1 phase 1
// exchange. Octet strings are as received. Every derivation needs a PRF, and
// some a hash, that is computable: ask before, anything else panics.
type Phase1 struct {
	PRF              suite.PRF  // HMAC of Hash unless another was negotiated
	Hash             suite.Hash // the negotiated hash
	CookieI, CookieR [8]byte
	NiB, NrB         []byte // bodies of the Nonce payloads
	GXI, GXR         []byte // bodies of the KE payloads
	SAiB             []byte // body of the initiator's SA payload, all proposals
}

// SKEYID is the secret from which phase 1 derives all others, RFC 2409
// section 5.
type SKEYID struct{ rung }

// SKEYIDFrom takes a SKEYID known from elsewhere.
func SKEYIDFrom(s Secret) SKEYID { return SKEYID{rung{s}} }

// SKEYIDFromPSK derives SKEYID for authentication with a pre-shared key,
// RFC 2409 section 5:
//
//	SKEYID = prf(pre-shared-key, Ni_b | Nr_b)
func (p Phase1) SKEYIDFromPSK(psk Secret) SKEYID {
	return SKEYIDFrom(owned(apply(p.PRF, psk.Bytes(), p.NiB, p.NrB)))
}

// SKEYIDFromSignature derives SKEYID for authentication with signatures,
// also in the hybrid mode, RFC 2409 section 5:
//
//	SKEYID = prf(Ni_b | Nr_b, g^xy)
func (p Phase1) SKEYIDFromSignature(gxy Secret) SKEYID {
	return SKEYIDFrom(owned(apply(p.PRF, p.nonces(), gxy.Bytes())))
}

// SKEYIDFromPublicKey derives SKEYID for authentication with public key
// encryption, plain or revised, RFC 2409 section 5. NiB and NrB are the
// decrypted nonces:
//
//	SKEYID = prf(hash(Ni_b | Nr_b), CKY-I | CKY-R)
func (p Phase1) SKEYIDFromPublicKey() SKEYID {
	key := digest(p.newHash(), p.NiB, p.NrB)
	return SKEYIDFrom(owned(apply(p.PRF, key, p.CookieI[:], p.CookieR[:])))
}

func (p Phase1) nonces() []byte {
	return append(append(make([]byte, 0, len(p.NiB)+len(p.NrB)), p.NiB...), p.NrB...)
}

// SKEYIDd is the secret from which phase 2 derives keys.
type SKEYIDd struct{ rung }

// SKEYIDdFrom takes a SKEYID_d known from elsewhere.
func SKEYIDdFrom(s Secret) SKEYIDd { return SKEYIDd{rung{s}} }

// SKEYIDa is the secret that authenticates messages after phase 1.
type SKEYIDa struct{ rung }

// SKEYIDaFrom takes a SKEYID_a known from elsewhere.
func SKEYIDaFrom(s Secret) SKEYIDa { return SKEYIDa{rung{s}} }

// SKEYIDe is the secret that keeps ISAKMP messages confidential.
type SKEYIDe struct{ rung }

// SKEYIDeFrom takes a SKEYID_e known from elsewhere.
func SKEYIDeFrom(s Secret) SKEYIDe { return SKEYIDe{rung{s}} }

// Keys are the three secrets that phase 1 leaves behind.
type Keys struct {
	D SKEYIDd
	A SKEYIDa
	E SKEYIDe
}

// Derive computes the three secrets, RFC 2409 section 5:
//
//	SKEYID_d = prf(SKEYID, g^xy | CKY-I | CKY-R | 0)
//	SKEYID_a = prf(SKEYID, SKEYID_d | g^xy | CKY-I | CKY-R | 1)
//	SKEYID_e = prf(SKEYID, SKEYID_a | g^xy | CKY-I | CKY-R | 2)
func (s SKEYID) Derive(p Phase1, gxy Secret) Keys {
	step := func(previous []byte, number byte) []byte {
		return apply(p.PRF, s.secret.Bytes(), previous, gxy.Bytes(), p.CookieI[:], p.CookieR[:], []byte{number})
	}
	d := step(nil, 0)
	a := step(d, 1)
	e := step(a, 2)
	return Keys{D: SKEYIDdFrom(owned(d)), A: SKEYIDaFrom(owned(a)), E: SKEYIDeFrom(owned(e))}
}

// HashI computes the initiator's authentication hash. It is the HASH payload
// with a pre-shared key, and what is signed with signatures. idiiB is the
// body of the initiator's ID payload. RFC 2409 section 5:
//
//	HASH_I = prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b | IDii_b)
func (s SKEYID) HashI(p Phase1, idiiB []byte) []byte {
	return apply(p.PRF, s.secret.Bytes(), p.GXI, p.GXR, p.CookieI[:], p.CookieR[:], p.SAiB, idiiB)
}

// HashR computes the responder's authentication hash; idirB is the body of
// the responder's ID payload. RFC 2409 section 5:
//
//	HASH_R = prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | SAi_b | IDir_b)
func (s SKEYID) HashR(p Phase1, idirB []byte) []byte {
	return apply(p.PRF, s.secret.Bytes(), p.GXR, p.GXI, p.CookieR[:], p.CookieI[:], p.SAiB, idirB)
}
