package ikestate_test

import (
	"bytes"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
)

const (
	usePPK      = 16435
	ppkIdentity = 16436
	noPPKAuth   = 16437
)

var thePPK = []byte("a post-quantum pre-shared key")

// mix is RFC 8784, section 3.
func (k skV2) mix(ppk []byte) skV2 {
	k.d, k.pi, k.pr = prfPlusV2(ppk, 32, k.d), prfPlusV2(ppk, 32, k.pi), prfPlusV2(ppk, 32, k.pr)
	return k
}

// withPPK speaks a negotiation in which the initiator names a post-quantum key. agreed
// says that the responder has it, optional that the initiator would do without.
func withPPK(t testing.TB, agreed, optional bool, further int) (s *spokenV2, before skV2) {
	s = newSpokenV2(t)
	s.gcm, s.additional = true, []uint16{36, 37}[:further]
	s.begin(notifyV2(usePPK, nil))
	for i, id := range s.additional {
		s.between(id, kem(i), make([]byte, 1184), make([]byte, 1088))
	}
	before, mixed := s.sk, s.sk.mix(thePPK)
	var extra [2][]isakmp.Payload
	extra[0] = []isakmp.Payload{notifyV2(ppkIdentity, []byte("\x02name"))}
	if optional {
		extra[0] = append(extra[0], notifyV2(noPPKAuth, s.auth(0, before.pi)))
	}
	skp := [2][]byte{mixed.pi, before.pr}
	if agreed {
		skp[1] = mixed.pr
		extra[1] = []isakmp.Payload{notifyV2(ppkIdentity, nil)}
	}
	s.authenticate(skp, extra)
	if agreed {
		s.sk = mixed // SK_e and SK_a stay as they are
	}
	return s, before
}

func addPPK(r *secrets.Ring, line int, value []byte, ids ...string) *secrets.Ring {
	r.PPKs = append(r.PPKs, secrets.PPK{Secret: keymat.NewSecret(value), IDs: ids, Source: secrets.Source{File: "ppk", Line: line}})
	return r
}

// RFC 8784: with the key AUTH verifies and the child SA has its keys, also behind
// further key exchanges.
func TestPPK(t *testing.T) {
	for further := range 3 {
		s, _ := withPPK(t, true, false, further)
		secret := func() *secrets.Ring { return s.withPSK(knows(s.shared, kem(0), kem(1))) }
		ring := addPPK(addPPK(secret(), 1, []byte("wrong"), "name"), 2, thePPK)
		e := solve(t, s.ds, ring)
		c := e.Conversations()[0]
		s.proved(c, ikestate.Verified, ikestate.Verified)
		s.hasKeys(c, uint32(further+1), s.childKeys(s.sk.d, nil, s.nonce))
		x := c.IKEv2.PPK
		if !x.Used || x.ID != "name" || x.Verdict != ikestate.Verified || x.Source.Line != 2 || !bytes.Equal(c.IKEv2.Keys.D.Secret().Bytes(), s.sk.d) {
			t.Errorf("%+v, or SK_d is another", x)
		}
		if sa := c.IPsecSAs[0]; len(sa.Keys) != 1 || sa.Keys[0].Tentative || sa.Missing() != "" {
			t.Errorf("%d candidates, missing %q", len(sa.Keys), sa.Missing())
		}
		if use := e.Uses().Opened(secrets.Source{File: "ppk", Line: 2}, "ppk"); len(use) != 1 {
			t.Errorf("use %+v", use)
		}
		mid := s.createChild(newRekeying(1), nil, nil)
		r := newRekeying(1)
		ring.Merge(knows(r.sk0))
		s.hasKeys(s.solved(ring), mid, s.childKeys(s.sk.d, r.sk0, r.nonce))
	}
}

// Without the key nothing is wrong: messages open, AUTH stays unchecked, and what is
// missing is named.
func TestPPKMissing(t *testing.T) {
	s, _ := withPPK(t, true, false, 0)
	c := s.solved(s.withPSK(knows(s.shared)))
	s.proved(c, ikestate.Unchecked, ikestate.Unchecked)
	sa := c.IPsecSAs[0]
	if got := sa.Missing(); len(sa.Keys) > 0 || !strings.Contains(got, `post-quantum pre-shared key "name" (RFC 8784)`) {
		t.Errorf("%d candidates, missing %q", len(sa.Keys), got)
	}
	if why := c.Phase1.Proof(ikestate.Responder).Why; !strings.Contains(why, `post-quantum pre-shared key "name"`) {
		t.Errorf("why %q", why)
	}
	for _, m := range c.Messages {
		if !m.Decrypted {
			t.Errorf("frame %d is closed: %s", m.Frame, m.Note)
		}
	}
}

