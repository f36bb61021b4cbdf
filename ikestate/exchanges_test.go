package ikestate_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// Pre-shared keys in every phase 1 exchange.
func TestPreSharedKeys(t *testing.T) {
	for _, x := range phase1Exchanges {
		s := newSpoken(t, x, isakmp.AuthPSK)
		c := oneConversation(t, solve(t, s.speak(), s.ring()))
		for side := range ikestate.Speaker(2) {
			if p := c.Phase1.Proof(side); p.Verdict != ikestate.Verified || p.Payload != isakmp.PayloadHash {
				t.Errorf("%s, %s: %s %s", x, side, p.Verdict, p.Why)
			}
		}
		if c.State() != ikestate.Established || len(c.Deletes) != 1 || c.Phase1.Ladder.PSK != ikestate.PSKVerified {
			t.Errorf("%s: %s, %d Deletes, PSK %s", x, c.State(), len(c.Deletes), c.Phase1.Ladder.PSK)
		}
	}
}

// In Aggressive and Base Mode a PSK is confirmed or refuted without any DH secret;
// in Main Mode it cannot be.
func TestPreSharedKeyAlone(t *testing.T) {
	for _, x := range []struct {
		exchange     isakmp.ExchangeType
		right, wrong ikestate.PSKVerdict
	}{
		{isakmp.ExchangeMain, ikestate.PSKUnverified, ikestate.PSKUnverified},
		{isakmp.ExchangeAggressive, ikestate.PSKVerified, ikestate.PSKRefuted},
		{isakmp.ExchangeBase, ikestate.PSKVerified, ikestate.PSKRefuted},
	} {
		s := newSpoken(t, x.exchange, isakmp.AuthPSK)
		ds := s.speak()
		for psk, want := range map[string]ikestate.PSKVerdict{"spoken key": x.right, "other": x.wrong} {
			r := &secrets.Ring{PSKs: []secrets.PSK{{Secret: keymat.NewSecret([]byte(psk)), Source: secrets.Source{File: "--psk"}}}}
			c := oneConversation(t, solve(t, ds, r))
			if got := c.Phase1.Ladder.PSK; got != want {
				t.Errorf("%s, %q: %s, want %s", x.exchange, psk, got, want)
			}
			if c.State() != ikestate.Established {
				t.Errorf("%s, %q: %s", x.exchange, psk, c.State())
			}
		}
	}
}

// The same of the recorded Aggressive Modes, with the PSK first and last of many.
func TestPreSharedKeyAloneRecorded(t *testing.T) {
	for name, psk := range map[string]string{"aggressive-psk-aes128-sha1-modp1536": "lab secret 1", "vpnc-strongswan-xauth": "grouppw"} {
		ds := datagrams(t, samples.ByName(name))
		for _, x := range []struct {
			keys []string
			want ikestate.PSKVerdict
		}{
			{[]string{psk}, ikestate.PSKVerified},
			{[]string{psk, "b", "c"}, ikestate.PSKVerified},
			{[]string{"a", "b", psk}, ikestate.PSKVerified},
			{[]string{psk + " "}, ikestate.PSKRefuted},
			{[]string{"a", "b"}, ikestate.PSKRefuted},
			{nil, ikestate.PSKUnused},
		} {
			r := &secrets.Ring{}
			for i, k := range x.keys {
				r.PSKs = append(r.PSKs, secrets.PSK{Secret: keymat.NewSecret([]byte(k)), Source: secrets.Source{File: "--psk", Line: i + 1}})
			}
			c := oneConversation(t, solve(t, ds, r))
			l := c.Phase1.Ladder
			if l.PSK != x.want {
				t.Errorf("%s, %q: %s, want %s", name, x.keys, l.PSK, x.want)
			}
			if at := slices.Index(x.keys, psk); at >= 0 && l.PSKSource.Line != at+1 {
				t.Errorf("%s, %q: source %s", name, x.keys, l.PSKSource)
			}
		}
	}
}

