package analysis

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ikescope/ikestate"
	"ikescope/pcaps"
)

// Run analyses captures. The result is complete as far as the captures could be
// read even if the error is not nil, but for an error of the sink.
func Run(ctx context.Context, set *pcaps.Set, o Options) (*Result, error) {
	r := &runner{ctx: ctx, set: set, opts: o, collect: newCollector(o)}
	r.resolve = newResolver(r.collect.flows, o.Ring)
	var err error
	if set.Seekable() {
		err = r.twice()
	} else {
		err = r.once()
	}
	return r.result(), err
}

type runner struct {
	ctx     context.Context
	set     *pcaps.Set
	opts    Options
	collect *collector
	resolve *resolver
	pipe    *pipeline
}

// twice collects the whole capture, then opens it with a finished table of SAs.
func (r *runner) twice() error {
	err := r.each(Collecting, func(b *pcaps.Block) error {
		r.collect.block(b)
		b.Release()
		return nil
	})
	if err != nil {
		return err
	}
	r.settle()
	if !r.worthOpening() {
		return nil
	}
	if err := r.set.Rewind(); err != nil {
		return err
	}
	r.start()
	err = r.each(Opening, r.push)
	return errors.Join(r.pipe.close(), err)
}

// once collects and opens in one pass; blocks wait between the two.
func (r *runner) once() error {
	r.start()
	var held []*pcaps.Block
	err := r.each(Collecting, func(b *pcaps.Block) error {
		r.collect.block(b)
		held = append(held, b)
		if len(held) <= r.opts.lookahead() {
			return nil
		}
		r.settle()
		first := held[0]
		held = append(held[:0], held[1:]...)
		return r.push(first)
	})
	r.settle()
	for _, b := range held {
		if perr := r.push(b); perr != nil && err == nil {
			err = perr
		}
	}
	return errors.Join(r.pipe.close(), err)
}

func (r *runner) start() {
	r.pipe = newPipeline(r.opts, r.collect.flows, &r.resolve.table)
	r.passOnIKE()
}

// passOnIKE tells the pipeline which messages can be written in the clear.
func (r *runner) passOnIKE() {
	if r.opts.IKE && r.pipe != nil {
		r.pipe.ike = readable(r.collect.engine.Conversations())
	}
}

// errSink stops the reading after the sink failed; close returns the cause.
var errSink = errors.New("analysis: sink failed")

func (r *runner) push(b *pcaps.Block) error {
	if !r.pipe.push(b) {
		return errSink
	}
	return nil
}

// each reads the captures once, block by block.
func (r *runner) each(pass Pass, do func(*pcaps.Block) error) error {
	for {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		b, err := r.set.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", pass, err)
		}
		if err := do(b); errors.Is(err, errSink) {
			return nil
		} else if err != nil {
			return err
		}
		if r.opts.Progress != nil {
			r.opts.Progress(pass, r.set.Position(), r.set.Size())
		}
	}
}

// settle rebuilds the state and gives flows their keys.
func (r *runner) settle() {
	changed := r.collect.engine.Dirty()
	r.collect.engine.Solve()
	r.resolve.resolve(r.collect.engine.Conversations(), changed)
	if changed {
		r.passOnIKE()
	}
}

// worthOpening reports whether a second pass has anything to open.
func (r *runner) worthOpening() bool {
	if r.opts.IKE && r.opts.Sink != nil {
		return true
	}
	for _, f := range r.collect.flows.order {
		if f.opener != nil {
			return true
		}
	}
	return false
}

// readable maps frames to the messages that could be read in the clear.
func readable(cs []*ikestate.Conversation) map[int64]*ikestate.Message {
	byFrame := map[int64]*ikestate.Message{}
	for _, c := range cs {
		for _, m := range c.All() {
			if m.Decrypted {
				byFrame[m.Frame] = m
			}
		}
	}
	return byFrame
}

// result gathers what was found.
func (r *runner) result() *Result {
	out := &Result{
		Captures:      r.set.Captures(),
		Conversations: r.collect.engine.Conversations(),
		SAs:           r.resolve.all(),
		UnknownMore:   r.collect.flows.more,
		ICMP:          r.collect.icmp,
		Decode:        r.collect.decoder.Stats(),
		Dropped:       r.collect.engine.Dropped(),
		Uses:          r.collect.engine.Uses(),
		Ring:          r.opts.Ring,
	}
	for _, f := range r.collect.flows.order {
		if f.sa == nil {
			out.Unknown = append(out.Unknown, f)
		}
	}
	r.addTotals(out)
	return out
}

func (r *runner) addTotals(out *Result) {
	for _, s := range out.SAs {
		if r.pipe != nil && r.pipe.total[s] != nil {
			s.Opened = *r.pipe.total[s]
		} else if s.Flow != nil {
			s.Opened = Totals{NoKey: s.Flow.Packets}
		}
		out.Opened.Add(s.Opened)
	}
	for _, f := range out.Unknown {
		out.Opened.NoKey += f.Packets
	}
}
