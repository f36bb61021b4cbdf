package keymat

import "ikescope/suite"

// SAInit is what both sides contributed in the open to an IKE_SA_INIT
// exchange or to the CREATE_CHILD_SA exchange that rekeyed an IKE SA. Octet
// strings are as received.
type SAInit struct {
	PRF        suite.PRF
	SPIi, SPIr [8]byte
	Ni, Nr     []byte // bodies of the Nonce payloads
}

// SKEYSEED is the secret from which all others of an IKE SA are derived,
// RFC 7296 section 2.14.
type SKEYSEED struct{ rung }

// SKEYSEEDFrom takes a SKEYSEED known from elsewhere.
func SKEYSEEDFrom(s Secret) SKEYSEED { return SKEYSEED{rung{s}} }

// halfNonce is how much of each nonce keys a PRF of fixed key length, in octets.
const halfNonce = 8

// SKEYSEED derives the seed of a new IKE SA. RFC 7296 section 2.14, where a
// PRF of fixed key length is keyed with the first 64 bits of each nonce:
//
//	SKEYSEED = prf(Ni | Nr, g^ir)
func (s SAInit) SKEYSEED(gir Secret) SKEYSEED {
	ni, nr := s.Ni, s.Nr
	if s.PRF.FixedKey {
		ni, nr = ni[:min(halfNonce, len(ni))], nr[:min(halfNonce, len(nr))]
	}
	key := append(append(make([]byte, 0, len(ni)+len(nr)), ni...), nr...)
	return SKEYSEEDFrom(owned(apply(s.PRF, key, gir.Bytes())))
}

// SKd is the secret from which child SAs and a rekeyed IKE SA are derived.
type SKd struct{ rung }

// SKdFrom takes a SK_d known from elsewhere.
func SKdFrom(s Secret) SKd { return SKd{rung{s}} }

// SKa is the integrity key of one direction, SK_ai or SK_ar.
type SKa struct{ rung }

// SKaFrom takes a SK_ai or SK_ar known from elsewhere.
func SKaFrom(s Secret) SKa { return SKa{rung{s}} }

// SKe is the encryption key of one direction, SK_ei or SK_er; of a counter
// mode key, then salt.
type SKe struct{ rung }

// SKeFrom takes a SK_ei or SK_er known from elsewhere.
func SKeFrom(s Secret) SKe { return SKe{rung{s}} }

// SKp is the key of one side's AUTH payload, SK_pi or SK_pr.
type SKp struct{ rung }

// SKpFrom takes a SK_pi or SK_pr known from elsewhere.
func SKpFrom(s Secret) SKp { return SKp{rung{s}} }

// IKEv2Keys are the seven secrets of an IKE SA.
type IKEv2Keys struct {
	D      SKd
	Ai, Ar SKa
	Ei, Er SKe
	Pi, Pr SKp
}

// Derive computes the secrets of an IKE SA. integrityLen is the length in
// octets of an integrity key (0 with an AEAD cipher), encryptionLen that of an
// encryption key with its salt; SK_d, SK_pi and SK_pr have the PRF's
// preferred length. RFC 7296 section 2.14:
//
//	{SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr}
//	  = prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr)
func (k SKEYSEED) Derive(s SAInit, integrityLen, encryptionLen int) IKEv2Keys {
	prfLen := s.PRF.KeyLen
	n := 3*prfLen + 2*integrityLen + 2*encryptionLen
	stream := prfPlus(s.PRF, k.secret.Bytes(), n, s.Ni, s.Nr, s.SPIi[:], s.SPIr[:])
	take := func(n int) rung {
		r := rung{NewSecret(stream[:n])}
		stream = stream[n:]
		return r
	}
	// Go evaluates the calls in the order written.
	return IKEv2Keys{
		D:  SKd{take(prfLen)},
		Ai: SKa{take(integrityLen)}, Ar: SKa{take(integrityLen)},
		Ei: SKe{take(encryptionLen)}, Er: SKe{take(encryptionLen)},
		Pi: SKp{take(prfLen)}, Pr: SKp{take(prfLen)},
	}
}

// maxPRFPlus is how many times prf+ may apply the PRF: its counter is one octet.
const maxPRFPlus = 255

// prfPlus computes n octets of prf+. RFC 7296 section 2.13:
//
//	prf+ (K,S) = T1 | T2 | T3 | T4 | ...
//	T1 = prf (K, S | 0x01)
//	T2 = prf (K, T1 | S | 0x02)
//	T3 = prf (K, T2 | S | 0x03)
func prfPlus(prf suite.PRF, key []byte, n int, seed ...[]byte) []byte {
	if n > maxPRFPlus*prf.Size {
		panic("keymat: prf+ cannot give that many octets")
	}
	var out, t []byte
	for i := byte(1); len(out) < n; i++ {
		parts := append(append([][]byte{t}, seed...), []byte{i})
		t = apply(prf, key, parts...)
		out = append(out, t...)
	}
	return out[:n]
}
