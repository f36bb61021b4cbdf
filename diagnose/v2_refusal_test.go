package diagnose_test

import (
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/pcaps"
)

func eap(b ...byte) payload { return payload{isakmp.PayloadEAP, b} }

// rekeys is a REKEY_SA notification of ESP.
func rekeys(spi byte) payload {
	return payload{isakmp.PayloadNotify2, []byte{3, 4, 0x40, 0x09, 0xc0, 0, 0, spi}}
}

// v2Refusals are failures of version 2 with what must be said of them.
var v2Refusals = []struct {
	name string
	play func(k *talkV2)
	want []want // with keys
	says []string
}{
	{"another group, in circles", func(k *talkV2) {
		for i := range 3 {
			k.begins(19, notify2(16384, []byte{byte(i)}))
			k.answersInit(17, []byte{0, curve})
		}
	}, []want{{diagnose.Phase1Incomplete, failure, proved, []int{1, 2, 3, 4, 5, 6}}}, []string{"goes in circles", "asks for another group each time, and 192.0.2.1 has tried 3 times", "Curve25519"}},
	{"another group, and no answer to the second try", func(k *talkV2) {
		k.begins(19)
		k.answersInit(17, []byte{0, curve})
		f := k.begins(curve)
		k.again(f, 2000)
	}, []want{{diagnose.Phase1NoAnswer, failure, proved, []int{3, 4}}}, nil},
	{"a cookie, and no second try", func(k *talkV2) {
		k.begins(curve)
		k.answersInit(16390, []byte("cookie"))
	}, []want{{diagnose.Phase1Incomplete, warning, likely, []int{1, 2}}}, []string{"asks 192.0.2.1 for a cookie", "half-open"}},
	{"cookies in circles", func(k *talkV2) {
		k.begins(curve)
		k.answersInit(16390, []byte("cookie 1"))
		k.begins(curve, notify2(16390, []byte("cookie 1")))
		k.answersInit(16390, []byte("cookie 2"))
	}, []want{{diagnose.Phase1Incomplete, failure, proved, []int{1, 2, 3, 4}}}, []string{"goes in circles", "sends the cookie back"}},
	{"cookies that never come back", func(k *talkV2) {
		k.begins(curve)
		k.answersInit(16390, []byte("cookie 1"))
		k.begins(curve, notify2(16384, nil))
		k.answersInit(16390, []byte("cookie 2"))
	}, []want{{diagnose.Phase1Incomplete, failure, proved, []int{1, 2, 3, 4}}}, []string{"never sends the cookie back"}},
	{"INVALID_SYNTAX", func(k *talkV2) {
		k.begins(curve)
		k.answersInit(7, nil)
	}, []want{{diagnose.Phase1Incomplete, failure, proved, []int{1, 2}}}, []string{"INVALID_SYNTAX", "a value or a length that cannot be"}},
	{"INVALID_MAJOR_VERSION", func(k *talkV2) {
		k.begins(curve)
		k.answersInit(5, nil)
	}, []want{{diagnose.Phase1Incomplete, failure, proved, []int{1, 2}}}, []string{"does not speak version 2"}},
	{"UNSUPPORTED_CRITICAL_PAYLOAD", func(k *talkV2) {
		k.begins(curve)
		k.answersInit(1, []byte{49})
	}, []want{{diagnose.Phase1Incomplete, failure, proved, []int{1, 2}}}, []string{"payload type 49"}},
	{"SINGLE_PAIR_REQUIRED", func(k *talkV2) { firstChild(k, 34) },
		[]want{{diagnose.SelectorMismatch, failure, proved, []int{3, 4}}}, []string{"single pair", "10.1.0.0/24 to 10.2.0.0/24"}},
	{"INTERNAL_ADDRESS_FAILURE", func(k *talkV2) { firstChild(k, 36) },
		[]want{{diagnose.Phase2NoProposalChosen, failure, proved, []int{3, 4}}}, []string{"the pool is empty"}},
	{"FAILED_CP_REQUIRED", func(k *talkV2) { firstChild(k, 37) },
		[]want{{diagnose.Phase2NoProposalChosen, failure, proved, []int{3, 4}}}, []string{"ask for an address"}},
	{"EAP failure", func(k *talkV2) {
		k.begins(curve)
		k.agrees()
		k.asks(sideA, ikAuth, append(k.proves(sideA, 2)[:1], child(1, 0)...)...)
		k.replies(sideB, ikAuth, append(k.proves(sideB, 2), eap(1, 1, 0, 5, 26))...)
		k.asks(sideA, ikAuth, eap(2, 1, 0, 6, 26, 1))
		k.replies(sideB, ikAuth, eap(4, 1, 0, 4))
	}, []want{{diagnose.AuthFailed, failure, proved, []int{3, 6}}}, []string{"EAP of 192.0.2.2 does not let 192.0.2.1 in", "EAP-MSCHAPv2"}},
	{"selectors, beside what was accepted before", func(k *talkV2) { laterChild(k, notify2(38, nil)) },
		[]want{{diagnose.SelectorMismatch, failure, proved, []int{4, 5, 6}}}, []string{"itself proposed or accepted ESP, AES-GCM-16-128 for 10.1.0.0/24 to 10.2.0.0/24"}},
	{"put off, and never tried again", func(k *talkV2) { laterChild(k, notify2(43, nil)) },
		[]want{{diagnose.RekeyOverlap, warning, proved, []int{5, 6}}}, []string{"No later CREATE_CHILD_SA"}},
	{"rekeyings that meet", func(k *talkV2) {
		k.up()
		k.asks(sideA, create, append([]payload{rekeys(1), nonce2("a")}, child(3, 0)...)...)
		k.asks(sideB, create, append([]payload{rekeys(2), nonce2("b")}, child(4, 0)...)...)
		k.replies(sideB, create, append([]payload{nonce2("c")}, child(5, 0)...)...)
		k.replies(sideA, create, append([]payload{nonce2("d")}, child(6, 0)...)...)
	}, []want{{diagnose.RekeyOverlap, notice, likely, []int{5, 6}}}, []string{"rekeyed at the same time"}},
	{"MOBIKE", func(k *talkV2) {
		k.up()
		k.a = withPort(k.a, 4711)
		k.asks(sideA, inform, notify2(16400, nil))
		k.replies(sideB, inform)
	}, nil, []string{"announced by MOBIKE that it goes on from 192.0.2.1:4711"}},
}

