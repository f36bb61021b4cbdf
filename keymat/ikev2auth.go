package keymat

import (
	"encoding/binary"

	"ikescope/suite"
)

// keyPad is mixed with a shared secret before it keys the AUTH payload, so that
// the secret itself need not be stored, RFC 7296 section 2.15.
const keyPad = "Key Pad for IKEv2"

// Authenticated is what the AUTH payload of one side covers. Octet strings are as
// sent.
type Authenticated struct {
	Message []byte // its own IKE_SA_INIT message, from the header on
	Nonce   []byte // the other side's, the body of the payload
	ID      []byte // body of its ID payload
	IntAuth []byte // of both sides' IKE_INTERMEDIATE messages, empty without any: see [IntAuth]
}

// SharedKeyAUTH computes the AUTH value of a side by a shared secret. p is SK_pi
// for the initiator, SK_pr for the responder. RFC 7296 section 2.15:
//
//	AUTH = prf( prf(Shared Secret, "Key Pad for IKEv2"), <SignedOctets> )
func (p SKp) SharedKeyAUTH(prf suite.PRF, psk Secret, a Authenticated) []byte {
	return apply(prf, apply(prf, psk.Bytes(), []byte(keyPad)), p.SignedOctets(prf, a))
}

// SignedOctets returns what a side signs. RFC 7296 section 2.15; RFC 9242
// section 3.3.2:
//
//	InitiatorSignedOctets = RealMessage1 | NonceRData | prf(SK_pi, IDi') [ | IntAuth ]
func (p SKp) SignedOctets(prf suite.PRF, a Authenticated) []byte {
	out := append([]byte(nil), a.Message...)
	out = append(out, a.Nonce...)
	out = append(out, apply(prf, p.secret.Bytes(), a.ID)...)
	return append(out, a.IntAuth...)
}

// IntAuthN computes IntAuth_iN or IntAuth_rN of one side's message in the Nth
// IKE_INTERMEDIATE exchange from that of its message before (none for the first),
// the message up to its encrypted content and the content. p is the side's SK_p of
// before the exchange. RFC 9242 section 3.3.2:
//
//	IntAuth_iN = prf(SK_piN, IntAuth_iN-1 | IntAuth_iNA [| IntAuth_iNP])
func (p SKp) IntAuthN(prf suite.PRF, before, a, content []byte) []byte {
	return apply(prf, p.secret.Bytes(), before, a, content)
}

// IntAuth joins the last values of both sides with the message ID of the first
// IKE_AUTH exchange. RFC 9242 section 3.3.2:
//
//	IntAuth = IntAuth_iN | IntAuth_rN | IKE_AUTH_MID
func IntAuth(i, r []byte, authMID uint32) []byte {
	out := append(append([]byte(nil), i...), r...)
	return binary.BigEndian.AppendUint32(out, authMID)
}
