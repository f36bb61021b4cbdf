package keymat

import "ikescope/suite"

// Hash1 computes HASH(1) of a Quick Mode. rest is the message from behind the
// HASH payload to the end of the last payload, headers included, padding
// excluded. It is also the HASH payload of Informational, Transaction and New
// Group messages. RFC 2409 sections 5.5, 5.6 and 5.7:
//
//	HASH(1) = prf(SKEYID_a, M-ID | SA | Ni [ | KE ] [ | IDci | IDcr ])
//	HASH(1) = prf(SKEYID_a, M-ID | N/D)
func (a SKEYIDa) Hash1(prf suite.PRF, mid uint32, rest []byte) []byte {
	return apply(prf, a.secret.Bytes(), messageID(mid), rest)
}

// Hash2 computes HASH(2) of a Quick Mode. niB is the body of the initiator's
// Nonce payload, rest as in Hash1. RFC 2409 section 5.5:
//
//	HASH(2) = prf(SKEYID_a, M-ID | Ni_b | SA | Nr [ | KE ] [ | IDci | IDcr ])
func (a SKEYIDa) Hash2(prf suite.PRF, mid uint32, niB, rest []byte) []byte {
	return apply(prf, a.secret.Bytes(), messageID(mid), niB, rest)
}

// Hash3 computes HASH(3) of a Quick Mode. RFC 2409 section 5.5, where 0 is a
// single octet:
//
//	HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b)
func (a SKEYIDa) Hash3(prf suite.PRF, mid uint32, niB, nrB []byte) []byte {
	return apply(prf, a.secret.Bytes(), []byte{0}, messageID(mid), niB, nrB)
}

// QuickMode is what a Quick Mode contributes to the keys of one SA. Octet
// strings are as received.
type QuickMode struct {
	Protocol uint8  // of the proposal: 2 AH, 3 ESP
	SPI      []byte // of this direction's SA, as in the proposal
	NiB, NrB []byte // bodies of the Nonce payloads of this Quick Mode
	GQMXY    Secret // g(qm)^xy; absent without PFS
}

// Keymat derives n octets of KEYMAT for one SA. RFC 2409 section 5.5:
//
//	KEYMAT = K1 | K2 | K3 | ...
//	K1 = prf(SKEYID_d, [ g(qm)^xy | ] protocol | SPI | Ni_b | Nr_b)
//	K2 = prf(SKEYID_d, K1 | [ g(qm)^xy | ] protocol | SPI | Ni_b | Nr_b)
//	K3 = prf(SKEYID_d, K2 | [ g(qm)^xy | ] protocol | SPI | Ni_b | Nr_b)
func (d SKEYIDd) Keymat(prf suite.PRF, in QuickMode, n int) Secret {
	var keymat, k []byte
	for len(keymat) < n {
		k = apply(prf, d.secret.Bytes(), k, in.GQMXY.Bytes(), []byte{in.Protocol}, in.SPI, in.NiB, in.NrB)
		keymat = append(keymat, k...)
	}
	return owned(keymat[:n])
}
