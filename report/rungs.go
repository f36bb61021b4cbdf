package report

import (
	"ikescope/ikestate"
	"ikescope/secrets"
)

// Rungs are the secrets of an ISAKMP SA in JSON (RFC 2409, section 5), in hex; what
// is not known is null.
type Rungs struct {
	Shared    *string `json:"dh_shared"`
	SKEYID    *string `json:"skeyid"`
	SKEYIDd   *string `json:"skeyid_d"`
	SKEYIDa   *string `json:"skeyid_a"`
	SKEYIDe   *string `json:"skeyid_e"`
	CipherKey *string `json:"encryption_key"`
}

// RungsOf discloses the secrets of a ladder.
func RungsOf(l ikestate.Ladder) Rungs {
	return Rungs{
		hexOf(l.GXY), hexOf(l.SKEYID.Secret()), hexOf(l.D.Secret()), hexOf(l.A.Secret()),
		hexOf(l.E.Secret()), hexOf(l.CipherKey.Secret()),
	}
}

// RungsIKEv2 are the secrets of an IKE SA of version 2 in JSON (RFC 7296, section
// 2.14), in hex; what is not known is null.
type RungsIKEv2 struct {
	SKEYSEED *string `json:"skeyseed"`
	SKd      *string `json:"sk_d"`
	SKai     *string `json:"sk_ai"`
	SKar     *string `json:"sk_ar"`
	SKei     *string `json:"sk_ei"`
	SKer     *string `json:"sk_er"`
	SKpi     *string `json:"sk_pi"`
	SKpr     *string `json:"sk_pr"`
}

// RungsOfIKEv2 discloses the secrets of an IKE SA.
func RungsOfIKEv2(s secrets.IKEv2) RungsIKEv2 {
	return RungsIKEv2{
		hexOf(s.SKEYSEED), hexOf(s.SKd), hexOf(s.SKai), hexOf(s.SKar),
		hexOf(s.SKei), hexOf(s.SKer), hexOf(s.SKpi), hexOf(s.SKpr),
	}
}
