package ikestate

import (
	"iter"
	"slices"
)

// maxCastings bounds how many combinations of messages are tried as phase 1.
const maxCastings = 32

// castings yields each way to fill the clear positions of phase 1 with messages
// that fit them: first those seen first.
func (p *Phase1) castings() iter.Seq[[]*Message] {
	return func(yield func([]*Message) bool) {
		chosen := make([]int, len(p.Flights))
		for range maxCastings {
			if !yield(p.casting(chosen)) || !p.nextCasting(chosen) {
				return
			}
		}
	}
}

func (p *Phase1) casting(chosen []int) []*Message {
	flights := slices.Clone(p.Flights)
	for i, n := range chosen {
		if n < len(p.cast[i]) {
			flights[i] = p.cast[i][n]
		}
	}
	return flights
}

// nextCasting counts up like an odometer whose wheels are the positions; it
// reports false when every combination was seen.
func (p *Phase1) nextCasting(chosen []int) bool {
	for i := range chosen {
		if chosen[i]++; chosen[i] < p.clearCandidates(i) {
			return true
		}
		chosen[i] = 0
	}
	return false
}

// clearCandidates counts what fits a position unencrypted. Encrypted candidates
// need no choice: each is tried with every key.
func (p *Phase1) clearCandidates(i int) (n int) {
	for _, m := range p.cast[i] {
		if !m.Encrypted() {
			n++
		}
	}
	return max(n, 1)
}
