package analysis

import (
	"net/netip"

	"ikescope/decode/isakmp"
	"ikescope/esp"
	"ikescope/ikestate"
	"ikescope/secrets"
	"ikescope/suite"
)

// opener is what a worker needs to open the packets of a flow.
type opener struct {
	sa    *esp.SA
	owner *SA
}

// resolver gives flows their SAs and SAs their keys. It can be asked again when
// more became known; what was decided stays.
type resolver struct {
	flows    *flows
	ring     *secrets.Ring
	sas      []*SA
	byID     map[saID]*SA
	bySPI    map[FlowKey][]*SA // destination left out
	supplied []*SA             // known by their keys only
}

// saID keeps an SA the same while its conversation is rebuilt.
type saID struct {
	conversation *ikestate.Conversation
	key          FlowKey
}

func newResolver(f *flows, ring *secrets.Ring) *resolver {
	if ring == nil {
		ring = &secrets.Ring{}
	}
	return &resolver{flows: f, ring: ring, byID: map[saID]*SA{}}
}

// all returns the SAs, those that IKE made first. No worker may be running.
func (r *resolver) all() []*SA {
	for _, s := range r.sas {
		s.IPsecSA = s.latest
	}
	return append(r.sas, r.supplied...)
}

// resolve takes the rebuilt state.
func (r *resolver) resolve(conversations []*ikestate.Conversation) {
	r.bySPI = map[FlowKey][]*SA{}
	r.sas = r.sas[:0]
	for _, c := range conversations {
		for _, sa := range c.IPsecSAs {
			r.negotiated(sa)
		}
	}
	for _, f := range r.flows.order {
		if f.sa == nil {
			r.remapped(f)
		}
	}
	for i := range r.ring.ESPs {
		r.given(&r.ring.ESPs[i])
	}
	for _, f := range r.flows.order {
		if f.sa == nil || f.opener == nil {
			r.tryUnlabelled(f)
		}
	}
}

func keyOfSA(sa *ikestate.IPsecSA) FlowKey {
	return FlowKey{Dst: sa.Dst, SPI: sa.SPI, Protocol: sa.IPProtocol()}
}

// negotiated pairs an SA that IKE made with its flow.
func (r *resolver) negotiated(sa *ikestate.IPsecSA) {
	k := keyOfSA(sa)
	id := saID{sa.Conversation, k}
	s := r.byID[id]
	if s == nil {
		s = new(SA)
		r.byID[id] = s
	}
	if s.latest = sa; s.IPsecSA == nil || !s.KeysKnown {
		s.IPsecSA = sa // with keys bound, workers may be reading it
	}
	r.sas = append(r.sas, s)
	anyDst := FlowKey{SPI: k.SPI, Protocol: k.Protocol}
	r.bySPI[anyDst] = append(r.bySPI[anyDst], s)
	r.bind(s, r.flows.byKey[k])
}

// bind gives an SA its flow, unless the flow has found its SA already.
func (r *resolver) bind(s *SA, f *Flow) {
	if f != nil {
		if f.opener != nil || f.sa != nil && f.sa != s {
			return
		}
		s.Flow, f.sa = f, s
	}
	r.choose(s, f)
}

// choose finds the keys that open the samples among the candidates.
func (r *resolver) choose(s *SA, f *Flow) {
	for _, k := range s.IPsecSA.Keys {
		sa, err := esp.NewSA(params(s.IPsecSA, k))
		if err != nil {
			continue
		}
		fits := f == nil || len(f.samples) == 0 || verifiesAny(sa, f.samples)
		if fits || len(s.IPsecSA.Keys) == 1 {
			s.Keys, s.KeysKnown = k, true
			if f != nil {
				f.opener = &opener{sa, s}
			}
			return
		}
	}
}

func params(sa *ikestate.IPsecSA, k ikestate.SAKeys) esp.Params {
	return esp.Params{
		SPI: sa.SPI, Cipher: sa.Cipher, CipherKey: k.Encryption.Bytes(),
		Integrity: sa.Integrity, IntegrityKey: k.Integrity.Bytes(), ESN: sa.ESN,
	}
}

