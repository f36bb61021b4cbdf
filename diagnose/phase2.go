package diagnose

import (
	"net/netip"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// quick is a Quick Mode as a diagnosis sees it.
type quick struct {
	*view
	*ikestate.QuickMode
	msg     *ikestate.Message // its first message, nil if not in the capture
	refusal *ikestate.Notice  // that answered it, if one could be read
	closed  *ikestate.Message // an Informational message that may be a refusal and could not be read
}

// quickModes lists the Quick Modes of a conversation, each with what may be its
// refusal. A refusal comes in an exchange of its own and names no Quick Mode (RFC
// 2409, section 5.7), so it is taken for the answer to the last one before it
// that waits for one from that side.
func (v *view) quickModes() (qs []*quick) {
	for _, x := range v.Exchanges {
		if q := x.Quick; q != nil {
			qs = append(qs, &quick{view: v, QuickMode: q, msg: q.Flights[0]})
		}
	}
	errs := v.errorsBehindPhase1()
	for _, m := range v.info {
		n := errs[m]
		if n == nil && (m.Decrypted || !m.Encrypted()) {
			continue
		}
		q := waiting(qs, m)
		switch {
		case q == nil:
		case n != nil && q.refusal == nil:
			q.refusal = n
		case n == nil && q.closed == nil && m.Nanos-q.lastNanos(m.Frame) < quickly:
			q.closed = m
		}
	}
	return qs
}

// errorsBehindPhase1 maps messages to the error notifications in them.
func (v *view) errorsBehindPhase1() map[*ikestate.Message]*ikestate.Notice {
	errs := map[*ikestate.Message]*ikestate.Notice{}
	for i := range v.Notices {
		if n := &v.Notices[i]; n.Type.IsError() && n.Message.Encrypted() {
			errs[n.Message] = n
		}
	}
	return errs
}

// waiting is the last Quick Mode before m that waits for a word of m's sender.
func waiting(qs []*quick, m *ikestate.Message) *quick {
	for _, q := range slices.Backward(qs) {
		last := q.last()
		if last == nil || last.Frame > m.Frame || q.State == ikestate.Established && q.Flights[2] != nil {
			continue
		}
		if speaker(last) != speaker(m) {
			return q
		}
	}
	return nil
}

// last is the last message of the Quick Mode that was seen.
func (q *quick) last() *ikestate.Message {
	for _, m := range slices.Backward(q.Flights[:]) {
		if m != nil {
			return m
		}
	}
	return nil
}

// lastNanos is the time of the last appearance of the Quick Mode's last message
// before a packet.
func (q *quick) lastNanos(before int64) int64 {
	m := q.last()
	t := m.Nanos
	for _, r := range m.Repeats {
		if r.Frame < before {
			t = r.Nanos
		}
	}
	return t
}

// began and answers are the addresses of the two sides: of the Quick Mode, which
// either peer of the ISAKMP SA may begin.
func (q *quick) began() netip.Addr   { return q.QuickMode.Initiator.Addr() }
func (q *quick) answers() netip.Addr { return q.QuickMode.Responder.Addr() }

// phase2 finds out what became of each Quick Mode.
func (x *examiner) phase2() {
	for _, v := range x.views {
		for _, q := range v.quicks {
			switch {
			case q.refusal != nil:
				x.quickRefused(q)
			case q.Flights[1] != nil && q.Flights[2] != nil:
				x.narrowed(q)
			case q.closed != nil && q.Flights[1] == nil:
				x.quickClosed(q)
			default:
				x.quickSilent(q)
			}
		}
	}
}

// up writes that phase 1 is not to blame.
func (q *quick) up() string {
	if q.Phase1.State == ikestate.Established {
		return "phase 1 completed, "
	}
	return ""
}

// phase2Refusals says what an error notification means in phase 2.
var phase2Refusals = map[isakmp.NotifyType]Code{
	isakmp.NotifyInvalidIDInformation:  SelectorMismatch,
	isakmp.NotifyInvalidKeyInformation: PFSMismatch,
}

// quickRefused tells of a Quick Mode that a peer refused in words that could be
// read.
func (x *examiner) quickRefused(q *quick) {
	code := Phase2NoProposalChosen
	if c, ok := phase2Refusals[q.refusal.Type]; ok {
		code = c
	}
	p := x.compare(q)
	if code == Phase2NoProposalChosen && p.proves() {
		code = p.code
	}
	switch code {
	case SelectorMismatch:
		x.selectorsRefused(q, p)
	case PFSMismatch:
		x.groupRefused(q, p)
	default:
		x.proposalsRefused(q, p)
	}
}

// begin starts a finding on a refused Quick Mode with what was offered and what
// was answered.
func (q *quick) begin(code Code, c Certainty) *draft {
	m := q.refusal.Message
	return about(code, c, q.id, q.between).on(framesOf(q.msg)...).on(m.Frame)
}

// proposed writes the first message's content.
func (q *quick) proposed(d *draft, what string) {
	if q.msg != nil {
		d.line("%s: %s proposed %s.", capital(packets(framesOf(q.msg)[:1])), q.began(), what)
	}
}

// refused writes the answer.
func (q *quick) refused(d *draft) {
	m := q.refusal.Message
	said := q.refusal.Type.String()
	if last := q.last(); last != nil {
		said += " " + apart(m.Nanos-q.lastNanos(m.Frame)) + " later"
	}
	d.line("%s: %s answered %s.", capital(packets([]int64{m.Frame})), q.side(speaker(m)), said)
}

// proposalsRefused tells of a Quick Mode whose proposals the peer does not accept.
func (x *examiner) proposalsRefused(q *quick, p policy) {
	refuser, refused := q.side(speaker(q.refusal.Message)), q.side(other(speaker(q.refusal.Message)))
	d := q.begin(Phase2NoProposalChosen, Proved)
	if q.refusal.Type == isakmp.NotifyNoProposalChosen {
		d.says("%sphase 2 refused: %s accepts none of the proposals of %s", q.up(), refuser, refused)
	} else {
		d.says("%sphase 2 refused: %s answers %s to %s", q.up(), refuser, q.refusal.Type, refused)
	}
	q.proposed(d, transforms(q.Offered)+selectors(q.IDci, q.IDcr))
	q.refused(d)
	p.tell(d)
	if p.other == nil {
		d.line("What %s would accept is not in this capture.", refuser)
	}
	x.failQuick(q, d)
	x.suspectGroup(q, p)
}

// quickClosed tells of a Quick Mode that was answered by an Informational message
// that nothing opens. Reasons to refuse are many; that it was refused is likely,
// since nothing else is sent at that moment.
func (x *examiner) quickClosed(q *quick) {
	x.failQuick(q, about(Phase2NoProposalChosen, Probable, q.id, q.between).
		says("%sphase 2 most likely refused: %s answers the Quick Mode of %s with an Informational message", q.up(), q.answers(), q.began()).
		line("%s: %s began a Quick Mode.", capital(packets(framesOf(q.msg)[:1])), q.began()).
		line("%s: %s answered with an encrypted Informational message %s later, and no Quick Mode message.", capital(packets([]int64{q.closed.Frame})), q.answers(), apart(q.closed.Nanos-q.lastNanos(q.closed.Frame))).
		line("The reason is encrypted: proposals, selectors (proxy identities) or the PFS group that do not match, most often.").
		advise("The keys of this ISAKMP SA would tell the reason; so does the log of "+q.answers().String()+".").
		on(framesOf(q.msg)...).on(q.closed.Frame))
}

// quickSilent tells of a Quick Mode in which a message goes without an answer,
// which its repetition shows.
func (x *examiner) quickSilent(q *quick) {
	last := q.last()
	if last == nil || q.Flights[2] != nil {
		return
	}
	rs := x.retries(last)
	if len(rs) == 0 {
		return
	}
	sender, peer := q.side(speaker(last)), q.side(other(speaker(last)))
	n := 1
	if q.Flights[1] != nil {
		n = 2
	}
	d := about(Phase2NoAnswer, Proved, q.id, q.between).
		says("%sphase 2 failed: %s does not answer message %d of %s", q.up(), peer, n, sender).
		line("%s: %s sent message %d of a Quick Mode and repeated it %s over %s (%s).", capital(packets(framesOf(last)[:1])), sender, n, times(len(rs)), apart(rs[len(rs)-1].Nanos-last.Nanos), packets(repeatFrames(rs))).
		on(framesOf(last)...)
	if n == 2 {
		d.line("Message 1 (%s) is from %s: either it does not get message 2, or its message 3 is lost.", packets(framesOf(q.msg)), peer)
	}
	if q.Offered != nil {
		d.line("Proposed: %s.", transforms(q.Offered)+selectors(q.IDci, q.IDcr))
	}
	x.failQuick(q, d)
}