func TestRefusalsOfV2(t *testing.T) {
	for _, c := range v2Refusals {
		t.Run(c.name, func(t *testing.T) {
			k := &talkV2{talk: newTalk(t)}
			c.play(k)
			path := write(t, pcaps.LinkRaw, k.frames)
			got := findings(t, path, &k.ring)
			if c.want != nil {
				check(t, got, c.want)
			}
			var all strings.Builder
			for _, f := range got {
				all.WriteString(describe(f) + "\n")
			}
			for _, s := range c.says {
				if !strings.Contains(all.String(), s) {
					t.Errorf("not said: %s\n%s", s, all.String())
				}
			}
			findings(t, path, nil) // without keys nothing must break
		})
	}
}

// fragment is an Encrypted Fragment payload's head and something sealed, of side A.
func (k *talkV2) fragment(mid uint32, number, total byte) int {
	body := []byte{0, 0, 0, 40, 0, number, 0, total}
	return k.send(sideA, k.message(ikAuth, sideA, false, mid, isakmp.PayloadEncryptedFragment, append(body, make([]byte, 32)...)))
}

// Fragments of IKE messages: one whole set of a message is enough (RFC 7383).
func TestFragmentsOfV2(t *testing.T) {
	for _, c := range []struct {
		name    string
		sent    [][2]byte // number and total
		missing []int     // packets of what is not whole
	}{
		{"whole", [][2]byte{{1, 3}, {3, 3}, {2, 3}}, nil},
		{"one missing", [][2]byte{{1, 3}, {3, 3}}, []int{3, 4}},
		{"cut anew", [][2]byte{{1, 2}, {1, 3}, {2, 3}, {3, 3}}, nil},
		{"twice the same", [][2]byte{{1, 2}, {1, 2}}, []int{3}},
	} {
		k := &talkV2{talk: newTalk(t)}
		k.begins(curve)
		k.agrees()
		for _, f := range c.sent {
			k.fragment(1, f[0], f[1])
		}
		for _, f := range findings(t, write(t, pcaps.LinkRaw, k.frames), nil) {
			if f.Code != diagnose.FragmentsMissing {
				continue
			}
			if len(f.Frames) < len(c.missing) || c.missing == nil || int(f.Frames[0]) != c.missing[0] {
				t.Errorf("%s: %s", c.name, describe(f))
			}
			c.missing = nil
		}
		if c.missing != nil {
			t.Errorf("%s: nothing is said", c.name)
		}
	}
}
