package analysis

import (
	"errors"
	"fmt"
	"io"

	"ikescope/pcaps"
)

// feed turns blocks into jobs, in order. One that is closed waits until some blocks
// after it are collected as well, and those behind it wait with it.
type feed struct {
	*runner
	pass      Pass
	lookahead int
	held      []*job
	ended     bool
}

// read returns the next block, nil at the end. It may run beside collect.
func (f *feed) read() (*pcaps.Block, error) { return f.runner.read(f.pass) }

// collect takes a block, or nil at the end, into j and returns the jobs that can be
// opened now.
func (f *feed) collect(b *pcaps.Block, j *job) []*job {
	switch {
	case b == nil:
		return f.end()
	case f.pass == Opening: // keys are as well known as they will be
		j.reset(b)
		f.runner.collect.again(b, j)
		return []*job{j}
	}
	j.reset(b)
	f.runner.collect.block(b, j)
	f.lastRead = b.Frames[len(b.Frames)-1].Number
	j.waits = j.closed()
	f.held = append(f.held, j)
	switch n := len(f.held); {
	case n > f.lookahead:
		f.settle(f.solver(f.held[0]))
		return f.ripe(1)
	case n >= hopefulLookahead && n&(n-1) == 0:
		f.settle(f.runner.collect.engine.SolveKeys)
		f.lookAgain()
	}
	return f.ripe(0)
}

// lookAgain lets go of jobs that wait for nothing any more. A stream is slow, and
// somebody may wait for what it says.
func (f *feed) lookAgain() {
	for _, j := range f.held {
		j.waits = j.closed()
	}
}

// ripe gives out the first jobs, at least so many, and those behind them up to the
// first that must wait.
func (f *feed) ripe(n int) []*job {
	for n < len(f.held) && !f.held[n].waits {
		n++
	}
	out := append([]*job(nil), f.held[:n]...)
	f.held = append(f.held[:0], f.held[n:]...)
	return out
}

// end gives out what is left, once.
func (f *feed) end() []*job {
	if f.ended || f.pass == Opening {
		return nil
	}
	f.ended = true
	f.settleAll()
	return f.ripe(len(f.held))
}

// solver chooses what to rebuild before a job is given out: what makes keys, or
// where its messages are passed on, and nobody has looked at them yet, all.
func (f *feed) solver(j *job) func() bool {
	if f.opts.IKE && j.lastIKE > f.solvedTo {
		f.solvedTo = f.lastRead
		return f.runner.collect.engine.Solve
	}
	return f.runner.collect.engine.SolveKeys
}

// read returns the next block, nil at the end.
func (r *runner) read(pass Pass) (*pcaps.Block, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	b, err := r.set.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pass, err)
	}
	if r.opts.Progress != nil {
		r.opts.Progress(pass, r.set.Position(), r.set.Size())
	}
	return b, nil
}
