package keymat

import "ikescope/suite"

// ChildSA is what the exchange that created a child SA contributes to its
// keys: the nonces of IKE_SA_INIT for the first one, those of CREATE_CHILD_SA
// for others. Octet strings are as received.
type ChildSA struct {
	Ni, Nr []byte
	GIR    Secret // g^ir of this CREATE_CHILD_SA; absent without key exchange

	// Further are the secrets of the key exchanges of the IKE_FOLLOWUP_KE that
	// followed, in their order (RFC 9370 section 2.2.4).
	Further []Secret
}

// Keymat derives n octets of KEYMAT for both directions of a child SA: the
// initiator's encryption key (with salt), its integrity key, then the
// responder's. prf is that of the IKE SA. RFC 7296 section 2.17; RFC 9370
// section 2.2.4, where SK(0) is g^ir and others follow the nonces:
//
//	KEYMAT = prf+(SK_d, [ g^ir (new) | ] Ni | Nr [ | SK(1) | ... | SK(n) ])
func (d SKd) Keymat(prf suite.PRF, in ChildSA, n int) Secret {
	return owned(prfPlus(prf, d.secret.Bytes(), n, in.seed()...))
}

// seed is what KEYMAT and the SKEYSEED of a successor are made of.
func (in ChildSA) seed() [][]byte {
	parts := [][]byte{in.GIR.Bytes(), in.Ni, in.Nr}
	for _, s := range in.Further {
		parts = append(parts, s.Bytes())
	}
	return parts
}

// RekeySKEYSEED derives the seed of an IKE SA that replaces the one to which
// d belongs. prf is that of the old IKE SA; in is what the CREATE_CHILD_SA
// exchange contributed, and those that followed it. RFC 7296 section 2.18; RFC
// 9370 section 2.2.4:
//
//	SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr [ | SK(1) | ... | SK(n) ])
//
// It is also what follows a key exchange in an IKE_INTERMEDIATE exchange (RFC
// 9370 section 2.2.2), with its secret and the nonces of IKE_SA_INIT:
//
//	SKEYSEED(n) = prf(SK_d(n-1), SK(n) | Ni | Nr)
func (d SKd) RekeySKEYSEED(prf suite.PRF, in ChildSA) SKEYSEED {
	return SKEYSEEDFrom(owned(apply(prf, d.secret.Bytes(), in.seed()...)))
}