func verifiesAny(sa *esp.SA, samples [][]byte) bool {
	for _, s := range samples {
		if sa.Verify(s, 0) {
			return true
		}
	}
	return false
}

// remapped binds a flow whose destination is not the negotiated one, as behind a
// NAT that changed its mapping: the SPI decides where only one SA has it.
func (r *resolver) remapped(f *Flow) {
	same := r.bySPI[FlowKey{SPI: f.Key.SPI, Protocol: f.Key.Protocol}]
	if len(same) != 1 {
		return
	}
	if s := same[0]; s.Flow == nil {
		r.bind(s, f)
	}
}

// given applies an ESP or AH key that the user labelled with an SPI.
func (r *resolver) given(e *secrets.ESP) {
	if e.SPI == 0 {
		return
	}
	for _, f := range r.flows.order {
		if f.Key.SPI == e.SPI && matches(e, f) && f.opener == nil {
			r.apply(e, f)
		}
	}
}

func matches(e *secrets.ESP, f *Flow) bool {
	return (e.Protocol == 0 || e.Protocol == f.Key.Protocol) &&
		(e.Dst == netip.Addr{} || e.Dst == f.Key.Dst) &&
		(e.Src == netip.Addr{} || e.Src == f.Src)
}

// tryUnlabelled tries every key without an SPI on a flow that has none.
func (r *resolver) tryUnlabelled(f *Flow) {
	for i := range r.ring.ESPs {
		e := &r.ring.ESPs[i]
		if e.SPI != 0 || !matches(e, f) {
			continue
		}
		if sa, ok := supplied(e, f); ok && verifiesAny(sa, f.samples) {
			r.apply(e, f)
			return
		}
	}
}

// apply makes a supplied key the opener of a flow.
func (r *resolver) apply(e *secrets.ESP, f *Flow) {
	sa, ok := supplied(e, f)
	if !ok {
		return
	}
	s := f.sa
	if s == nil {
		s = &SA{IPsecSA: suppliedSA(e, f, sa), Flow: f}
		f.sa = s
		r.supplied = append(r.supplied, s)
	}
	s.Given, s.KeysKnown = e, true
	s.Keys = ikestate.SAKeys{Encryption: e.EncryptionKey, Integrity: e.IntegrityKey, Source: e.Source}
	f.opener = &opener{sa, s}
}

// supplied builds the opener's SA from a user's entry.
func supplied(e *secrets.ESP, f *Flow) (*esp.SA, bool) {
	c, _ := suite.CipherByName(e.Encryption)
	i, _ := suite.IntegrityByName(e.Integrity)
	sa, err := esp.NewSA(esp.Params{
		SPI: f.Key.SPI, Cipher: c, CipherKey: e.EncryptionKey.Bytes(),
		Integrity: i, IntegrityKey: e.IntegrityKey.Bytes(), ESN: e.ESN,
	})
	return sa, err == nil
}

// suppliedSA describes an SA of which only keys and packets are known.
func suppliedSA(e *secrets.ESP, f *Flow, sa *esp.SA) *ikestate.IPsecSA {
	return &ikestate.IPsecSA{
		Protocol: protocolOf(f.Key.Protocol), SPI: f.Key.SPI, Src: f.Src, Dst: f.Key.Dst,
		SrcPort: f.SrcPort, DstPort: f.DstPort, Encap: ikestate.Encap(f.Encap),
		Cipher: sa.Cipher(), Integrity: sa.Integrity(),
		Encryption: sa.Cipher().Name, IntegrityName: sa.Integrity().Name, ESN: e.ESN,
	}
}

func protocolOf(ip uint8) isakmp.Protocol {
	switch ip {
	case protocolAH:
		return isakmp.ProtocolAH
	case protocolIPComp:
		return isakmp.ProtocolIPComp
	}
	return isakmp.ProtocolESP
}
