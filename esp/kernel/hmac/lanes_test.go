package hmac

import (
	"math/rand/v2"
	"testing"
)

// guarded is lanes between octets that no kernel may touch.
type guarded struct {
	before [64]byte
	lanes
	after [64]byte
}

func TestKernelsWriteStatesOnly(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for h := range Hashes {
		f := &functions[h]
		for _, k := range variants[h] {
			if !k.usable {
				continue
			}
			const blocks = 3
			texts := random(rng, maxLanes*blocks*f.block())
			kept := string(texts)
			g := new(guarded)
			copy(g.before[:], random(rng, len(g.before)))
			copy(g.after[:], random(rng, len(g.after)))
			for i := range g.state {
				g.state[i] = rng.Uint32()
			}
			for i := range g.text {
				g.text[i], g.at[i] = &texts[0], i*blocks*f.block()
			}
			was := *g
			k.blocks(&g.lanes, blocks)
			if string(texts) != kept {
				t.Errorf("%s/%s: text changed", references[h].name, k.name)
			}
			for i := range maxLanes * 4 / f.word {
				changed := f.get(&g.lanes, i) != f.get(&was.lanes, i)
				if changed != (i < k.lanes) {
					t.Errorf("%s/%s: lane %d changed: %v", references[h].name, k.name, i, changed)
				}
			}
			was.state = g.state
			if *g != was {
				t.Errorf("%s/%s: something beside the states changed", references[h].name, k.name)
			}
		}
	}
}

// TestBlocksInPieces: n blocks at once are n times one block.
func TestBlocksInPieces(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for h := range Hashes {
		f := &functions[h]
		for _, k := range variants[h] {
			if !k.usable {
				continue
			}
			const blocks = 5
			var once, pieces lanes
			for i := range maxLanes {
				once.text[i] = &random(rng, 7+blocks*f.block())[7]
			}
			pieces = once
			k.blocks(&once, blocks)
			for b := range blocks {
				for i := range pieces.at {
					pieces.at[i] = b * f.block()
				}
				k.blocks(&pieces, 1)
			}
			if once.state != pieces.state {
				t.Errorf("%s/%s differs", references[h].name, k.name)
			}
		}
	}
}

func TestMove(t *testing.T) {
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		m := messageOf(rand.New(rand.NewPCG(7, 7)), h, 300, true)
		for steps := range 4 {
			jobs := []Job{m.job}
			e.queue.put(jobs, e.function.shift)
			e.start(0)
			step(e, steps)
			if e.left[0] == idle {
				continue
			}
			last := 16*4/e.function.word - 1
			e.move(0, last)
			e.move(last, last)
			if e.left[0] != idle {
				t.Error("lane 0 is not idle")
			}
			e.move(last, 0)
			e.Sum(nil)
			if got := jobs[0].Sum[:h.Size()]; string(got) != string(m.want) {
				t.Errorf("moved after %d steps: %x, want %x", steps, got, m.want)
			}
		}
	})
}

// step brings lane 0 n segments on.
func step(e *Engine, n int) {
	for range n {
		if e.left[0] == idle {
			return
		}
		e.shadow(e.kernels[0].lanes)
		e.kernels[0].blocks(&e.lanes, e.left[0])
		e.advance(0)
	}
}
