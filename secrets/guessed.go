package secrets

import "ikescope/suite"

// Bounds of what guesses are taken for. Each is tried with each of the others.
const (
	maxGuessedPSKs    = 512
	maxGuessedPrivate = 256
	maxGuessedShared  = 64
)

// lengths in octets of what a guess may be.
var (
	hashLengths      = map[int]bool{16: true, 20: true, 24: true, 28: true, 32: true, 48: true, 64: true}
	phase1KeyLengths = map[int]bool{8: true, 16: true, 24: true, 32: true}
	shareLengths     = lengthsOfGroups()
)

func lengthsOfGroups() map[int]bool {
	all := map[int]bool{}
	for _, g := range suite.Groups() {
		all[g.SharedLen] = true
	}
	return all
}

// Guessed returns the entries of IKE that the ring's guesses may be: pre-shared keys, values of Diffie-Hellman exchanges,
// SKEYID and SKEYID_e, cipher keys. What may be a key of ESP is tried where the packets are.
func (r *Ring) Guessed() *Ring {
	out := new(Ring)
	for _, g := range r.Guesses {
		n := g.Value.Len()
		if len(out.PSKs) < maxGuessedPSKs {
			out.PSKs = append(out.PSKs, PSK{Secret: g.Value, Source: g.Source})
		}
		if g.Text {
			continue
		}
		out.guessDH(g)
		if hashLengths[n] {
			out.ISAKMPs = append(out.ISAKMPs, ISAKMP{SKEYID: g.Value, Source: g.Source}, ISAKMP{SKEYIDe: g.Value, Source: g.Source})
		}
		if phase1KeyLengths[n] {
			out.ISAKMPs = append(out.ISAKMPs, ISAKMP{CipherKey: g.Value, Source: g.Source})
		}
	}
	return out
}

func (r *Ring) guessDH(g Guess) {
	const shortest = 16
	private, shared := 0, 0
	for _, d := range r.DHs {
		if d.Private.IsZero() {
			shared++
		} else {
			private++
		}
	}
	if n := g.Value.Len(); n >= shortest && private < maxGuessedPrivate && !allZero(g.Value) {
		r.DHs = append(r.DHs, DH{Private: g.Value, Source: g.Source})
	}
	if shareLengths[g.Value.Len()] && shared < maxGuessedShared {
		r.DHs = append(r.DHs, DH{Shared: g.Value, Source: g.Source})
	}
}
