package main

import "math/rand/v2"

// trials is how many orders of a circuit's gates the emitters choose from.
const trials = 3000

// program is a circuit to be laid out in registers: steps, each of which makes
// signal inputs+i from those it reads, and what has to be there at the end.
type program struct {
	reads [][]uint8
	out   [outputs]uint8
}

// use counts the readers of each signal, the end included.
func (p *program) use() (n [maxSignals]int) {
	for _, in := range p.reads {
		for _, s := range in {
			n[s]++
		}
	}
	for _, s := range p.out {
		n[s]++
	}
	return n
}

// best returns the order of steps that costs least among many, each made by
// taking, of the steps whose inputs are there, one of those that are the last
// readers of most of them.
func (p *program) best(cost func(order []int) int) (order []int) {
	rng := rand.New(rand.NewPCG(46, 3))
	least := 0
	for range trials {
		o := p.order(rng)
		if c := cost(o); order == nil || c < least {
			order, least = o, c
		}
	}
	return order
}

func (p *program) order(rng *rand.Rand) (order []int) {
	use := p.use()
	var made [maxSignals]bool
	for i := range inputs {
		made[i] = true
	}
	for len(order) < len(p.reads) {
		choice, most := -1, 0
		for _, i := range rng.Perm(len(p.reads)) {
			if made[inputs+i] || !p.ready(i, &made) {
				continue
			}
			gain := rng.IntN(2)
			for _, s := range p.reads[i] {
				if use[s] == 1 {
					gain += 2
				}
			}
			if choice < 0 || gain > most {
				choice, most = i, gain
			}
		}
		order = append(order, choice)
		made[inputs+choice] = true
		for _, s := range p.reads[choice] {
			use[s]--
		}
	}
	return order
}

func (p *program) ready(i int, made *[maxSignals]bool) bool {
	for _, s := range p.reads[i] {
		if !made[s] {
			return false
		}
	}
	return true
}
