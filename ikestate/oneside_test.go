package ikestate_test

import (
	"slices"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// ladderOf is the keys that a daemon's log would give.
func ladderOf(t *testing.T, name string) *secrets.Ring {
	t.Helper()
	known, err := samples.ByName(name).Secrets()
	if err != nil {
		t.Fatal(err)
	}
	k := known.IKE[0]
	return &secrets.Ring{
		ISAKMPs: []secrets.ISAKMP{{
			SKEYID: keymat.NewSecret(k.SKEYID), SKEYIDd: keymat.NewSecret(k.SKEYIDd), SKEYIDa: keymat.NewSecret(k.SKEYIDa),
			SKEYIDe: keymat.NewSecret(k.SKEYIDe), CipherKey: keymat.NewSecret(k.CipherKey), InitialIV: keymat.NewSecret(k.InitialIV),
		}},
		IKEv2s: []secrets.IKEv2{{
			SKd: keymat.NewSecret(k.SKd), SKai: keymat.NewSecret(k.SKai), SKar: keymat.NewSecret(k.SKar),
			SKei: keymat.NewSecret(k.SKei), SKer: keymat.NewSecret(k.SKer),
		}},
	}
}

// sideOf solves what one address of a recorded tunnel sent; "" is both sides.
func sideOf(t *testing.T, name, from string) *ikestate.Conversation {
	t.Helper()
	ds := slices.DeleteFunc(datagrams(t, samples.ByName(name)), func(d ikestate.Datagram) bool { return from != "" && d.Src.Addr().String() != from })
	return oneConversation(t, solve(t, ds, ladderOf(t, name)))
}

// A HASH covers the public values of both sides (RFC 2409, section 5): where they are
// not in the capture, or were cut, it is neither right nor wrong.
func TestProofWithoutPublicValues(t *testing.T) {
	for _, x := range []struct{ name, from string }{
		{"capture-snaplen-200", ""},
		{"mm-psk-aes128-sha1-modp1536", "192.0.2.1"},
		{"mm-psk-aes128-sha1-modp1536", "192.0.2.2"},
	} {
		c := sideOf(t, x.name, x.from)
		checked := 0
		for s := range ikestate.Speaker(2) {
			p := c.Phase1.Proof(s)
			if p.Payload == isakmp.PayloadNone {
				continue
			}
			checked++
			if p.Verdict != ikestate.Unchecked || !strings.HasPrefix(p.Why, "the public values") {
				t.Errorf("%s %s: %s: %s, %q", x.name, x.from, s, p.Verdict, p.Why)
			}
		}
		if want := map[string]int{"": 2, "192.0.2.1": 1}[x.from]; checked != want {
			t.Errorf("%s %s: %d proofs, want %d", x.name, x.from, checked, want)
		}
		if c.State() != ikestate.Established {
			t.Errorf("%s %s: %s", x.name, x.from, c.State())
		}
	}
}

// The second message of a Quick Mode is not called the first where that is missing,
// and what does not open for want of the message before it is not blamed on the keys.
func TestQuickModeOfOneSide(t *testing.T) {
	for from, want := range map[string]struct {
		positions []int
		closed    int
	}{"192.0.2.1": {[]int{1, 3}, 1}, "192.0.2.2": {[]int{2}, 1}} {
		c := sideOf(t, "mm-psk-aes128-sha1-modp1536", from)
		var positions []int
		closed := 0
		for _, m := range c.Messages {
			if m.Header.Exchange == isakmp.ExchangeQuick {
				positions = append(positions, m.Position)
			}
			if m.Encrypted() && !m.Decrypted {
				closed++
				if m.Note != "it chains to a message that is not in the capture, or not whole" {
					t.Errorf("%s: packet %d: %q", from, m.Frame, m.Note)
				}
			}
		}
		if !slices.Equal(positions, want.positions) || closed != want.closed {
			t.Errorf("%s: positions %v, %d closed; want %v", from, positions, closed, want)
		}
	}
}

// Who makes a child SA, or a Quick Mode, has an IKE SA, also where its peer is not in
// the capture.
func TestEstablishedOfOneSide(t *testing.T) {
	for _, from := range []string{"192.0.2.1", "192.0.2.2"} {
		if c := sideOf(t, "ikev2-rekey-pfs", from); c.State() != ikestate.Established {
			t.Errorf("%s: %s", from, c.State())
		}
	}
}
