package twopoints

import "slices"

// Spread sums up times in nanoseconds without keeping them all.
type Spread struct {
	N        int64
	Min, Max int64

	kept  []int64 // every stride-th
	every int64   // the stride
}

// maxKept is how many times of a Spread are kept for its quantiles.
const maxKept = 512

func (s *Spread) add(d int64) {
	if s.N == 0 {
		s.Min, s.Max, s.every = d, d, 1
	}
	s.Min, s.Max = min(s.Min, d), max(s.Max, d)
	if s.N%s.every == 0 {
		if len(s.kept) == maxKept {
			s.thin()
		}
		if s.N%s.every == 0 {
			s.kept = append(s.kept, d)
		}
	}
	s.N++
}

// thin keeps every other one.
func (s *Spread) thin() {
	for i := range s.kept[:maxKept/2] {
		s.kept[i] = s.kept[2*i]
	}
	s.kept = s.kept[:maxKept/2]
	s.every *= 2
}

// Quantile is the time that a part q, from 0 to 1, of the times do not exceed. Of
// many times it is that of a regular sample. It is 0 of none.
func (s *Spread) Quantile(q float64) int64 {
	switch {
	case s.N == 0:
		return 0
	case q <= 0:
		return s.Min
	case q >= 1:
		return s.Max
	}
	sorted := slices.Sorted(slices.Values(s.kept))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
