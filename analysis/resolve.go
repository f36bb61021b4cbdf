package analysis

import (
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/esp"
	"ikescope/esp/ipcomp"
	"ikescope/ikestate"
	"ikescope/secrets"
	"ikescope/suite"
)

// resolver gives flows their SAs and SAs their keys. It can be asked again when
// more became known; what was decided stays.
type resolver struct {
	flows    *flows
	ring     *secrets.Ring
	given    *keyring
	sas      []*SA
	byID     map[saID]*SA
	bySPI    map[FlowKey][]*SA // destination left out
	supplied []*SA             // known by their keys only
	table    table

	rungs      []looseRung // guesses that were right
	highTrials int
	unverified bool
	ended      bool                    // all packets were seen
	tried      func(done, total int64) // told after the guesses for a flow
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
	return &resolver{
		flows: f, ring: ring, given: newKeyring(ring), byID: map[saID]*SA{}, tried: func(int64, int64) {},
		table: table{hidden: hidden{ring: ring}},
	}
}

// all returns the SAs, those that IKE made first. No worker may be running.
func (r *resolver) all() []*SA {
	for _, s := range r.sas {
		s.IPsecSA = s.latest
	}
	return r.every()
}

func (r *resolver) every() []*SA { return slices.Concat(r.sas, r.supplied) }

// resolve takes the rebuilt state. Where nothing new became known of it, only
// flows that are new are looked at.
func (r *resolver) resolve(conversations []*ikestate.Conversation, changed bool) {
	fresh := r.flows.fresh
	if changed {
		fresh = r.flows.order
		r.negotiate(conversations)
	}
	r.flows.fresh = r.flows.fresh[:0]
	for _, f := range fresh {
		if f.sa == nil {
			r.bindNegotiated(f)
		}
		if f.sa == nil {
			r.tryMoved(f)
		}
		if f.opener == nil {
			r.trySupplied(f)
		}
	}
}

// last looks once more at the flows that stayed closed, when all packets were
// seen: keys are guessed, and those with NULL encryption need no key to be read.
func (r *resolver) last() {
	r.ended = true
	for _, s := range r.sas {
		if s.opener == nil {
			r.choose(s, s.Flow)
		}
	}
	loose := r.looseRungs()
	for i, f := range r.flows.order {
		sampled := f.sampled() > 0
		if f.sa == nil {
			r.tryMoved(f)
		}
		if f.opener == nil && sampled && len(loose) > 0 {
			r.tryRungs(f, loose)
		}
		if f.opener == nil && sampled && len(r.ring.Guesses) > 0 {
			r.tryGuesses(f)
			r.tried(int64(i+1), int64(len(r.flows.order)))
		}
		if f.opener == nil {
			r.tryNull(f)
		}
	}
}

// tryNull opens a flow whose packets are not encrypted; those of AH never are, which
// is of use only where unverified packets are. Nothing can be verified without the
// integrity key.
func (r *resolver) tryNull(f *Flow) {
	icv, ok := esp.DetectNull(f.samples)
	if !ok && (f.Key.Protocol != protocolAH || !r.unverified) {
		return
	}
	null, _ := suite.CipherByName("null")
	sa, err := esp.NewSA(esp.Params{SPI: f.Key.SPI, Cipher: null, UncheckedICV: icv})
	if err != nil {
		return
	}
	s := f.sa
	if s == nil {
		s = &SA{IPsecSA: suppliedSA(&secrets.ESP{}, f, sa), Flow: f}
		f.sa = s
		r.supplied = append(r.supplied, s)
	}
	s.NullDetected = true
	s.opener = &opener{sa: sa, owner: s}
	r.table.add(s)
	f.opener = s.opener
}

