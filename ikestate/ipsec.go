package ikestate

import (
	"encoding/binary"
	"net/netip"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// IPsecSA is one direction of what a Quick Mode (or an IKEv2 exchange) made.
type IPsecSA struct {
	Conversation *Conversation
	MessageID    uint32
	Protocol     isakmp.Protocol
	SPI          uint32 // of IPComp: the CPI
	Src, Dst     netip.Addr
	SrcPort      uint16 // of the UDP or TCP encapsulation, else 0
	DstPort      uint16
	Mode         string // "tunnel" or "transport"
	Encap        Encap
	// EncapUnknown: version 2 does not negotiate the encapsulation; packets show it.
	EncapUnknown bool

	Cipher        suite.Cipher
	Integrity     suite.Integrity
	Compression   uint8  // of IPComp: transform identifier (RFC 2407, section 4.4.5)
	Encryption    string // names that also unknown numbers have; "" where the protocol has none
	IntegrityName string
	PFSGroup      string // "" without PFS
	// FurtherGroups are the key exchanges after that of PFSGroup which are in the keys
	// (RFC 9370, section 2.2.4).
	FurtherGroups []string
	ESN           bool

	// Of the responder's choice, or lower, as its RESPONDER-LIFETIME says.
	LifetimeSeconds, LifetimeKilobytes uint64

	SrcSelector, DstSelector *isakmp.ID // nil: the peers themselves
	SelectorsCut             bool       // nil since the capture cut them

	// Keys holds the key material, one entry for each shared secret that may be
	// that of the exchange; which it is, packets tell. Empty: not derivable.
	Keys []SAKeys

	Made    *Message // that completed the negotiation
	Deleted *Message // that ended the SA, nil if none did

	seedsCut   bool // the capture cut nonces or public values that are in the keys
	ppkInChild bool // a post-quantum pre-shared key went in besides (RFC 9867)
}

// SAKeys are the keys of one IPsec SA.
type SAKeys struct {
	Encryption keymat.Secret // the cipher key, then the salt
	Integrity  keymat.Secret
	Source     secrets.Source // what made them derivable
	Rung       Rung           // and what that was taken for
	Besides    []Taken        // other secrets that are in them: of further key exchanges, a post-quantum pre-shared key

	// Tentative: they follow from a shared secret of the right length, of which nothing
	// says that it is that of the exchange.
	Tentative bool
}

// spiOf returns an SPI or a CPI as a number; SPIs of other sizes are 0.
func spiOf(b []byte) uint32 {
	switch len(b) {
	case 4:
		return binary.BigEndian.Uint32(b)
	case 2:
		return uint32(binary.BigEndian.Uint16(b))
	}
	return 0
}

// setTransform fills in the algorithms of a chosen transform (RFC 2407, sections
// 4.4 and 4.5).
func (s *IPsecSA) setTransform(t isakmp.Transform) {
	a := t.IPsec()
	switch s.Protocol {
	case isakmp.ProtocolESP:
		s.Cipher, _ = suite.ESPCipher(t.ID, int(a.KeyLength))
		s.Encryption = nameOr(s.Cipher.Name, suite.ESPTransformName(t.ID))
		s.Integrity, _ = suite.ESPAuth(a.Auth)
		s.IntegrityName = nameOr(s.Integrity.Name, suite.ESPAuthName(a.Auth))
	case isakmp.ProtocolAH:
		s.Integrity, _ = suite.AHTransform(t.ID)
		s.IntegrityName = nameOr(s.Integrity.Name, suite.AHTransformName(t.ID))
	case isakmp.ProtocolIPComp:
		s.Encryption, s.Compression = suite.IPCompTransformName(t.ID), t.ID
	}
	s.Mode, s.ESN = modeOf(a.Encapsulation), a.ESN == 1
	if a.Encapsulation.IsUDP() {
		s.Encap = EncapUDP
	}
	s.LifetimeSeconds, _ = a.Lifetime(isakmp.LifeSeconds)
	s.LifetimeKilobytes, _ = a.Lifetime(isakmp.LifeKilobytes)
}

// modeOf names a mode; a transform without the attribute leaves it to the host
// (RFC 2407, section 4.5), and hosts take tunnel mode.
func modeOf(m isakmp.EncapsulationMode) string {
	if m.IsTransport() {
		return "transport"
	}
	return "tunnel"
}

// IPProtocol is the SA's number among IP protocols: 50, 51 or 108.
func (s *IPsecSA) IPProtocol() uint8 {
	switch s.Protocol {
	case isakmp.ProtocolAH:
		return 51
	case isakmp.ProtocolIPComp:
		return 108
	}
	return 50
}

// derive adds the keys that follow from SKEYID_d and, with PFS, from a shared
// secret (RFC 2409, section 5.5): the cipher's key first, then the
// authenticator's (RFC 2407, section 4.5; RFC 4301, section 4.5.2).
func (s *IPsecSA) derive(d keymat.SKEYIDd, prf suite.PRF, q keymat.QuickMode, from agreed) {
	enc, auth := s.Cipher.KeymatLen(), s.Integrity.KeyLen
	if s.Protocol == isakmp.ProtocolESP && s.Cipher.IsZero() || enc+auth == 0 {
		return
	}
	k := d.Keymat(prf, q, enc+auth).Bytes()
	s.Keys = append(s.Keys, SAKeys{
		Encryption: keymat.NewSecret(k[:enc]), Integrity: keymat.NewSecret(k[enc:]),
		Source: from.source, Rung: from.rung, Tentative: from.tentative(),
	})
}

// taken is what the secret was taken for.
func (a agreed) taken() Taken { return Taken{a.source, a.rung.String()} }

// tentative reports whether a shared secret only may be that of an exchange.
func (a agreed) tentative() bool { return !a.secret.IsZero() && !a.proved }
