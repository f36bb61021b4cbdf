package ikestate

import (
	"encoding/binary"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
)

// KeysUnder returns the keys that the SA has if a value is the SKEYID_d (RFC 2409,
// section 5.5) or SK_d (RFC 7296, section 2.17) of its conversation; src is where the
// value stood. That they are right only packets can tell. ok is false where the
// exchange that made the SA was not read, where it used PFS, and for values of
// another length than the PRF's.
func (s *IPsecSA) KeysUnder(d keymat.Secret, src secrets.Source) (k SAKeys, ok bool) {
	c := s.Conversation
	if c == nil || c.Phase1 == nil || c.Phase1.Chosen == nil || !s.followsFromD() {
		return k, false
	}
	at := slices.IndexFunc(c.Exchanges, func(x *Exchange) bool { return x.Quick != nil && slices.Contains(x.Quick.SAs, s) })
	if at < 0 {
		return k, false
	}
	q := c.Exchanges[at].Quick
	try := *s
	try.Keys = nil
	if c.IKEv2 != nil {
		try.deriveUnder(c, q, q.SAs[0] == s, d, src)
	} else if prf := c.Phase1.material.PRF; prf.New != nil && prf.Size == d.Len() {
		in := keymat.QuickMode{
			Protocol: uint8(s.Protocol), SPI: binary.BigEndian.AppendUint32(nil, s.SPI),
			NiB: q.Flights[0].bodyOf(isakmp.PayloadNonce), NrB: q.Flights[1].bodyOf(isakmp.PayloadNonce),
		}
		try.derive(keymat.SKEYIDdFrom(d), prf, in, agreed{source: src})
	}
	if len(try.Keys) == 0 {
		return k, false
	}
	return try.Keys[0], true
}

// followsFromD reports whether no secret of the exchange itself is in the keys, and all
// else that is in them is in the capture.
func (s *IPsecSA) followsFromD() bool {
	return s.PFSGroup == "" && len(s.FurtherGroups) == 0 && !s.ppkInChild && !s.seedsCut && s.Protocol != isakmp.ProtocolIPComp
}

// deriveUnder is KeysUnder of version 2; first says that the SA is the one of which
// the keys are the first half of KEYMAT.
func (s *IPsecSA) deriveUnder(c *Conversation, q *QuickMode, first bool, d keymat.Secret, src secrets.Source) {
	if q.Flights[0] == nil || q.Flights[1] == nil {
		return
	}
	x := &ExchangeV2{Type: q.Flights[0].Header.Exchange, Request: q.Flights[0], Response: q.Flights[1]}
	out, in := s, &IPsecSA{Protocol: s.Protocol, Cipher: s.Cipher, Integrity: s.Integrity}
	if !first {
		out, in = in, s
	}
	if prf := c.Phase1.Chosen.PRF; prf.New != nil && prf.Size == d.Len() {
		c.childKeys(childKey{SKd: keymat.SKdFrom(d)}, x, []agreement{{agreed: agreed{source: src}}}, out, in)
	}
}
