package ikestate_test

import (
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

// cutTo shortens messages as a snap length does.
func cutTo(ds []ikestate.Datagram, octets int) []ikestate.Datagram {
	for i := range ds {
		if d := &ds[i]; len(d.Message) > octets {
			d.Missing += len(d.Message) - octets
			d.Message = d.Message[:octets]
		}
	}
	return ds
}

// The header of a message of phase 1 names its first payload, so that it has its place
// even where that payload was cut.
func TestPlaceOfCutMessages(t *testing.T) {
	for name, want := range map[string][]int{
		"mm-psk-aes128-sha1-modp1536":         {1, 2, 3, 4, 5, 6},
		"aggressive-psk-aes128-sha1-modp1536": {1, 2, 3},
	} {
		c := oneConversation(t, solve(t, cutTo(datagrams(t, samples.ByName(name)), isakmp.HeaderLen+8), nil))
		var got []int
		for _, m := range c.Messages {
			if m.Header.Exchange == c.Phase1.Script.Exchange {
				got = append(got, m.Position)
				if lacks := !m.Encrypted(); c.Phase1.Script.Lacks(m) != lacks {
					t.Errorf("%s: packet %d lacks: %v", name, m.Frame, !lacks)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// Without the nonces of a Quick Mode there are no keys, and without its ID payloads
// nobody knows what the SAs carry: not that it is the peers themselves.
func TestCutQuickMode(t *testing.T) {
	for _, x := range []struct {
		octets       int
		keys, hidden bool
	}{{1 << 16, true, false}, {158, true, true}, {108, false, true}} {
		c := oneConversation(t, solve(t, cutTo(datagrams(t, samples.ByName("mm-psk-aes128-sha1-modp1536")), x.octets), ladderOf(t, "mm-psk-aes128-sha1-modp1536")))
		if len(c.IPsecSAs) != 2 {
			t.Fatalf("%d octets: %d SAs", x.octets, len(c.IPsecSAs))
		}
		for _, s := range c.IPsecSAs {
			if (len(s.Keys) > 0) != x.keys || (s.Missing() == "") != x.keys {
				t.Errorf("%d octets: %d keys, missing %q", x.octets, len(s.Keys), s.Missing())
			}
			if s.SelectorsCut != x.hidden || (s.SrcSelector == nil) != x.hidden {
				t.Errorf("%d octets: %v, cut: %v", x.octets, s.SrcSelector, s.SelectorsCut)
			}
		}
	}
}

// Of an IKEv2 message that the capture cut, the Next Payload field in front tells that
// the rest is encrypted: it is neither empty nor read.
func TestCutIKEv2(t *testing.T) {
	for _, octets := range []int{isakmp.HeaderLen, isakmp.HeaderLen + 3, isakmp.HeaderLen + 20} {
		c := oneConversation(t, solve(t, cutTo(datagrams(t, samples.ByName("ikev2-rekey-pfs")), octets), ladderOf(t, "ikev2-rekey-pfs")))
		for _, m := range c.Messages {
			sealed := m.Header.Exchange != isakmp.ExchangeIKESAInit
			if m.Encrypted() != sealed || m.Decrypted == sealed || m.Verified != ikestate.Unchecked {
				t.Errorf("%d octets: packet %d, %s: encrypted %v, decrypted %v, %s", octets, m.Frame, m.Header.Exchange, m.Encrypted(), m.Decrypted, m.Verified)
			}
		}
	}
}
