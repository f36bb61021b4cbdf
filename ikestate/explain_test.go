package ikestate

import (
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// What is missing follows from what is there.
func TestMissing(t *testing.T) {
	sealed := []*Message{{Header: isakmp.Header{Major: 1, Flags: isakmp.FlagEncryption}}}
	nonce := []byte{1}
	psk := &Proposal{Auth: isakmp.AuthPSK}
	for _, c := range []struct {
		name string
		c    Conversation
		want string
	}{
		{"nothing encrypted", Conversation{Phase1: &Phase1{}}, ""},
		{"no secret", Conversation{Messages: sealed, Phase1: &Phase1{Chosen: psk, NonceI: nonce, NonceR: nonce}},
			"the pre-shared key, and the DH shared secret or a private value of this exchange; or SKEYID_e or the cipher key"},
		{"the key alone", Conversation{Messages: sealed, Phase1: &Phase1{Chosen: psk, NonceI: nonce, NonceR: nonce, Ladder: Ladder{PSK: PSKUnverified}}},
			"the DH shared secret or a private value of this exchange; or SKEYID_e or the cipher key"},
		{"a wrong key", Conversation{Messages: sealed, Phase1: &Phase1{Chosen: psk, NonceI: nonce, NonceR: nonce, Ladder: Ladder{PSK: PSKRefuted}}},
			"another pre-shared key: none of those given fits this exchange"},
		{"no nonce of the responder", Conversation{Messages: sealed, Phase1: &Phase1{Chosen: psk, NonceI: nonce}},
			"SKEYID_e or the cipher key: the messages from which they could be derived are not in the capture, or not whole"},
		{"nonces under public keys", Conversation{Messages: sealed, Phase1: &Phase1{Chosen: &Proposal{Auth: isakmp.AuthRSAEncryption}}},
			"the DH shared secret or a private value of this exchange; or SKEYID_e or the cipher key"},
		{"version 2", Conversation{Messages: sealed, Phase1: &Phase1{Chosen: &Proposal{}}, IKEv2: &IKEv2{}},
			"the DH shared secret or a private value of IKE_SA_INIT; or SK_ei, SK_er, SK_ai and SK_ar (no pre-shared key is needed to decrypt)"},
		{"version 2 without its first exchange", Conversation{Messages: sealed, Phase1: &Phase1{}, IKEv2: &IKEv2{}},
			"SK_ei, SK_er, SK_ai, SK_ar and SK_d: IKE_SA_INIT, from which they could be derived, is not in the capture; if this IKE SA replaced another one, the keys of that one"},
		{"an IKE SA that replaced another", Conversation{Messages: sealed, Phase1: &Phase1{}, IKEv2: &IKEv2{RekeyOf: &Conversation{}}},
			"the DH shared secret or a private value of the exchange that made this IKE SA; or SK_ei, SK_er, SK_ai and SK_ar"},
	} {
		if got := c.c.Missing(); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// The keys of an IPsec SA need SKEYID_d, and with PFS a secret of its own.
func TestMissingOfAnSA(t *testing.T) {
	const pfs = "the DH shared secret or a private value of its own exchange, which used PFS"
	known := &Conversation{Phase1: &Phase1{Ladder: Ladder{D: keymat.SKEYIDdFrom(keymat.NewSecret([]byte{1}))}}}
	unknown := &Conversation{Phase1: &Phase1{}}
	for _, c := range []struct {
		name string
		s    IPsecSA
		want string
	}{
		{"keys there", IPsecSA{Conversation: known, Keys: make([]SAKeys, 1)}, ""},
		{"IPComp", IPsecSA{Conversation: unknown, Protocol: isakmp.ProtocolIPComp}, ""},
		{"not negotiated here", IPsecSA{}, ""},
		{"no rung above", IPsecSA{Conversation: unknown, Protocol: isakmp.ProtocolESP}, "SKEYID_d"},
		{"nor PFS", IPsecSA{Conversation: unknown, Protocol: isakmp.ProtocolESP, PFSGroup: "modp2048"}, "SKEYID_d, and " + pfs},
		{"PFS", IPsecSA{Conversation: known, Protocol: isakmp.ProtocolESP, PFSGroup: "modp2048"}, pfs},
		{"an unknown algorithm", IPsecSA{Conversation: known, Protocol: isakmp.ProtocolESP}, ""},
		{"version 2", IPsecSA{Conversation: &Conversation{Phase1: &Phase1{}, IKEv2: &IKEv2{}}, Protocol: isakmp.ProtocolESP}, "SK_d"},
	} {
		if got := c.s.Missing(); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
