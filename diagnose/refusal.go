package diagnose

import (
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// phase1Refusals says what an error notification means in phase 1 (RFC 2408,
// section 3.14.1). PSKMismatch stands for "could not read or verify the proof".
var phase1Refusals = map[isakmp.NotifyType]Code{
	isakmp.NotifyNoProposalChosen:        Phase1NoProposalChosen,
	isakmp.NotifyAttributesNotSupported:  Phase1NoProposalChosen,
	isakmp.NotifyBadProposalSyntax:       Phase1NoProposalChosen,
	isakmp.NotifyInvalidTransformID:      Phase1NoProposalChosen,
	isakmp.NotifyInvalidProtocolID:       Phase1NoProposalChosen,
	isakmp.NotifySituationNotSupported:   Phase1NoProposalChosen,
	isakmp.NotifyDOINotSupported:         Phase1NoProposalChosen,
	isakmp.NotifyInvalidPayloadType:      PSKMismatch,
	isakmp.NotifyPayloadMalformed:        PSKMismatch,
	isakmp.NotifyUnequalPayloadLengths:   PSKMismatch,
	isakmp.NotifyInvalidHashInformation:  PSKMismatch,
	isakmp.NotifyAuthenticationFailed:    PSKMismatch,
	isakmp.NotifyInvalidIDInformation:    IDMismatch,
	isakmp.NotifyInvalidCertEncoding:     AuthFailed,
	isakmp.NotifyInvalidCertificate:      AuthFailed,
	isakmp.NotifyCertTypeUnsupported:     AuthFailed,
	isakmp.NotifyInvalidCertAuthority:    AuthFailed,
	isakmp.NotifyInvalidSignature:        AuthFailed,
	isakmp.NotifyCertificateUnavailable:  AuthFailed,
	isakmp.NotifyUnsupportedExchangeType: Phase1NoProposalChosen,
}

// refusedOpenly tells of a phase 1 that a peer refused in a message that could be
// read. It reports whether there was one.
func (x *examiner) refusedOpenly(st *stage) bool {
	i := slices.IndexFunc(st.Notices, func(n ikestate.Notice) bool {
		return n.Type.IsError() && n.Message.Frame > st.Messages[0].Frame
	})
	if i < 0 {
		return false
	}
	n := &st.Notices[i]
	switch code := st.meaning(n); code {
	case Phase1NoProposalChosen:
		x.noCommonProposal(st, n)
	case PSKMismatch:
		x.differentKeys(st, []*ikestate.Message{n.Message}, n.Type.String())
	case IDMismatch:
		x.wrongIdentity(st, n)
	case AuthFailed:
		x.proofRefused(st, n.Message, n.Type.String(), Proved)
	default:
		x.otherRefusal(st, n)
	}
	return true
}

// meaning is the code for an error notification at this stage.
func (st *stage) meaning(n *ikestate.Notice) Code {
	code, ok := phase1Refusals[n.Type]
	switch {
	case !ok, code == PSKMismatch && !st.proofSent():
		return Phase1Incomplete
	case code != PSKMismatch:
		return code
	case !st.psk():
		return AuthFailed
	case st.sameKeys(n.Message):
		return IDMismatch
	}
	return code
}

// sameKeys reports whether both sides encrypted with the same keys, so that their
// pre-shared keys are equal: m was read with what opened the other side's proof.
func (st *stage) sameKeys(m *ikestate.Message) bool {
	if !m.Encrypted() || !m.Decrypted {
		return false
	}
	for _, f := range st.Phase1.Flights {
		if f != nil && f.Encrypted() && f.Decrypted && speaker(f) != speaker(m) {
			return true
		}
	}
	return false
}

// after writes how long after another message one came.
func after(m, before *ikestate.Message) string { return apart(m.Nanos - before.Nanos) }

// answered writes who said what in which packet.
func (st *stage) answered(m *ikestate.Message, what string) string {
	return capital(packets([]int64{m.Frame})) + ": " + st.side(speaker(m)).String() + " answered " + what + " " + after(m, st.msg) + " later."
}

// wrongIdentity tells of an identity that a peer does not accept.
func (x *examiner) wrongIdentity(st *stage, n *ikestate.Notice) {
	refuser, refused := st.side(speaker(n.Message)), st.side(other(speaker(n.Message)))
	certainty := Probable
	if n.Type == isakmp.NotifyInvalidIDInformation {
		certainty = Proved
	}
	d := about(IDMismatch, certainty, st.id, st.between).
		says("phase 1 failed: %s does not accept the identity of %s", refuser, refused).
		on(framesOf(st.msg)...).on(n.Message.Frame)
	x.sentIdentity(d, st, other(speaker(n.Message)))
	d.line("%s", st.answered(n.Message, n.Type.String()))
	if certainty == Probable {
		d.line("Both sides encrypted with the same keys, so their pre-shared keys are equal: what remains is the identity, or that %s has no tunnel for it.", refuser)
	}
	x.fail(st.view, d)
}

// sentIdentity names the identity that a side sent.
func (x *examiner) sentIdentity(d *draft, st *stage, s ikestate.Speaker) {
	id := st.Phase1.IDii
	if s == ikestate.Responder {
		id = st.Phase1.IDir
	}
	if id != nil {
		d.line("%s calls itself %s (%s).", st.side(s), identity(id), packets(framesOf(st.msg)[:1]))
	}
}

// identity writes an identity, with its type where the text does not show it.
func identity(id *isakmp.ID) string {
	if _, ok := id.Prefix(); ok {
		return quoted(id.String())
	}
	return id.Type.String() + " " + quoted(id.String())
}

// proofRefused tells of a proof of identity, most often a certificate, that a
// peer does not accept. what it said is "" where it could not be read.
func (x *examiner) proofRefused(st *stage, m *ikestate.Message, what string, c Certainty) {
	refuser, refused := st.side(speaker(m)), st.side(other(speaker(m)))
	if what == "" {
		what = "with an encrypted Informational message"
	}
	d := about(AuthFailed, c, st.id, st.between).
		says("phase 1 failed: %s does not accept the proof of identity of %s", refuser, refused).
		line("%s: %s proved itself by %s in message %d.", capital(packets(framesOf(st.msg)[:1])), refused, st.method(), st.number()).
		on(framesOf(st.msg)...).on(m.Frame)
	x.sentIdentity(d, st, other(speaker(m)))
	st.certificate(d, other(speaker(m)))
	x.fail(st.view, d.line("%s", st.answered(m, what)))
}

// certificate says what is known of the certificate of a side whose proof was
// refused.
func (st *stage) certificate(d *draft, s ikestate.Speaker) {
	for _, c := range st.Phase1.Certificates {
		if c.From != s || c.Err != nil || c.CA || c.Raw() {
			continue
		}
		d.line("Its certificate: %s, issued by %s, valid from %s to %s.", quoted(c.Subject), quoted(c.Issuer), day(c.NotBefore), day(c.NotAfter))
		if when := outdated(c); when != "" {
			d.line("It %s when the packet was sent.", when)
		}
	}
	proof := st.Phase1.HashI
	if s == ikestate.Responder {
		proof = st.Phase1.HashR
	}
	if proof == ikestate.Refuted {
		d.line("The signature does not verify with the certificate that came with it.")
	}
}

// method names the authentication method in words.
func (v *view) method() string {
	switch c := v.Phase1.Chosen; {
	case c == nil:
		return "a method that is not in the capture"
	case c.Auth.Plain() == isakmp.AuthPSK:
		return "a pre-shared key"
	case c.Auth.IsSignature():
		return "a signature (" + suite.Title(c.Auth.String()) + ")"
	default:
		return suite.Title(c.Auth.String())
	}
}

// otherRefusal tells of a refusal that has no code of its own.
func (x *examiner) otherRefusal(st *stage, n *ikestate.Notice) {
	x.fail(st.view, about(Phase1Incomplete, Proved, st.id, st.between).as(Error).
		says("phase 1 refused: %s answered %s to message %d of %s", st.side(speaker(n.Message)), n.Type, st.number(), st.side(other(speaker(n.Message)))).
		line("%s: message %d.", capital(packets(framesOf(st.msg))), st.number()).
		line("%s", st.answered(n.Message, n.Type.String())).
		on(framesOf(st.msg)...).on(n.Message.Frame))
}

// refusedUnread tells of a phase 1 whose proof was answered by an Informational
// message that nothing opens. It reports whether there was one.
func (x *examiner) refusedUnread(st *stage) bool {
	if !st.proofSent() {
		return false
	}
	i := slices.IndexFunc(st.answers, func(m *ikestate.Message) bool { return m.Encrypted() && !m.Decrypted || deletes(m) })
	if i < 0 {
		return false
	}
	m := st.answers[i]
	if st.complete() && (m.Nanos-st.msg.Nanos > quickly || st.livesOn(m)) {
		return false
	}
	switch {
	case !st.psk():
		x.proofRefused(st, m, said(m), Probable)
	case deletes(m), st.proofByBoth() && st.understood(x, m):
		x.identityUnread(st, m)
	default:
		x.differentKeys(st, st.answers, "")
	}
	return true
}

// livesOn reports whether the ISAKMP SA was in use although an Informational
// message m came right after phase 1, as an INITIAL-CONTACT does.
func (st *stage) livesOn(m *ikestate.Message) bool {
	for _, o := range st.Messages {
		if o.Frame > st.msg.Frame && (speaker(o) == st.from || o.Nanos-m.Nanos > quickly) {
			return true
		}
	}
	return false
}

// deletes reports whether m is readable and carries a Delete.
func deletes(m *ikestate.Message) bool {
	_, ok := m.First(isakmp.PayloadDelete)
	return ok
}

func said(m *ikestate.Message) string {
	if deletes(m) {
		return "with a Delete"
	}
	return ""
}

// proofByBoth reports whether the last message answers a proof, or is one that
// only its receiver can check: all but message 2 of Aggressive Mode, whose hash
// is the first thing that the initiator compares with its own key.
func (st *stage) proofByBoth() bool {
	return st.Phase1.Script.Exchange != isakmp.ExchangeAggressive || st.last > 1
}

// understood reports whether the sender of the proof could read the answer: it
// fell silent, although with other keys it would have repeated its message. That
// shows the pre-shared keys to be equal.
func (st *stage) understood(x *examiner, m *ikestate.Message) bool {
	if st.Phase1.HashI == ikestate.Verified && !m.Decrypted && !st.complete() {
		return false // its keys are known, and do not open the answer
	}
	for _, r := range x.retries(st.msg) {
		if r.Nanos > m.Nanos {
			return false
		}
	}
	return true
}

// patience is how long a sender waits at most before it repeats a message, in
// nanoseconds: daemons begin with 0.5 to 4 s.
const patience = 10e9

// identityUnread tells of a refusal that the other side could read.
func (x *examiner) identityUnread(st *stage, m *ikestate.Message) {
	refuser, refused := st.side(speaker(m)), st.side(other(speaker(m)))
	what := said(m)
	if what == "" {
		what = "with an encrypted Informational message"
	}
	d := about(IDMismatch, Probable, st.id, st.between).
		says("phase 1 failed at message %d; most likely %s does not accept the identity of %s", st.number(), refuser, refused).
		on(framesOf(st.msg)...).on(m.Frame)
	x.sentIdentity(d, st, other(speaker(m)))
	x.fail(st.view, d.line("%s", st.answered(m, what)).
		line("%s read the answer, since it did not repeat message %d: the keys are equal, so it is the identity, or a tunnel for it, that %s lacks.", refused, st.number(), refuser))
}
