package analysis

import (
	"net/netip"

	"ikescope/esp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
)

// keyring is the IPsec keys that the user supplied, by SPI.
type keyring struct {
	bySPI    map[uint32][]*secrets.ESP
	anySPI   []*secrets.ESP
	verifier esp.Verifier
	trials   int // of variants on samples that are left
	missed   int // entries that were not tried on a flow for want of trials
}

// maxTrials bounds the variants of keys that are tried on samples: some seconds of
// work. Keys that name their SPI and their algorithms need no more than one each.
const maxTrials = 1 << 20

func newKeyring(ring *secrets.Ring) *keyring {
	k := &keyring{bySPI: map[uint32][]*secrets.ESP{}, trials: maxTrials}
	for i := range ring.ESPs {
		if e := &ring.ESPs[i]; e.SPI == 0 {
			k.anySPI = append(k.anySPI, e)
		} else {
			k.bySPI[e.SPI] = append(k.bySPI[e.SPI], e)
		}
	}
	return k
}

// trySupplied looks for a flow's keys among those that the user supplied: first
// those with its SPI, then those without one. What verifies a sample is taken.
// Where nothing does, keys with its SPI that have no rival are taken as they are,
// so that their packets are counted as failed.
func (r *resolver) trySupplied(f *Flow) {
	own := r.given.bySPI[f.Key.SPI]
	for _, list := range [][]*secrets.ESP{own, r.given.anySPI} {
		for _, e := range list {
			if sa := r.given.verified(e, f); sa != nil {
				r.apply(e, f, sa)
				return
			}
		}
	}
	if e, sa := onlyOne(own, f); sa != nil {
		r.verifiesLate(sa, f)
		r.apply(e, f, sa)
	}
}

// verified returns the variant of a user's entry that verifies a sample of the
// flow, nil if none does. The addresses are not asked: a NAT may have changed them.
func (k *keyring) verified(e *secrets.ESP, f *Flow) *esp.SA {
	if !sameProtocol(e, f) || len(f.samples) == 0 {
		return nil
	}
	for _, p := range variants(e, f) {
		for range 2 { // few formats tell whether sequence numbers are extended
			if k.trials == 0 {
				k.missed++
				return nil
			}
			k.trials--
			if sa, err := esp.NewSA(p); err == nil && k.verifiesAny(sa, f.samples) {
				return sa
			}
			p.ESN = !p.ESN
		}
	}
	return nil
}

// onlyOne returns the entry that is a flow's by SPI and addresses, if there is one
// such entry and no doubt about its algorithms, or if there are no packets to
// resolve the doubt.
func onlyOne(own []*secrets.ESP, f *Flow) (only *secrets.ESP, sa *esp.SA) {
	for _, e := range own {
		if !sameProtocol(e, f) || !sameAddresses(e, f) {
			continue
		}
		if only != nil && len(f.samples) > 0 {
			return nil, nil
		}
		ps := variants(e, f)
		if len(ps) != 1 {
			continue
		}
		made, err := esp.NewSA(ps[0])
		if err == nil && sa == nil {
			only, sa = e, made
		}
	}
	return only, sa
}

func sameProtocol(e *secrets.ESP, f *Flow) bool {
	return e.Protocol == 0 || e.Protocol == f.Key.Protocol
}

func sameAddresses(e *secrets.ESP, f *Flow) bool {
	return (e.Dst == netip.Addr{} || e.Dst == f.Key.Dst) && (e.Src == netip.Addr{} || e.Src == f.Src)
}

// apply makes a supplied key the opener of a flow.
func (r *resolver) apply(e *secrets.ESP, f *Flow, sa *esp.SA) {
	s := f.sa
	if s == nil {
		s = &SA{IPsecSA: suppliedSA(e, f, sa), Flow: f}
		f.sa = s
		r.supplied = append(r.supplied, s)
	}
	p := sa.Params()
	s.Given, s.KeysKnown = e, true
	s.Keys = ikestate.SAKeys{
		Encryption: keymat.NewSecret(p.CipherKey), Integrity: keymat.NewSecret(p.IntegrityKey), Source: e.Source,
	}
	s.opener = &opener{sa: sa, owner: s}
	r.table.add(s)
	f.opener = s.opener
}
