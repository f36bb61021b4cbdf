// Package keymat derives IKE key material. It is pure computation: no
// protocol state, no input or output.
//
// IKEv1 (RFC 2409) is a ladder, and each rung is a type that offers only what
// the RFC derives at that level:
//
//	pre-shared key, g^xy, nonces  ->  SKEYID
//	SKEYID, g^xy, cookies         ->  SKEYIDd, SKEYIDa, SKEYIDe; HASH_I, HASH_R
//	SKEYIDe                       ->  CipherKey: opens ISAKMP messages
//	SKEYIDa                       ->  HASH(1), HASH(2), HASH(3)
//	SKEYIDd                       ->  KEYMAT: keys of ESP and AH
//
// IKEv2 (RFC 7296) has its own: SKEYSEED -> SKd, SKa, SKe, SKp -> KEYMAT.
//
// A secret that a user supplies enters at its own rung with the constructor
// named after it (SKEYIDFrom, SKEYIDdFrom, ...); what lies above it stays
// unknown. Octet strings are used as they were received: nonces and
// identities are the payloads' bodies without the generic header, public
// values are the KE payloads' bodies, g^xy keeps its leading zero octets.
//
// A [Secret] never prints itself.
package keymat
