package keymat

import "ikescope/suite"

// WithPPK mixes a post-quantum pre-shared key into the secrets of an IKE SA; what
// protects messages stays as it is, and so do secrets that are absent. RFC 8784
// section 3:
//
//	SK_d  = prf+ (PPK, SK_d')
//	SK_pi = prf+ (PPK, SK_pi')
//	SK_pr = prf+ (PPK, SK_pr')
func (k IKEv2Keys) WithPPK(prf suite.PRF, ppk Secret) IKEv2Keys {
	mix := func(r rung) rung {
		if r.IsZero() {
			return r
		}
		return rung{owned(prfPlus(prf, ppk.Bytes(), r.secret.Len(), r.secret.Bytes()))}
	}
	k.D.rung, k.Pi.rung, k.Pr.rung = mix(k.D.rung), mix(k.Pi.rung), mix(k.Pr.rung)
	return k
}