// negotiate takes over every SA that IKE made.
func (r *resolver) negotiate(conversations []*ikestate.Conversation) {
	r.bySPI = map[FlowKey][]*SA{}
	r.sas = r.sas[:0]
	for _, c := range conversations {
		for _, sa := range c.IPsecSAs {
			r.negotiated(sa)
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
	if s.latest = sa; s.IPsecSA == nil || s.opener == nil && s.Order == 0 {
		s.IPsecSA = sa // else workers may be reading it
	}
	r.sas = append(r.sas, s)
	anyDst := FlowKey{SPI: k.SPI, Protocol: k.Protocol}
	r.bySPI[anyDst] = append(r.bySPI[anyDst], s)
	if a := ipcomp.WellKnown(uint16(sa.Compression)); a != 0 {
		s.opener = &opener{owner: s, compression: a}
		r.table.add(s)
	}
	if f := r.flows.byKey[k]; f != nil || s.opener == nil {
		r.bind(s, f)
	}
}

// bind gives an SA its flow, unless the flow has found its SA already.
func (r *resolver) bind(s *SA, f *Flow) {
	if f != nil {
		if f.opener != nil || f.sa != nil && f.sa != s {
			return
		}
		s.Flow, f.sa = f, s
		if s.EncapUnknown {
			s.IPsecSA.Encap, s.IPsecSA.SrcPort, s.IPsecSA.DstPort = ikestate.Encap(f.Encap), f.SrcPort, f.DstPort
		}
	}
	r.choose(s, f)
}

// choose finds the keys that open the samples among the candidates.
func (r *resolver) choose(s *SA, f *Flow) {
	for _, k := range s.IPsecSA.Keys {
		sa, err := esp.NewSA(params(s.IPsecSA, k))
		if err == nil && r.believes(s, sa, k, f) {
			s.Keys, s.KeysKnown = k, true
			s.opener = &opener{sa: sa, owner: s}
			r.table.add(s)
			if f != nil {
				r.give(f, s)
			}
			return
		}
	}
}

// believes reports whether keys are taken to be those of an SA. Where it is not
// certain that they are of its exchange, only packets can tell, at the end also that
// there are no packets and no other keys. Certain ones that have no rival, among those
// that the user supplied neither, are taken whatever the packets tell, so that these
// are counted as failed.
func (r *resolver) believes(s *SA, sa *esp.SA, k ikestate.SAKeys, f *Flow) bool {
	alone, sampled := len(s.IPsecSA.Keys) == 1, f != nil && f.sampled() > 0
	switch {
	case sampled && (r.given.fits(sa, f) || r.verifiesLate(sa, f)):
		return true
	case sa.ICVLen() == 0 && r.makeSense(sa, f): // nothing to verify
		return true
	case k.Tentative && sampled:
		return alone && sa.Cipher().Mode == suite.ModeCBC && r.makeSense(sa, f)
	case k.Tentative:
		return alone && r.ended
	case !sampled:
		return true
	case !alone:
		return false
	}
	_, proven := r.given.proven(f)
	return proven == nil
}

// makeSense reports whether every sample decrypts to what ESP carries.
func (r *resolver) makeSense(sa *esp.SA, f *Flow) bool {
	return f != nil && len(f.samples) > 0 && sensible(sa, f) == len(f.samples)
}

func params(sa *ikestate.IPsecSA, k ikestate.SAKeys) esp.Params {
	return esp.Params{
		SPI: sa.SPI, Cipher: sa.Cipher, CipherKey: k.Encryption.Bytes(),
		Integrity: sa.Integrity, IntegrityKey: k.Integrity.Bytes(), ESN: sa.ESN,
	}
}

// fits reports whether a sample of a flow, of ESP or of AH, verifies.
func (k *keyring) fits(sa *esp.SA, f *Flow) bool {
	for i := range f.sampled() {
		if k.fitsWith(sa, f, i, 0) {
			return true
		}
	}
	return false
}

// bindNegotiated gives a flow the SA that IKE made for it. Where the destination
// is not the negotiated one, as behind a NAT that changed its mapping, the SPI
// decides if only one SA has it.
func (r *resolver) bindNegotiated(f *Flow) {
	same := r.bySPI[FlowKey{SPI: f.Key.SPI, Protocol: f.Key.Protocol}]
	for _, s := range same {
		if keyOfSA(s.IPsecSA) == f.Key {
			r.bind(s, f)
			return
		}
	}
	if len(same) == 1 && same[0].Flow == nil {
		r.bind(same[0], f)
	}
}

// suppliedSA describes an SA of which only keys and packets are known.
func suppliedSA(e *secrets.ESP, f *Flow, sa *esp.SA) *ikestate.IPsecSA {
	return &ikestate.IPsecSA{
		Protocol: protocolOf(f.Key.Protocol), SPI: f.Key.SPI, Src: f.Src, Dst: f.Key.Dst,
		SrcPort: f.SrcPort, DstPort: f.DstPort, Encap: ikestate.Encap(f.Encap),
		Cipher: sa.Cipher(), Integrity: sa.Integrity(),
		Encryption: sa.Cipher().Name, IntegrityName: sa.Integrity().Name, ESN: sa.ESN(),
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
