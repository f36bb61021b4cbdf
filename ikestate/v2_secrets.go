package ikestate

import "ikescope/secrets"

// IKEv2Secrets is the key material of a conversation of version 2 as secrets of a
// later run.
func (c *Conversation) IKEv2Secrets() secrets.IKEv2 {
	spiI, spiR := [8]byte(c.CookieI), [8]byte(c.CookieR)
	k := c.IKEv2.Keys
	s := secrets.IKEv2{
		SPIi: &spiI, SPIr: &spiR, SKEYSEED: c.IKEv2.SKEYSEED.Secret(), SKd: k.D.Secret(),
		SKai: k.Ai.Secret(), SKar: k.Ar.Secret(), SKei: k.Ei.Secret(), SKer: k.Er.Secret(), SKpi: k.Pi.Secret(), SKpr: k.Pr.Secret(),
	}
	if p := c.Phase1; p != nil && p.Chosen != nil {
		s.Encryption, s.Integrity = p.Chosen.Cipher.Name, p.Chosen.IntegrityName
	}
	return s
}
