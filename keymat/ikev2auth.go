package keymat

import "ikescope/suite"

// keyPad is mixed with a shared secret before it keys the AUTH payload, so that
// the secret itself need not be stored, RFC 7296 section 2.15.
const keyPad = "Key Pad for IKEv2"

// SharedKeyAUTH computes the AUTH value of the side whose own IKE_SA_INIT message
// is message (from the header on, as sent) and whose ID payload has the body id;
// nonce is the other side's. p is SK_pi for the initiator, SK_pr for the
// responder. RFC 7296 section 2.15:
//
//	AUTH = prf( prf(Shared Secret, "Key Pad for IKEv2"),
//	            message | nonce | prf(SK_p, id) )
func (p SKp) SharedKeyAUTH(prf suite.PRF, psk Secret, message, nonce, id []byte) []byte {
	key := apply(prf, psk.Bytes(), []byte(keyPad))
	return apply(prf, key, message, nonce, apply(prf, p.secret.Bytes(), id))
}

// SignedOctets returns what the side signs whose own IKE_SA_INIT message is
// message; the arguments are those of SharedKeyAUTH. RFC 7296 section 2.15:
//
//	InitiatorSignedOctets = RealMessage1 | NonceRData | prf(SK_pi, IDi')
func (p SKp) SignedOctets(prf suite.PRF, message, nonce, id []byte) []byte {
	out := append([]byte(nil), message...)
	out = append(out, nonce...)
	return append(out, apply(prf, p.secret.Bytes(), id)...)
}
