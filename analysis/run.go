package analysis

import (
	"context"

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
	r.resolve.unverified = o.Unverified
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
	crew    *crew // nil: nothing is opened

	lastRead int64 // number of the last frame
	solvedTo int64 // up to this frame all messages were looked at

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
		return r.open(&feed{runner: r, pass: Collecting, lookahead: p.lookahead})
	}
	var err error
	for b := (*pcaps.Block)(nil); ; b.Release() {
		if b, err = r.read(Collecting); b == nil {
			break
		}
		r.collect.block(b, nil)
	}
	r.settleAll()
	return err
}

// open lets a crew open what a feed gives.
func (r *runner) open(f *feed) error {
	r.crew = newCrew(r.opts, &r.resolve.table)
	r.passOnIKE()
	return r.crew.run(f)
}

// missed reports whether packets went by before their keys became known, and can
// be read again.
func (r *runner) missed() bool {
	if r.opts.NoOpening || !r.set.Seekable() {
		return false
	}
	if r.crew == nil {
		return r.worthOpening()
	}
	for _, f := range r.collect.flows.order {
		if f.passed > 0 && f.opener != nil {
			return true
		}
	}
	return r.crew.inside.missed(&r.resolve.table)
}

// again opens the captures with the finished table of SAs.
func (r *runner) again() error {
	if s, ok := r.opts.Sink.(Restarter); ok && r.crew != nil {
		if err := s.Restart(); err != nil {
			return err
		}
	}
	if err := r.set.Rewind(); err != nil {
		return err
	}
	r.forget()
	return r.open(&feed{runner: r, pass: Opening})
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
	}
	r.resolve.table.finish()
}

// passOnIKE tells the crew which messages can be written in the clear.
func (r *runner) passOnIKE() {
	if r.opts.IKE && r.crew != nil {
		r.crew.ike = readable(r.collect.engine.Conversations())
	}
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

// settle rebuilds the state and gives flows their keys.
func (r *runner) settle(solve func() bool) {
	r.learnEmbedded()
	changed := r.solve(solve)
	r.resolve.resolve(r.collect.engine.Conversations(), changed)
	if changed {
		r.passOnIKE()
	}
}

// settleAll settles when everything was read.
func (r *runner) settleAll() {
	r.settle(r.collect.engine.Solve)
	r.resolve.last()
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

// result gathers what was found.
func (r *runner) result() *Result {
	var inside []*Flow
	if r.crew != nil {
		r.crew.settle()
		r.resolve.adopt()
		inside = r.crew.inside.unknown()
	}
	r.joinMoved()
	out := &Result{
		Captures:      r.set.Captures(),
		Conversations: r.collect.engine.Conversations(),
		SAs:           r.resolve.all(),
		UnknownMore:   r.collect.flows.more,
		ICMP:          r.collect.icmp,
		ICMPMore:      r.collect.icmpMore,
		Untried:       r.resolve.given.missed + r.collect.engine.Dropped().Attempts,
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
	out.Unknown = append(out.Unknown, inside...)
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
	if r.crew != nil {
		out.Faults.add(r.crew.faults)
	}
}

func (r *runner) addTotals(out *Result) {
	for _, s := range out.SAs {
		if r.crew != nil && r.crew.total[s] != nil {
			s.Opened = *r.crew.total[s]
		} else if s.Flow != nil && s.Flow.Key.Protocol != protocolIPComp { // which needs no key
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
