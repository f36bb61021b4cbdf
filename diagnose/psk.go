package diagnose

import (
	"ikescope/ikestate"
	"ikescope/secrets"
)

// differentKeys tells of two peers that use different pre-shared keys. answers
// are what came back on the last message; what names the error in the first of
// them, "" where it could not be read.
//
// It is proved where a key is known to be one side's, by the hash that it made,
// and the other side could not read that or answered under another key.
func (x *examiner) differentKeys(st *stage, answers []*ikestate.Message, what string) {
	d := about(PSKMismatch, Probable, st.id, st.between).on(framesOf(st.msg)...).on(framesOf(answers...)...)
	owner, known := st.owner()
	answer, opened := x.rival(st, answers)
	if known {
		st.owns(d, owner)
	}
	switch peer := st.side(other(st.from)); {
	case opened:
		d.Certainty = Proved
		if !known {
			d.line("%s, message %d of %s, is not made with %s.", capital(packets(framesOf(st.msg)[:1])), st.number(), st.side(st.from), answer.key)
		}
		d.line("%s opens with %s, so %s has %s; it says %s.", capital(packets([]int64{answer.msg.Frame})), answer.key, peer, answer.key.pronoun(), answer.said)
		d.Secrets = append(d.Secrets, answer.secrets...)
	case known:
		d.Certainty = Proved
		st.answer(d, answers, what, ", which does not open with the keys of "+st.side(st.from).String()+",")
	default:
		st.answer(d, answers, what, "")
		x.proof(d, st)
	}
	if repeats := x.retries(st.msg); len(repeats) > 0 && !known && !opened {
		d.line("%s went on repeating message %d, so it could not read the answer.", st.side(st.from), st.number())
	}
	x.fail(st.view, st.differ(d))
}

// differ writes the summary as certain as it is.
func (st *stage) differ(d *draft) *draft {
	a, b := st.Initiator.Addr(), st.Responder.Addr()
	if d.Certainty == Proved {
		return d.says("phase 1 failed: %s and %s use different pre-shared keys", a, b)
	}
	return d.says("phase 1 failed at message %d; most likely %s and %s use different pre-shared keys", st.number(), a, b)
}

// peerKey is a pre-shared key of the user, or what a peer's log says that it made of
// its own.
type peerKey struct {
	source secrets.Source
	logged bool
}

func (k peerKey) String() string {
	if k.logged {
		return "the ISAKMP SA keys of " + k.source.String()
	}
	return "the pre-shared key of " + k.source.String()
}

func (k peerKey) pronoun() string {
	if k.logged {
		return "those"
	}
	return "that one"
}

// owner is the key that the sender of the last message uses: its hash verified.
func (st *stage) owner() (k peerKey, ok bool) {
	p := st.Phase1
	proof := p.HashI
	if st.from == ikestate.Responder {
		proof = p.HashR
	}
	if k.source = p.Ladder.PSKSource; k.source == (secrets.Source{}) {
		k = peerKey{p.Ladder.DHSource, true}
	}
	return k, proof == ikestate.Verified && k.source != (secrets.Source{})
}

func (st *stage) owns(d *draft, key peerKey) {
	d.line("%s (message %d) verifies with %s, so %s has %s.", capital(packets(framesOf(st.msg)[:1])), st.number(), key, st.side(st.from), key.pronoun())
}

// answer writes what came back; closed says what is known of an answer that could
// not be read.
func (st *stage) answer(d *draft, answers []*ikestate.Message, what, closed string) {
	if len(answers) == 0 {
		return
	}
	m, peer := answers[0], st.side(other(st.from))
	if what != "" {
		d.line("%s could not read or verify message %d (%s) and answered %s in %s, %s later.", peer, st.number(), packets(framesOf(st.msg)[:1]), what, packets([]int64{m.Frame}), after(m, st.msg))
		return
	}
	d.line("%s answered message %d (%s) with an encrypted Informational message%s %s later (%s).", peer, st.number(), packets(framesOf(st.msg)[:1]), closed, after(m, st.msg), packets(framesOf(answers...)))
}

// proof says what would turn the guess into proof.
func (x *examiner) proof(d *draft, st *stage) {
	switch l := st.Phase1.Ladder; {
	case x.Ring == nil || len(x.agreements(st.view)) == 0:
		d.advise("A Diffie-Hellman private value of this exchange, or its shared secret, would prove it; strongSwan logs the secret at ike = 4, most others log none.")
	case l.DHAssumed:
		d.line("The pre-shared keys and the DH shared secret given open nothing together: one of the two is wrong.")
	case l.PSK == ikestate.PSKRefuted:
		d.line("None of the pre-shared keys given is that of %s.", st.side(st.from))
	}
}
