package analysis

import (
	"net/netip"

	"ikescope/esp"
	"ikescope/secrets"
)

// keyring is the IPsec keys that the user supplied, by SPI.
type keyring struct {
	bySPI    map[uint32][]*secrets.ESP
	anySPI   []*secrets.ESP
	verifier esp.Verifier
	ah       esp.Worker
	trials   int   // of variants on samples that are left
	keys     int   // of both
	missed   int64 // entries that were not tried on a flow for want of trials
}

// maxTrials bounds the variants of keys that are tried on samples: some seconds of
// work. Keys that name their SPI and their algorithms need no more than one each.
const maxTrials = 1 << 20

// trial is what the outcome of trying keys on a flow depends on.
type trial struct {
	keys, samples int
	negotiated    bool
}

func newKeyring(ring *secrets.Ring) *keyring {
	n := len(ring.ESPs)
	k := &keyring{bySPI: make(map[uint32][]*secrets.ESP, n), trials: maxTrials, keys: n}
	lists := make([]*secrets.ESP, n) // most have one entry
	for i := range ring.ESPs {
		switch e := &ring.ESPs[i]; {
		case e.SPI == 0:
			k.anySPI = append(k.anySPI, e)
		case k.bySPI[e.SPI] == nil:
			lists[i] = e
			k.bySPI[e.SPI] = lists[i : i+1 : i+1]
		default:
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
	if now := (trial{r.given.keys, f.sampled(), f.negotiated()}); f.tried != now {
		f.tried = now
	} else {
		return
	}
	if e, sa := r.given.proven(f); sa != nil {
		r.apply(e, f, sa)
	} else if e, sa := r.given.onlyOne(f); sa != nil {
		r.apply(e, f, r.late(sa, f))
	} else {
		r.tryLate(f)
	}
}

// choose finds the keys of a flow, see trySupplied.
func (k *keyring) choose(f *Flow) (*secrets.ESP, *esp.SA) {
	if e, sa := k.proven(f); sa != nil {
		return e, sa
	}
	return k.onlyOne(f)
}

// proven finds keys that verify a sample of a flow; nil if there are none.
func (k *keyring) proven(f *Flow) (*secrets.ESP, *esp.SA) {
	for _, list := range [][]*secrets.ESP{k.bySPI[f.Key.SPI], k.anySPI} {
		for _, e := range list {
			if sa := k.verified(e, f); sa != nil {
				return e, sa
			}
		}
	}
	return nil, nil
}

// verified returns the variant of a user's entry that verifies a sample of the
// flow, nil if none does; where several do, as they differ in the cipher alone, the
// one that makes the most sense of the samples. The addresses are not asked: a NAT
// may have changed them.
func (k *keyring) verified(e *secrets.ESP, f *Flow) (best *esp.SA) {
	if !sameProtocol(e, f) || f.sampled() == 0 {
		return nil
	}
	ps, most := variants(e, f), -1
	for _, p := range ps {
		for range 2 { // few formats tell whether sequence numbers are extended
			if k.trials == 0 {
				k.missed++
				return best
			}
			k.trials--
			sa, err := esp.NewSA(p)
			p.ESN = !p.ESN
			if err != nil || !k.fits(sa, f) {
				continue
			}
			n := len(f.samples)
			if len(ps) > 1 {
				n = sensible(sa, f)
			}
			if n > most {
				best, most = sa, n
			}
			if most == len(f.samples) {
				return best
			}
		}
	}
	return best
}

// sensible counts the samples whose plaintext ends as it must: with the padding of
// RFC 4303 and a next header that ESP carries.
func sensible(sa *esp.SA, f *Flow) (n int) {
	samples := samplesOf(f)
	w := esp.Worker{Unverified: true}
	w.Open(sa, samples)
	for i := range samples {
		if p := &samples[i]; p.Inner != nil && !p.OddPadding && carried[p.NextHeader] {
			n++
		}
	}
	return n
}

// carried are the protocols that are seen inside ESP.
var carried = map[uint8]bool{
	1: true, 4: true, 6: true, 17: true, 41: true, 47: true, 50: true, 51: true, 58: true, esp.NextHeaderDummy: true, 89: true, 94: true,
	97: true, 103: true, 108: true, 115: true, 132: true,
}

// onlyOne returns the entry that is a flow's by SPI and addresses, if there is one
// such entry and no doubt about its algorithms, or if there are no packets to
// resolve the doubt.
func (k *keyring) onlyOne(f *Flow) (only *secrets.ESP, sa *esp.SA) {
	for _, e := range k.bySPI[f.Key.SPI] {
		if !sameProtocol(e, f) || !sameAddresses(e, f) {
			continue
		}
		if only != nil && f.sampled() > 0 {
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
		s = &SA{Flow: f}
		f.sa = s
		r.supplied = append(r.supplied, s)
	}
	s.supplied(e, f, sa)
	r.table.add(s)
	r.give(f, s)
}
