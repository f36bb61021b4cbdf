package esp

import (
	"cmp"
	"slices"

	"ikescope/suite"
)

// maxProbeSamples bounds the packets that Probe looks at; more are ignored.
const maxProbeSamples = 16

// Lengths of ICVs in octets that are in use: the truncations of HMAC and of
// the ciphers' MACs, and the tags of GCM and CCM.
var (
	truncations = []int{10, 12, 16, 20, 24, 28, 32, 48, 64}
	aeadTags    = []int{8, 12, 16}
)

// Fit is a variant of an SA under which sample packets verify.
type Fit struct {
	ICVLen   int // octets
	ESN      bool
	SeqHi    uint32 // high half of the sequence number, when ESN
	Verified int    // samples whose ICV is right, of Samples
	Samples  int
}

// Probe tries what two ends most often disagree about: other truncations of
// the same integrity algorithm (96 or 128 bits of HMAC-SHA2-256) and sequence
// numbers with and without a high half. Each sample's SeqHi, 0 and 1 are tried
// as high half. It returns the variants, the SA's own included, under which at
// least one sample verifies, best first. The samples are left as they are.
func (s *SA) Probe(samples []Packet) []Fit {
	samples = samples[:min(len(samples), maxProbeSamples)]
	var fits []Fit
	for _, v := range s.variants() {
		for _, hi := range highHalves(v.ESN(), samples) {
			n := v.count(samples, hi)
			if n > 0 {
				fits = append(fits, Fit{ICVLen: v.icvLen, ESN: v.ESN(), SeqHi: hi, Verified: n, Samples: len(samples)})
			}
		}
	}
	slices.SortStableFunc(fits, func(a, b Fit) int { return cmp.Compare(b.Verified, a.Verified) })
	return fits
}

// count returns how many samples verify with a high half of hi.
func (s *SA) count(samples []Packet, hi uint32) int {
	n := 0
	for i := range samples {
		if s.Verify(samples[i].Data, hi) {
			n++
		}
	}
	return n
}

// variants returns s itself and s with each other ICV length and ESN setting
// that its algorithms allow.
func (s *SA) variants() []*SA {
	var all []*SA
	for _, n := range s.tagLengths() {
		for _, esn := range []bool{s.ESN(), !s.ESN()} {
			p := s.params
			p.ESN = esn
			if p.Cipher.AEAD() {
				p.Cipher.ICVLen = n
			} else {
				p.Integrity.ICVLen = n
			}
			if v, err := NewSA(p); err == nil {
				all = append(all, v)
			}
		}
	}
	return all
}

// tagLengths returns the ICV lengths that the SA's algorithm can give, its own
// first.
func (s *SA) tagLengths() []int {
	all := []int{s.icvLen}
	for _, n := range s.otherTags() {
		if n != s.icvLen {
			all = append(all, n)
		}
	}
	return all
}

func (s *SA) otherTags() []int {
	p := s.params
	switch {
	case p.hasIntegrity():
		size := p.Integrity.New(p.IntegrityKey).Size()
		return slices.DeleteFunc(slices.Clone(truncations), func(n int) bool { return n > size })
	case p.Cipher.Mode == suite.ModeGCM, p.Cipher.Mode == suite.ModeCCM:
		return aeadTags
	}
	return nil
}

// highHalves returns the distinct high halves to try.
func highHalves(esn bool, samples []Packet) []uint32 {
	if !esn {
		return []uint32{0}
	}
	hs := []uint32{0, 1}
	for i := range samples {
		hs = append(hs, samples[i].SeqHi)
	}
	slices.Sort(hs)
	return slices.Compact(hs)
}
