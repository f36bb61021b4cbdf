package diagnose

import (
	"net/netip"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// portNATT is the UDP port of IKE behind a NAT (RFC 3947, section 4).
const portNATT = 4500

// unanswered tells of a phase 1 whose last message got no answer: its sender
// repeats it, or its receiver goes on repeating the one before. It reports
// whether that is so.
func (x *examiner) unanswered(st *stage) bool {
	s := x.silence(st)
	if !s.certain() && (st.oneSided() || x.ikeHidden() || st.complete() || x.end-lastTime(st.msg) < patience) {
		return false
	}
	if e, n := x.unreachable(st); n > 0 {
		x.portUnreachable(st, s, e, n)
		return true
	}
	switch {
	case !st.proofSent() || s.lost() && !s.unread(st) || st.deafOnNATT():
		x.noAnswer(st, s)
	case st.psk():
		x.keysUnanswered(st, s)
	default:
		x.proofUnanswered(st, s)
	}
	return true
}

// silence is how a message went without an answer.
type silence struct {
	own  []ikestate.Repeat // repetitions of the message
	peer []ikestate.Repeat // repetitions, after it, of the message that it answers
}

func (x *examiner) silence(st *stage) silence {
	s := silence{own: x.retries(st.msg)}
	if st.last > 0 && st.Phase1.Flights[st.last-1] != nil {
		for _, r := range x.retries(st.Phase1.Flights[st.last-1]) {
			if r.Nanos-st.msg.Nanos > quickly/2 {
				s.peer = append(s.peer, r)
			}
		}
	}
	return s
}

// certain reports whether somebody's repetition shows that no answer came.
func (s silence) certain() bool { return len(s.own)+len(s.peer) > 0 }

// lost reports whether the peer shows that the message does not reach it.
func (s silence) lost() bool { return len(s.peer) > 0 }

// unread reports whether the peer may go on repeating its message not because the
// last one is lost, but because it cannot read it, as racoon does: copies of a short
// message went the way of earlier ones that arrived.
func (s silence) unread(st *stage) bool {
	return len(s.own) > 0 && st.last > 1 && st.psk() && st.msg.Encrypted() && len(st.msg.Raw) <= safeMessage
}

// tell writes the repetitions of a message.
func (s silence) tell(d *draft, st *stage) {
	sender, peer := st.side(st.from), st.side(other(st.from))
	first := packets(framesOf(st.msg)[:1])
	switch n := len(s.own); {
	case n > 0:
		d.line("%s: %s sent message %d and repeated it %s over %s (%s).", capital(first), sender, st.number(), times(n), apart(s.own[n-1].Nanos-st.msg.Nanos), packets(repeatFrames(s.own)))
	default:
		d.line("%s: %s sent message %d; no answer came in the %s that the capture goes on.", capital(first), sender, st.number(), apart(d.capture-st.msg.Nanos))
	}
	if n := len(s.peer); n > 0 && s.unread(st) {
		d.line("%s went on repeating message %d (%s): it cannot read message %d, or all copies of it were lost.", peer, st.last, packets(repeatFrames(s.peer)), st.number())
		return
	}
	if n := len(s.peer); n > 0 {
		d.line("%s went on repeating message %d (%s): message %d does not reach it.", peer, st.last, packets(repeatFrames(s.peer)), st.number())
		return
	}
	switch heard := st.heard(other(st.from)); heard {
	case nil:
		d.line("Nothing from %s is in this conversation.", peer)
	default:
		d.line("The last word of %s is %s.", peer, packets([]int64{heard.Frame}))
	}
}

// heard is the last message of a side.
func (v *view) heard(s ikestate.Speaker) (last *ikestate.Message) {
	for _, m := range v.Messages {
		if speaker(m) == s {
			last = m
		}
	}
	return last
}

func repeatFrames(rs []ikestate.Repeat) (frames []int64) {
	for _, r := range rs {
		frames = append(frames, r.Frame)
	}
	return frames
}

// noAnswer tells of a peer that is silent where keys cannot be the reason.
func (x *examiner) noAnswer(st *stage, s silence) {
	sender, peer := st.side(st.from), st.side(other(st.from))
	d := x.silent(Phase1NoAnswer, st, s)
	d.says("phase 1 failed: %s does not answer message %d of %s", peer, st.number(), sender)
	s.tell(d, st)
	switch {
	case st.deafOnNATT():
		d.line("It is the first message on UDP 4500, where nothing from %s was seen: most likely something on the way drops that port.", peer)
	case s.lost():
		st.bulk(d)
		d.advise("Look for what drops the packets from " + sender.String() + " to " + peer.String() + " behind the place of this capture.")
	}
	x.fail(st.view, d)
}

// silent begins a finding about a message without an answer.
func (x *examiner) silent(code Code, st *stage, s silence) *draft {
	c := Probable
	if code == Phase1NoAnswer && s.certain() {
		c = Proved
	}
	d := about(code, c, st.id, st.between).on(framesOf(st.msg)...).on(repeatFrames(s.peer)...)
	d.capture = x.end
	return d
}

// deafOnNATT reports whether the last message is on UDP 4500 and nothing from its
// receiver ever came from there.
func (st *stage) deafOnNATT() bool {
	if st.msg.Dst.Port() != portNATT {
		return false
	}
	for _, m := range st.Messages {
		if speaker(m) != st.from && m.Src.Port() == portNATT {
			return false
		}
	}
	return true
}

// keysUnanswered tells of a proof by pre-shared key that got no answer: what a
// peer cannot decrypt it may drop without a word.
func (x *examiner) keysUnanswered(st *stage, s silence) {
	d := x.silent(PSKMismatch, st, s)
	if owner, ok := st.owner(); ok {
		st.owns(d, owner)
	}
	s.tell(d, st)
	x.proof(d, st)
	d.line("A peer that has no tunnel for the identity in it may be silent in the same way.")
	x.fail(st.view, st.differ(d))
}

const proofNotTaken = "phase 1 failed at message %d; most likely %s does not accept the proof of identity of %s"

// proofUnanswered tells of another proof that got no answer.
func (x *examiner) proofUnanswered(st *stage, s silence) {
	d := x.silent(AuthFailed, st, s)
	d.says(proofNotTaken, st.number(), st.side(other(st.from)), st.side(st.from))
	s.tell(d, st)
	st.certificate(d, st.from)
	st.bulk(d)
	x.fail(st.view, d)
}

// bulk says where the last message is so long that its fragments may be what is lost.
func (st *stage) bulk(d *draft) {
	if n := len(st.msg.Raw); n > safeMessage {
		d.line("Message %d has %s octets, more than fit into one packet everywhere: its fragments may have been lost.", st.number(), grouped(int64(n)))
	}
}

// safeMessage is the longest IKE message in octets that needs no IP fragments on
// any path: the smallest MTU of IPv6 without its and UDP's header (RFC 8200,
// section 5).
const safeMessage = 1280 - 40 - 8

// Codes of ICMP messages (RFC 792; RFC 4443, section 3.1).
const (
	icmpUnreachable   = 3
	icmp6Unreachable  = 1
	icmpHost          = 1
	icmpProtocol      = 2
	icmpPort          = 3
	icmpFragNeeded    = 4
	icmp6Port         = 4
	icmp6PacketTooBig = 2
)

// unreachable finds ICMP errors that say that nothing listens where the last
// message of st was sent.
func (x *examiner) unreachable(st *stage) (first *ICMPError, n int) {
	for i := range x.ICMP {
		e := &x.ICMP[i]
		if e.portUnreachable() && e.Frame > st.Messages[0].Frame && e.quotes(st.msg.Src, st.msg.Dst) {
			if n++; first == nil {
				first = e
			}
		}
	}
	return first, n
}

func (e *ICMPError) v6() bool { return e.Src.Is6() && !e.Src.Is4In6() }

func (e *ICMPError) portUnreachable() bool {
	if e.v6() {
		return e.Type == icmp6Unreachable && e.Code == icmp6Port
	}
	return e.Type == icmpUnreachable && e.Code == icmpPort
}

func (e *ICMPError) quotes(src, dst netip.AddrPort) bool {
	q := &e.Quote
	return q.Src == src.Addr() && q.Dst == dst.Addr() && q.DstPort == dst.Port()
}

// portUnreachable tells of a host on which nothing listens for IKE.
func (x *examiner) portUnreachable(st *stage, s silence, e *ICMPError, n int) {
	d := x.silent(PortUnreachable, st, s)
	d.Certainty = Proved
	d.says("phase 1 failed: nothing listens on UDP %d of %s", st.msg.Dst.Port(), st.msg.Dst.Addr())
	s.tell(d, st)
	d.line("%s: %s answered ICMP port unreachable, quoting it, %s later%s.", capital(packets([]int64{e.Frame})), e.Src, apart(e.Nanos-st.msg.Nanos), moreOf(n))
	x.fail(st.view, d.on(e.Frame))
}

func moreOf(n int) string {
	if n > 1 {
		return " (and " + times(n-1) + " more)"
	}
	return ""
}

// retriesApart is the least time between a message and its retransmission, in
// nanoseconds: what comes sooner was doubled on the way or by the capture.
const retriesApart = 100e6

// retries lists the retransmissions of a message by its sender, in time order.
func (x *examiner) retries(m *ikestate.Message) (rs []ikestate.Repeat) {
	if m == nil {
		return nil
	}
	last := m.Nanos
	for _, r := range m.Repeats {
		if r.Nanos-last >= retriesApart {
			rs = append(rs, r)
			last = r.Nanos
		}
	}
	return rs
}

// isInformational reports whether m belongs to an Informational exchange.
func isInformational(m *ikestate.Message) bool {
	return m.Header.Exchange == isakmp.ExchangeInformational
}
