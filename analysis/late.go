package analysis

import (
	"encoding/binary"

	"ikescope/esp"
	"ikescope/secrets"
)

// Extended sequence numbers whose high half nobody saw: a capture may begin after
// some wraps.

// maxHighHalf bounds how many wraps of the sequence number a capture may have
// missed, maxHighTrials the work that all SAs together cause.
const (
	maxHighHalf   = 4096
	maxHighTrials = 1 << 20
)

// verifiesLate looks for the high half of extended sequence numbers with which a
// capture begins that starts after the SA has sent 2^32 packets (RFC 4303,
// section 2.2.1).
func (r *resolver) verifiesLate(sa *esp.SA, f *Flow) bool {
	if !sa.ESN() || f.sampled() == 0 {
		return false
	}
	if r.verifiesUpTo(maxHighHalf, sa, f) {
		return true
	}
	if r.highTrials >= maxHighTrials {
		r.given.missed++
	}
	return false
}

func (r *resolver) verifiesUpTo(most uint32, sa *esp.SA, f *Flow) bool {
	for i := range min(f.sampled(), 2) { // one may be forged
		for high := uint32(1); high <= most && r.highTrials < maxHighTrials; high++ {
			r.highTrials++
			if r.given.fitsWith(sa, f, i, high) {
				f.startHigh = high
				return true
			}
		}
	}
	return false
}

// give gives a flow the opener of its SA, and notes from where its extended sequence
// numbers go on: the first packet may be a forged one.
func (r *resolver) give(f *Flow, s *SA) {
	f.opener = s.opener
	if !s.opener.sa.ESN() {
		return
	}
	for i := range f.sampled() {
		if r.given.fitsWith(s.opener.sa, f, i, f.startHigh) {
			f.startLow, f.startKnown = f.sampleSeq(i), true
			return
		}
	}
}

// fewWraps is how many wraps are looked for where nobody says that sequence numbers
// are extended.
const fewWraps = 16

// late returns the SA of a user's keys that are right after some wraps of the
// sequence number, else the one that it was given.
func (r *resolver) late(sa *esp.SA, f *Flow) *esp.SA {
	if f.sampled() == 0 || r.given.fits(sa, f) || r.verifiesLate(sa, f) || sa.ESN() {
		return sa
	}
	p := sa.Params()
	p.ESN = true
	if extended, err := esp.NewSA(p); err == nil && r.verifiesUpTo(fewWraps, extended, f) {
		return extended
	}
	return sa
}

// tryLate looks for a flow's keys among those of which it is said that sequence
// numbers are extended, as if the capture began after some wraps.
func (r *resolver) tryLate(f *Flow) {
	for _, list := range [][]*secrets.ESP{r.given.bySPI[f.Key.SPI], r.given.anySPI} {
		for _, e := range list {
			if !e.ESN || !sameProtocol(e, f) || f.sampled() == 0 {
				continue
			}
			ps := variants(e, f)
			most := uint32(maxHighHalf)
			if len(ps) > 1 {
				most = fewWraps
			}
			for _, p := range ps {
				if r.highTrials >= maxHighTrials {
					r.given.missed++
					return
				}
				if sa, err := esp.NewSA(p); err == nil && r.verifiesUpTo(most, sa, f) {
					r.apply(e, f, sa)
					return
				}
			}
		}
	}
}

// fitsWith reports whether sample i of a flow verifies with a high half of its
// extended sequence number.
func (k *keyring) fitsWith(sa *esp.SA, f *Flow, i int, high uint32) bool {
	if f.Key.Protocol != protocolAH {
		return k.verifier.Verify(sa, f.samples[i], high)
	}
	d := f.datagrams[i]
	v, err := k.ah.VerifyAH(sa, d.octets, d.at, high)
	return err == nil && v == esp.OK
}

// sampleSeq is the sequence number of sample i.
func (f *Flow) sampleSeq(i int) uint32 {
	if f.Key.Protocol == protocolAH {
		return ahSeq(f.datagrams[i].octets[f.datagrams[i].at:])
	}
	return binary.BigEndian.Uint32(f.samples[i][4:])
}