// Where AUTH proves nothing, as the pre-shared key is not known, each key is a
// candidate, and packets tell.
func TestPPKTentative(t *testing.T) {
	s, _ := withPPK(t, true, false, 0)
	c := s.solved(addPPK(addPPK(knows(s.shared), 1, []byte("wrong")), 2, thePPK, "Name"))
	s.proved(c, ikestate.Unchecked, ikestate.Unchecked)
	s.hasKeys(c, 1, s.childKeys(s.sk.d, nil, s.nonce))
	sa := c.IPsecSAs[0]
	if first := sa.Keys[0]; len(sa.Keys) != 2 || !first.Tentative || len(first.Besides) != 1 || first.Besides[0].Source.Line != 2 {
		t.Errorf("candidates %+v", sa.Keys)
	}
	if !c.IKEv2.Keys.D.IsZero() || sa.Missing() == "" {
		t.Errorf("SK_d is taken for known, or nothing is missing")
	}
}

// NO_PPK_AUTH is what counts where the responder does not have the key, and proves
// the pre-shared key where it does.
func TestNoPPKAuth(t *testing.T) {
	s, before := withPPK(t, false, true, 0)
	c := s.solved(s.withPSK(knows(s.shared)))
	s.proved(c, ikestate.Verified, ikestate.Verified)
	s.hasKeys(c, 1, s.childKeys(before.d, nil, s.nonce))
	if c.IKEv2.PPK.Used || c.IPsecSAs[0].Missing() != "" {
		t.Errorf("%+v, missing %q", c.IKEv2.PPK, c.IPsecSAs[0].Missing())
	}
	c = s.solved(addPPK(s.withPSK(knows(s.shared)), 1, thePPK))
	s.proved(c, ikestate.Verified, ikestate.Verified)
	s.hasKeys(c, 1, s.childKeys(before.d, nil, s.nonce))

	s, _ = withPPK(t, true, true, 0)
	c = s.solved(addPPK(s.withPSK(knows(s.shared)), 1, []byte("wrong")))
	s.proved(c, ikestate.Verified, ikestate.Unchecked)
	if c.IKEv2.PPK.Verdict != ikestate.Refuted || c.Phase1.Ladder.PSK != ikestate.PSKVerified {
		t.Errorf("%+v, PSK %v", c.IKEv2.PPK, c.Phase1.Ladder.PSK)
	}
	ring := knows(s.shared)
	ring.PSKs = []secrets.PSK{{Secret: keymat.NewSecret([]byte("another")), Source: secrets.Source{File: "psk"}}}
	s.proved(s.solved(ring), ikestate.Refuted, ikestate.Unchecked)
}

// The answer is not in the capture: whether the key is in SK_d is not known.
func TestPPKUnanswered(t *testing.T) {
	s, before := withPPK(t, true, false, 0)
	s.ds = append(s.ds[:3:3], s.ds[4:]...)
	r := newRekeying(1)
	mid := s.createChild(r, nil, nil)
	for _, d := range [][]byte{before.d, s.sk.d} {
		c := s.solved(addPPK(knows(s.shared, r.sk0), 1, thePPK))
		s.hasKeys(c, mid, s.childKeys(d, r.sk0, r.nonce))
	}
	c := s.solved(addPPK(s.withPSK(knows(s.shared, r.sk0)), 1, thePPK))
	s.proved(c, ikestate.Verified, ikestate.Unchecked)
}