// A HASH in the clear does not prove a g^xy: of several, the one that opens what
// follows is taken, and where none does the PSK is verified all the same.
func TestSharedSecretsOfAggressiveMode(t *testing.T) {
	s := newSpoken(t, isakmp.ExchangeAggressive, isakmp.AuthPSK)
	ds := s.speak()
	share := func(b []byte, line int) secrets.DH {
		return secrets.DH{Shared: keymat.NewSecret(b), Source: secrets.Source{File: "dh", Line: line}}
	}
	wrong := bytes.Repeat([]byte{7}, len(s.gxy))
	for _, x := range []struct {
		dhs  []secrets.DH
		line int
		read int
	}{
		{[]secrets.DH{share(s.gxy, 1)}, 1, 1},
		{[]secrets.DH{share(wrong, 1), share(s.gxy, 2)}, 2, 1},
		{[]secrets.DH{share(s.gxy, 1), share(wrong, 2)}, 1, 1},
		{[]secrets.DH{share(wrong, 1)}, 0, 0},
	} {
		r := s.ring()
		r.DHs = x.dhs
		c := oneConversation(t, solve(t, ds, r))
		if l := c.Phase1.Ladder; l.PSK != ikestate.PSKVerified || l.DHSource.Line != x.line || len(c.Deletes) != x.read {
			t.Errorf("%d secrets: PSK %s, DH %v, %d Deletes", len(x.dhs), l.PSK, l.DHSource, len(c.Deletes))
		}
	}
	r := s.ring()
	r.DHs = []secrets.DH{share(s.gxy, 1)}
	c := oneConversation(t, solve(t, ds[:3], r)) // nothing to test the keys on
	if l := c.Phase1.Ladder; l.PSK != ikestate.PSKVerified || l.CipherKey.IsZero() {
		t.Errorf("without what follows: PSK %s, cipher key absent %t", l.PSK, l.CipherKey.IsZero())
	}
}

