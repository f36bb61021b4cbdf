package keymat

import "ikescope/suite"

// ChildSA is what the exchange that created a child SA contributes to its
// keys: the nonces of IKE_SA_INIT for the first one, those of CREATE_CHILD_SA
// for others. Octet strings are as received.
type ChildSA struct {
	Ni, Nr []byte
	GIR    Secret // g^ir of this CREATE_CHILD_SA; absent without key exchange
}

// Keymat derives n octets of KEYMAT for both directions of a child SA: the
// initiator's encryption key (with salt), its integrity key, then the
// responder's. prf is that of the IKE SA. RFC 7296 section 2.17:
//
//	KEYMAT = prf+(SK_d, [ g^ir (new) | ] Ni | Nr)
func (d SKd) Keymat(prf suite.PRF, in ChildSA, n int) Secret {
	return owned(prfPlus(prf, d.secret.Bytes(), n, in.GIR.Bytes(), in.Ni, in.Nr))
}

// RekeySKEYSEED derives the seed of an IKE SA that replaces the one to which
// d belongs. prf is that of the old IKE SA; gir, ni and nr are those of the
// CREATE_CHILD_SA exchange. RFC 7296 section 2.18:
//
//	SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr)
func (d SKd) RekeySKEYSEED(prf suite.PRF, gir Secret, ni, nr []byte) SKEYSEED {
	return SKEYSEEDFrom(owned(apply(prf, d.secret.Bytes(), gir.Bytes(), ni, nr)))
}