// Keys that were supplied may have the key in them already, or stand beside them, as
// strongSwan logs them.
func TestPPKSuppliedKeys(t *testing.T) {
	s, before := withPPK(t, true, false, 0)
	want := s.childKeys(s.sk.d, nil, s.nonce)
	mixed := s.sk
	for name, ring := range map[string]*secrets.Ring{
		"in them": {IKEv2s: []secrets.IKEv2{mixed.ring(1, true)}},
		"not yet": addPPK(&secrets.Ring{IKEv2s: []secrets.IKEv2{before.ring(1, true)}}, 1, thePPK),
		"beside":  {IKEv2s: []secrets.IKEv2{before.ring(1, true), {SKd: keymat.NewSecret(mixed.d), SKpi: keymat.NewSecret(mixed.pi), SKpr: keymat.NewSecret(mixed.pr), Source: secrets.Source{File: "sk", Line: 2}}}},
	} {
		c := s.solved(s.withPSK(ring))
		s.proved(c, ikestate.Verified, ikestate.Verified)
		s.hasKeys(c, 1, want)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// Of more keys than are tried, that with the name the initiator says comes first, and
// what is left out is told; so it is where there are many pre-shared keys besides.
func TestManyPPKs(t *testing.T) {
	s, _ := withPPK(t, true, false, 0)
	for _, psks := range []int{0, 500} {
		ring := knows(s.shared)
		for i := range 300 {
			addPPK(ring, i+1, []byte{byte(i), byte(i >> 8)})
		}
		addPPK(ring, 301, thePPK, "name")
		for i := range psks {
			ring.PSKs = append(ring.PSKs, secrets.PSK{Secret: keymat.NewSecret([]byte{byte(i), byte(i >> 8)}), Source: secrets.Source{File: "psks", Line: i + 1}})
		}
		e := solve(t, s.ds, s.withPSK(ring))
		c := e.Conversations()[0]
		s.proved(c, ikestate.Verified, ikestate.Verified)
		if c.IKEv2.PPK.Source.Line != 301 || e.Dropped().Attempts == 0 {
			t.Errorf("%+v, %+v", c.IKEv2.PPK, e.Dropped())
		}
	}
}

// A peer's name for the key is shown as text only if it is harmless.
func TestPPKName(t *testing.T) {
	s := newSpokenV2(t)
	s.begin()
	mixed := s.sk.mix(thePPK)
	s.authenticate([2][]byte{mixed.pi, mixed.pr}, [2][]isakmp.Payload{{notifyV2(ppkIdentity, []byte("\x02\x1b[31m"))}, {notifyV2(ppkIdentity, nil)}})
	c := s.solved(knows(s.shared))
	if got := c.IPsecSAs[0].Missing(); strings.Contains(got, "\x1b") || !strings.Contains(got, "1b5b33316d") {
		t.Errorf("missing %q", got)
	}
}

// RFC 9867 mixes the key in elsewhere, which is named and not computed.
func TestPPKElsewhere(t *testing.T) {
	const usePPKInt, ppkIdentityKey = 16445, 16446
	s := newSpokenV2(t)
	s.begin(notifyV2(usePPKInt, nil))
	s.exchange(isakmp.ExchangeIntermediate, []isakmp.Payload{notifyV2(ppkIdentityKey, []byte("\x02name confirm"))}, []isakmp.Payload{notifyV2(ppkIdentity, []byte("\x02name"))})
	s.sk = s.expand(prfPlusV2(thePPK, 32, s.sk.d), s.nonce, s.spi)
	s.authenticate([2][]byte{s.sk.pi, s.sk.pr}, [2][]isakmp.Payload{})
	c := s.solved(addPPK(s.withPSK(knows(s.shared)), 1, thePPK))
	if got := c.Missing(); !strings.Contains(got, "RFC 9867") || !c.IKEv2.Keys.D.IsZero() {
		t.Errorf("missing %q", got)
	}
	s = newSpokenV2(t)
	s.begin(notifyV2(usePPKInt, nil))
	s.authenticate([2][]byte{s.sk.pi, s.sk.pr}, [2][]isakmp.Payload{})
	request := append(s.childV2(0, 0, nil), payload(isakmp.PayloadNonce2, s.nonce[0]), notifyV2(ppkIdentityKey, []byte("\x02name confirm")))
	response := append(s.childV2(1, 0, nil), payload(isakmp.PayloadNonce2, s.nonce[1]), notifyV2(ppkIdentity, []byte("\x02name")))
	s.exchange(isakmp.ExchangeCreateChildSA, request, response)
	c = s.solved(addPPK(s.withPSK(knows(s.shared)), 1, thePPK))
	s.proved(c, ikestate.Verified, ikestate.Verified)
	if sa := c.IPsecSAs[2]; len(sa.Keys) > 0 || !strings.Contains(sa.Missing(), "RFC 9867") {
		t.Errorf("%d candidates, missing %q", len(sa.Keys), sa.Missing())
	}
}