// oneQuick is the only Quick Mode of a conversation.
func oneQuick(t *testing.T, c *ikestate.Conversation) *ikestate.QuickMode {
	t.Helper()
	var found []*ikestate.QuickMode
	for _, x := range c.Exchanges {
		if x.Quick != nil {
			found = append(found, x.Quick)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d Quick Modes", len(found))
	}
	return found[0]
}

// The commit bit and the CONNECTED that it waits for, in a fourth message of the
// exchange and in an Informational exchange of its message ID.
func TestCommitBit(t *testing.T) {
	for _, fourth := range []bool{true, false} {
		s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
		s.speak()
		q := newQuick(0x11223344)
		q.flags = isakmp.FlagCommit
		iv := s.quick(q)
		connected := notification(isakmp.ProtocolESP, isakmp.NotifyConnected, q.spis[1], nil)
		if fourth {
			s.encrypt(1, isakmp.ExchangeQuick, q.mid, iv, s.hashed(q.mid, []isakmp.Payload{connected}))
		} else {
			s.protected(1, isakmp.ExchangeInformational, q.mid, connected)
		}
		c := oneConversation(t, solve(t, s.sent, s.ring()))
		got := oneQuick(t, c)
		if !got.Commit || got.Connected == nil || got.Connected.Frame != int64(len(s.sent)) || got.State != ikestate.Established || len(c.IPsecSAs) != 2 {
			t.Errorf("fourth %t: commit %t, connected %v, %s, %d SAs", fourth, got.Commit, got.Connected != nil, got.State, len(c.IPsecSAs))
		}
		for i, m := range got.Flights {
			if m == nil || m.Position != i+1 {
				t.Errorf("fourth %t: message %d is missing or misplaced", fourth, i+1)
			}
		}
		if last := c.Messages[len(c.Messages)-1]; last.Verified != ikestate.Verified || fourth && last.Position != 4 {
			t.Errorf("fourth %t: %s, position %d", fourth, last.Verified, last.Position)
		}
		if n := c.Said(isakmp.NotifyConnected); len(n) != 1 {
			t.Errorf("fourth %t: %d notifications", fourth, len(n))
		}
	}
	s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
	s.speak()
	s.quick(newQuick(5))
	if q := oneQuick(t, oneConversation(t, solve(t, s.sent, s.ring()))); q.Commit || q.Connected != nil {
		t.Error("a commit bit that nobody set")
	}
}

// lifetimes are two data attributes of RESPONDER-LIFETIME: seconds.
func lifetimes(seconds uint16) []byte {
	return binary.BigEndian.AppendUint16([]byte{0x80, 1, 0, 1, 0x80, 2}, seconds)
}

func TestResponderLifetime(t *testing.T) {
	s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
	s.speak()
	q := newQuick(9)
	q.notify = []isakmp.Payload{notification(isakmp.ProtocolESP, isakmp.NotifyResponderLifetime, q.spis[1], lifetimes(900))}
	s.quick(q)
	cookies := append(slices.Clone(s.cky[0]), s.cky[1]...)
	phase1 := append([]byte{0x80, 11, 0, 1, 0x80, 12}, 0x0e, 0x10) // RFC 2409, appendix A
	s.protected(1, isakmp.ExchangeInformational, 77, notification(isakmp.ProtocolISAKMP, isakmp.NotifyResponderLifetime, cookies, phase1))
	c := oneConversation(t, solve(t, s.sent, s.ring()))
	for _, sa := range c.IPsecSAs {
		if sa.LifetimeSeconds != 900 {
			t.Errorf("SA 0x%08x lives %d s", sa.SPI, sa.LifetimeSeconds)
		}
	}
	if got := fmt.Sprint(c.Phase1.ResponderLifetimes); len(c.IPsecSAs) != 2 || got != "[{seconds 3600}]" {
		t.Errorf("%d SAs, ISAKMP SA %s", len(c.IPsecSAs), got)
	}
	// A longer one than was negotiated changes nothing.
	s = newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
	s.speak()
	q.notify[0] = notification(isakmp.ProtocolESP, isakmp.NotifyResponderLifetime, q.spis[1], lifetimes(9000))
	s.quick(q)
	for _, sa := range oneConversation(t, solve(t, s.sent, s.ring())).IPsecSAs {
		if sa.LifetimeSeconds != 3600 {
			t.Errorf("SA 0x%08x lives %d s", sa.SPI, sa.LifetimeSeconds)
		}
	}
}

// Dead peer detection of a recorded tunnel, as the daemons log it: the last two
// questions, with one number, have no answer.
func TestProbesRecorded(t *testing.T) {
	s := samples.ByName("dpd")
	c := oneConversation(t, solve(t, datagrams(t, s), ring(t, s)))
	var got []string
	for _, p := range c.Probes() {
		answer := int64(0)
		if p.Answer != nil {
			answer = p.Answer.Frame
		}
		got = append(got, fmt.Sprint(p.By, " ", p.Sequence, " ", p.Asked.Frame, " ", answer))
	}
	want := []string{
		"initiator 295084965 19 22", "responder 1902912608 20 21", "initiator 295084966 25 26",
		"initiator 295084967 27 28", "initiator 295084968 29 30", "initiator 295084969 35 0", "initiator 295084969 36 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("probes\n%q, want\n%q", got, want)
	}
	s = samples.ByName("xauth-mm-psk-modecfg")
	c = oneConversation(t, solve(t, datagrams(t, s), ring(t, s)))
	if n := c.Said(isakmp.NotifyInitialContact); len(n) != 1 || n[0].Message.Position != 5 {
		t.Errorf("initial contact %+v", n)
	}
}

// An answer belongs to the question with its number, of the other side.
func TestProbesArePaired(t *testing.T) {
	s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
	s.speak()
	cookies := append(slices.Clone(s.cky[0]), s.cky[1]...)
	probe := func(by int, mid uint32, t isakmp.NotifyType, seq uint32) {
		s.protected(by, isakmp.ExchangeInformational, mid, notification(isakmp.ProtocolISAKMP, t, cookies, binary.BigEndian.AppendUint32(nil, seq)))
	}
	ask, answer := isakmp.NotifyRUThere, isakmp.NotifyRUThereAck
	probe(1, 1, answer, 50) // before its question
	probe(0, 2, ask, 50)
	probe(0, 3, ask, 51)
	probe(0, 4, answer, 51) // of the same side
	probe(0, 5, ask, 51)    // again
	probe(1, 6, answer, 51)
	probe(1, 7, ask, 51)
	probe(0, 8, answer, 51)
	var got []string
	for _, p := range oneConversation(t, solve(t, s.sent, s.ring())).Probes() {
		got = append(got, fmt.Sprint(p.By, p.Sequence, p.Answer != nil))
	}
	want := []string{"initiator 50 false", "initiator 51 true", "initiator 51 true", "responder 51 true"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
