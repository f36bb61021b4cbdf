package analysis

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// Run analyses captures. The result is complete as far as the captures could be
// read even if the error is not nil, but for an error of the sink.
func Run(ctx context.Context, set *pcaps.Set, o Options) (*Result, error) {
	r := &runner{ctx: ctx, set: set, opts: o, collect: newCollector(o), embedded: map[int]int{}}
	r.resolve = newResolver(r.collect.flows, o.Ring)
	if o.Progress != nil {
		r.resolve.tried = func(done, total int64) { o.Progress(Trying, done, total) }
	}
	err := r.once(r.firstPass())
	if err == nil && r.missed() {
		err = r.again()
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
	spare   []*job
	settled int // times

	embedded map[int]int // secrets blocks read so far, by capture
	warnings []secrets.Warning
	unwarned int // warnings beyond the bound
}

// plan says how captures are read the first time.
type plan struct {
	opens     bool // packets are opened in the same pass
	lookahead int  // blocks between collecting and opening
}

// firstPass plans the first reading. What can be read again and written again is
// opened at once, in the hope that keys become known before their packets; what
// cannot be written again waits for the second pass; a stream has no second pass,
// so that it waits longer between collecting and opening.
func (r *runner) firstPass() plan {
	_, restarts := r.opts.Sink.(Restarter)
	switch {
	case r.opts.NoOpening:
		return plan{}
	case !r.set.Seekable():
		return plan{opens: true, lookahead: r.opts.lookahead()}
	case r.opts.IKE, r.opts.Sink != nil && !restarts:
		return plan{}
	}
	return plan{opens: true, lookahead: min(hopefulLookahead, r.opts.lookahead())}
}

// hopefulLookahead is how many blocks lie between collecting and opening where
// the capture can be read again: an exchange and its first packets are close.
const hopefulLookahead = 4

// once reads the captures: it collects everything and, by plan, opens what it
// collected before.
func (r *runner) once(p plan) error {
	if p.opens {
		r.start()
	}
	var held []*job
	err := r.each(Collecting, func(b *pcaps.Block) error {
		if !p.opens {
			r.collect.block(b, nil)
			b.Release()
			return nil
		}
		j := r.job(b)
		r.collect.block(b, j)
		if held = append(held, j); len(held) <= p.lookahead {
			return nil
		}
		r.settle(false)
		first := held[0]
		held = append(held[:0], held[1:]...)
		return r.push(first)
	})
	r.settle(true)
	r.resolve.last()
	for i, j := range held {
		if perr := r.push(j); perr != nil {
			release(held[i+1:])
			break
		}
	}
	return r.finish(err)
}

func release(jobs []*job) {
	for _, j := range jobs {
		j.block.Release()
	}
}

// finish waits for the pipeline, whose sink may have failed.
func (r *runner) finish(err error) error {
	if r.pipe == nil {
		return err
	}
	return errors.Join(r.pipe.close(), err)
}

// missed reports whether packets went by before their keys became known, and can
// be read again.
func (r *runner) missed() bool {
	if r.opts.NoOpening || !r.set.Seekable() {
		return false
	}
	if r.pipe == nil {
		return r.worthOpening()
	}
	for _, f := range r.collect.flows.order {
		if f.passed > 0 && f.opener != nil {
			return true
		}
	}
	return false
}

// again opens the captures with the finished table of SAs.
func (r *runner) again() error {
	if s, ok := r.opts.Sink.(Restarter); ok && r.pipe != nil {
		if err := s.Restart(); err != nil {
			return err
		}
	}
	if err := r.set.Rewind(); err != nil {
		return err
	}
	r.forget()
	r.start()
	return r.finish(r.each(Opening, func(b *pcaps.Block) error {
		j := r.job(b)
		r.collect.again(b, j)
		return r.push(j)
	}))
}

// forget undoes what an earlier pass noted about opened packets. The decoder
// starts anew, since fragments and flows come again; its counters are kept.
func (r *runner) forget() {
	r.collect.startOver()
	for _, f := range r.collect.flows.order {
		f.passed, f.skipped, f.extender = 0, 0, nil
	}
	for _, s := range r.resolve.every() {
		s.Order = 0
		if s.Flow != nil && s.Flow.inside {
			s.Flow = nil
		}
	}
}

func (r *runner) start() {
	r.pipe = newPipeline(r.opts, &r.resolve.table)
	r.passOnIKE()
}

// job returns a job for a block, used before where there is one.
func (r *runner) job(b *pcaps.Block) (j *job) {
	if n := len(r.spare); n > 0 {
		j, r.spare = r.spare[n-1], r.spare[:n-1]
	} else {
		j = newJob()
	}
	j.reset(b)
	return j
}

// passOnIKE tells the pipeline which messages can be written in the clear.
func (r *runner) passOnIKE() {
	if r.opts.IKE && r.pipe != nil {
		r.pipe.ike = readable(r.collect.engine.Conversations())
	}
}

// errSink stops the reading after the sink failed; the pipeline has the cause.
var errSink = errors.New("analysis: sink failed")

func (r *runner) push(j *job) error {
	finished, ok := r.pipe.push(j)
	if finished != nil {
		r.spare = append(r.spare, finished)
	}
	if !ok {
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

// settle rebuilds the state and gives flows their keys: at the end, and where
// messages are passed on without a second reading, all of it, else what makes keys.
func (r *runner) settle(end bool) {
	r.learnEmbedded()
	r.settled++
	solve := r.collect.engine.SolveKeys
	if end || r.opts.IKE && r.settled%r.opts.lookahead() == 0 {
		solve = r.collect.engine.Solve
	}
	changed := r.solve(solve)
	r.resolve.resolve(r.collect.engine.Conversations(), changed)
	if changed {
		r.passOnIKE()
	}
}

// solve rebuilds the state. A conversation with which that fails is given up.
func (r *runner) solve(do func() bool) (changed bool) {
	for {
		panicked := contained(r.opts.Strict, func() { changed = do() || changed })
		if panicked == nil {
			return changed
		}
		changed = true
		frame, ok := r.collect.engine.Abandon()
		r.collect.faults.note(frame, panicked)
		if !ok {
			return changed
		}
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

// result gathers what was found.
func (r *runner) result() *Result {
	out := &Result{
		Captures:      r.set.Captures(),
		Conversations: r.collect.engine.Conversations(),
		SAs:           r.resolve.all(),
		UnknownMore:   r.collect.flows.more,
		ICMP:          r.collect.icmp,
		ICMPMore:      r.collect.icmpMore,
		Untried:       r.resolve.given.missed,
		Decode:        r.collect.stats(),
		Dropped:       r.collect.engine.Dropped(),
		Uses:          r.collect.engine.Uses(),
		Ring:          r.resolve.ring,
		Warnings:      r.told(),
	}
	out.keepGuesses()
	for _, f := range r.collect.flows.order {
		if f.sa == nil {
			out.Unknown = append(out.Unknown, f)
		}
	}
	r.addTotals(out)
	r.addFindings(out)
	return out
}

// addFindings is last, since a fault in it must not cost what is there already.
func (r *runner) addFindings(out *Result) {
	panicked := contained(r.opts.Strict, func() {
		if !r.opts.NoFindings {
			c := diagnoseInput(out)
			out.Findings = diagnose.Diagnose(c)
			out.Findings = diagnose.Secrets(c, out.Findings, out.Secrets())
		}
	})
	if panicked != nil {
		r.collect.faults.note(0, panicked)
	}
	out.Faults = r.collect.faults
	if r.pipe != nil {
		out.Faults.add(r.pipe.faults)
	}
}

func (r *runner) addTotals(out *Result) {
	for _, s := range out.SAs {
		if r.pipe != nil && r.pipe.total[s] != nil {
			s.Opened = *r.pipe.total[s]
		} else if s.Flow != nil {
			s.Opened = Totals{NoKey: s.Flow.Packets - s.Flow.skipped}
		}
		if s.Flow != nil {
			s.Opened.Skipped = s.Flow.skipped
		}
		out.Opened.Add(s.Opened)
	}
	for _, f := range out.Unknown {
		out.Opened.NoKey += f.Packets - f.skipped
		out.Opened.Skipped += f.skipped
	}
}
