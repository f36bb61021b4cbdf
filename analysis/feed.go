package analysis

import (
	"errors"
	"fmt"
	"io"

	"ikescope/ikestate"
	"ikescope/pcaps"
)

// feed reads the captures and gives out their blocks as jobs, in order. A block
// with packets whose keys are not known waits until some blocks after it are
// collected as well, and those behind it wait with it.
type feed struct {
	*runner
	crew      *crew
	lookahead int
	held      []*job
	ended     bool
	err       error // why reading stopped before the end
}

// next returns the next job, nil at the end.
func (f *feed) next() *job {
	for !f.ended && !f.ripe() {
		b, err := f.read(Collecting)
		if b == nil {
			f.end(err)
			break
		}
		j := f.crew.job()
		j.reset(b)
		f.collect.block(b, j)
		j.waits = j.waits || f.opts.IKE && j.lastIKE > 0
		f.held = append(f.held, j)
		if len(f.held) > f.lookahead {
			f.settle(f.solver(f.held[0]))
			break
		}
	}
	return f.pop()
}

// ripe reports whether the first job need not wait.
func (f *feed) ripe() bool { return len(f.held) > 0 && !f.held[0].waits }

func (f *feed) pop() *job {
	if len(f.held) == 0 {
		return nil
	}
	j := f.held[0]
	f.held = append(f.held[:0], f.held[1:]...)
	return j
}

func (f *feed) end(err error) {
	f.ended, f.err = true, err
	f.settleAll()
}

// solver chooses what to rebuild before a job is given out: what makes keys, or
// where its messages are passed on, and nobody has looked at them yet, all.
func (f *feed) solver(j *job) func() bool {
	if f.opts.IKE && j.lastIKE > f.solvedTo {
		f.solvedTo = f.lastRead
		return f.collect.engine.Solve
	}
	return f.collect.engine.SolveKeys
}

// nextAgain gives out a block whose keys are as well known as they will be.
func (f *feed) nextAgain() *job {
	b, err := f.read(Opening)
	if b == nil {
		f.err = err
		return nil
	}
	j := f.crew.job()
	j.reset(b)
	f.collect.again(b, j)
	return j
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
	r.lastRead = b.Frames[len(b.Frames)-1].Number
	if r.opts.Progress != nil {
		r.opts.Progress(pass, r.set.Position(), r.set.Size())
	}
	return b, nil
}

// readable maps frames to the messages that could be read in the clear.
func readable(cs []*ikestate.Conversation) map[int64][]*ikestate.Message {
	byFrame := map[int64][]*ikestate.Message{}
	for _, c := range cs {
		for _, m := range c.All() {
			if m.Decrypted && m.JoinedAs == nil { // what fragments give is passed on
				byFrame[m.Frame] = append(byFrame[m.Frame], m)
			}
		}
	}
	return byFrame
}
