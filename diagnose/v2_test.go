package diagnose_test

import (
	"fmt"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

const (
	saInit = isakmp.ExchangeIKESAInit
	ikAuth = isakmp.ExchangeIKEAuth
	create = isakmp.ExchangeCreateChildSA
	inform = isakmp.ExchangeInformational2
)

func nonce2(s string) payload {
	return payload{isakmp.PayloadNonce2, []byte(s + ", 16 octets and more")}
}

// v2Failures are conversations of version 2 and what is told of them without keys
// and with them; the packets follow from the order of what is played.
var v2Failures = []struct {
	name            string
	psks            []string // that the user has
	play            func(k *talkV2)
	outside, inside []want
	says            string // in a finding with keys
}{
	{"healthy", []string{"a"}, func(k *talkV2) { k.up() }, nil, nil, ""},
	{"another group, second try", nil, func(k *talkV2) {
		k.begins(19)
		k.answersInit(17, []byte{0, curve})
		k.up()
	}, nil, nil, ""},
	{"cookie", nil, func(k *talkV2) {
		k.begins(curve)
		k.answersInit(16390, []byte("cookie"))
		k.begins(curve, notify2(16390, []byte("cookie")))
		k.agrees()
		k.asks(sideA, ikAuth, append(k.proves(sideA, 2), child(1, 0)...)...)
		k.replies(sideB, ikAuth, append(k.proves(sideB, 2), child(2, 0)...)...)
	}, nil, nil, ""},
	{"another group, no second try", nil, func(k *talkV2) {
		k.begins(19)
		k.answersInit(17, []byte{0, curve})
	}, []want{{diagnose.Phase1Incomplete, warning, likely, []int{1, 2}}}, []want{{diagnose.Phase1Incomplete, warning, likely, []int{1, 2}}}, "Curve25519"},
	{"no proposal", nil, func(k *talkV2) {
		k.begins(curve)
		k.answersInit(14, nil)
	}, []want{{diagnose.Phase1NoProposalChosen, failure, proved, []int{1, 2}}}, []want{{diagnose.Phase1NoProposalChosen, failure, proved, []int{1, 2}}}, "AES-GCM-16-128, PRF SHA2-256, Curve25519"},
	{"no answer", nil, func(k *talkV2) {
		f := k.begins(curve)
		k.again(f, 2000)
		k.again(f, 4000)
	}, []want{{diagnose.Phase1NoAnswer, failure, proved, []int{1, 2, 3}}}, []want{{diagnose.Phase1NoAnswer, failure, proved, []int{1, 2, 3}}}, ""},
	{"port unreachable", nil, func(k *talkV2) {
		f := k.begins(curve)
		k.icmp(k.b.Addr(), 3, 3, 0, f)
		k.again(f, 2000)
	}, []want{{diagnose.PortUnreachable, failure, proved, []int{1, 2, 3}}}, []want{{diagnose.PortUnreachable, failure, proved, []int{1, 2, 3}}}, ""},
	{"stops after IKE_SA_INIT", nil, func(k *talkV2) {
		k.begins(curve)
		k.agrees()
	}, []want{{diagnose.Phase1Incomplete, warning, likely, []int{2}}}, []want{{diagnose.Phase1Incomplete, warning, likely, []int{2}}}, ""},
	{"no answer to IKE_AUTH", nil, func(k *talkV2) {
		k.begins(curve)
		k.agrees()
		f := k.asks(sideA, ikAuth, append(k.proves(sideA, 2), child(1, 0)...)...)
		k.again(f, 2000)
	}, []want{{diagnose.Phase1NoAnswer, failure, proved, []int{3, 4}}}, []want{{diagnose.Phase1NoAnswer, failure, proved, []int{3, 4}}}, ""},
	{"initiator's key is not the one known", []string{"b"}, wrongKeyV2,
		[]want{{diagnose.AuthFailed, failure, likely, []int{3, 4}}}, []want{{diagnose.PSKMismatch, failure, proved, []int{3, 4}}}, "not made with any"},
	{"initiator's key is known", []string{"a"}, wrongKeyV2,
		[]want{{diagnose.AuthFailed, failure, likely, []int{3, 4}}}, []want{{diagnose.PSKMismatch, failure, likely, []int{3, 4}}}, "verifies with"},
	{"no key is known", nil, wrongKeyV2,
		[]want{{diagnose.AuthFailed, failure, likely, []int{3, 4}}}, []want{{diagnose.PSKMismatch, failure, likely, []int{3, 4}}}, "24"},
	{"the initiator refuses", []string{"a", "b"}, func(k *talkV2) {
		k.pskB = "another pre-shared key"
		k.up()
		k.asks(sideA, inform, notify2(24, nil))
		k.replies(sideB, inform)
	}, nil, []want{{diagnose.PSKMismatch, failure, proved, []int{5}}}, "use different pre-shared keys"},
	{"signature refused", nil, func(k *talkV2) {
		k.begins(curve)
		k.agrees()
		k.asks(sideA, ikAuth, append(k.proves(sideA, 14), child(1, 0)...)...)
		k.replies(sideB, ikAuth, notify2(24, nil))
	}, []want{{diagnose.AuthFailed, failure, likely, []int{3, 4}}}, []want{{diagnose.AuthFailed, failure, proved, []int{3, 4}}}, "a digital signature"},
	{"first child: no proposal", nil, func(k *talkV2) { firstChild(k, 14) },
		nil, []want{{diagnose.Phase2NoProposalChosen, failure, proved, []int{3, 4}}}, "ESP, AES-GCM-16-128 for 10.1.0.0/24 to 10.2.0.0/24"},
	{"first child: selectors", nil, func(k *talkV2) { firstChild(k, 38) },
		nil, []want{{diagnose.SelectorMismatch, failure, proved, []int{3, 4}}}, "10.1.0.0/24 to 10.2.0.0/24"},
	{"child: no proposal", nil, func(k *talkV2) { laterChild(k, notify2(14, nil)) },
		[]want{{diagnose.Phase2NoProposalChosen, failure, likely, []int{5, 6}}}, []want{{diagnose.Phase2NoProposalChosen, failure, proved, []int{5, 6}}}, ""},
	{"child: selectors", nil, func(k *talkV2) { laterChild(k, notify2(38, nil)) },
		[]want{{diagnose.Phase2NoProposalChosen, failure, likely, []int{5, 6}}}, []want{{diagnose.SelectorMismatch, failure, proved, []int{5, 6}}}, ""},
	{"child: PFS group", nil, func(k *talkV2) { laterChild(k, notify2(17, []byte{0, 20})) },
		[]want{{diagnose.Phase2NoProposalChosen, failure, likely, []int{5, 6}}}, []want{{diagnose.PFSMismatch, failure, proved, []int{5, 6}}}, "ECP 384"},
	{"child: rekeyings meet", nil, func(k *talkV2) {
		laterChild(k, notify2(43, nil))
		k.asks(sideA, create, append([]payload{nonce2("again")}, child(5, 0)...)...)
		k.replies(sideB, create, append([]payload{nonce2("yes")}, child(6, 0)...)...)
	}, nil, []want{{diagnose.RekeyOverlap, notice, proved, []int{5, 6}}}, "tries again later"},
	{"child: no answer", nil, func(k *talkV2) {
		k.up()
		f := k.asks(sideA, create, append([]payload{nonce2("child")}, child(3, 0)...)...)
		k.again(f, 2000)
	}, []want{{diagnose.Phase2NoAnswer, failure, proved, []int{5, 6}}}, []want{{diagnose.Phase2NoAnswer, failure, proved, []int{5, 6}}}, ""},
	{"probes without an answer", nil, func(k *talkV2) {
		k.up()
		f := k.asks(sideA, inform)
		k.again(f, 2000)
		k.again(f, 4000)
	}, []want{{diagnose.DPDTimeout, failure, likely, []int{5, 6, 7}}}, []want{{diagnose.DPDTimeout, failure, proved, []int{5, 6, 7}}}, ""},
	{"repeated", nil, func(k *talkV2) {
		k.begins(curve)
		f := len(k.frames)
		k.again(f, 2000)
		k.agrees()
		k.asks(sideA, ikAuth, append(k.proves(sideA, 2), child(1, 0)...)...)
		k.replies(sideB, ikAuth, append(k.proves(sideB, 2), child(2, 0)...)...)
	}, []want{{diagnose.Retransmissions, notice, proved, []int{2}}}, []want{{diagnose.Retransmissions, notice, proved, []int{2}}}, ""},
	{"begins with IKE_AUTH", nil, func(k *talkV2) {
		k.up()
		k.frames = k.frames[2:]
	}, []want{{diagnose.CaptureStartsLate, warning, proved, []int{1}}}, []want{{diagnose.CaptureStartsLate, warning, proved, []int{1}}}, "IKE_AUTH with message ID 1"},
	{"begins with a probe", nil, func(k *talkV2) {
		k.up()
		k.asks(sideB, inform)
		k.replies(sideA, inform)
		k.frames = k.frames[4:]
	}, []want{{diagnose.CaptureStartsLate, warning, proved, []int{1}}}, []want{{diagnose.CaptureStartsLate, warning, proved, []int{1}}}, ""},
	{"one side only", nil, func(k *talkV2) {
		k.up()
		k.frames = append(k.frames[:1:1], k.frames[2])
	}, []want{{diagnose.CaptureOneSided, warning, proved, []int{1, 2}}}, []want{{diagnose.CaptureOneSided, warning, proved, []int{1, 2}}}, ""},
	{"the response of IKE_SA_INIT is lost", nil, func(k *talkV2) {
		k.up()
		k.frames = append(k.frames[:1:1], k.frames[2:]...)
	}, []want{{diagnose.Phase1Incomplete, warning, proved, []int{1}}}, []want{{diagnose.Phase1Incomplete, warning, proved, []int{1}}}, "the response of IKE_SA_INIT"},
	{"deleted and negotiated anew", nil, func(k *talkV2) {
		k.up()
		k.asks(sideB, inform, payload{isakmp.PayloadDelete2, []byte{1, 0, 0, 0}})
		k.replies(sideA, inform)
		k.cookieI = isakmp.Cookie{}
		k.up()
	}, nil, []want{{diagnose.SADeleted, notice, proved, []int{5, 7}}}, "negotiated anew"},
}

// wrongKeyV2: the responder has another key.
func wrongKeyV2(k *talkV2) {
	k.pskB = "another pre-shared key"
	k.begins(curve)
	k.agrees()
	k.asks(sideA, ikAuth, append(k.proves(sideA, 2), child(1, 0)...)...)
	k.replies(sideB, ikAuth, notify2(24, nil))
}

func firstChild(k *talkV2, t uint16) {
	k.begins(curve)
	k.agrees()
	k.asks(sideA, ikAuth, append(k.proves(sideA, 2), child(1, 0)...)...)
	k.replies(sideB, ikAuth, append(k.proves(sideB, 2), notify2(t, nil))...)
}

func laterChild(k *talkV2, answer payload) {
	k.up()
	k.asks(sideA, create, append([]payload{nonce2("child")}, child(3, 0)...)...)
	k.replies(sideB, create, answer)
}

func TestFailuresOfV2(t *testing.T) {
	for _, c := range v2Failures {
		for _, cbc := range []bool{false, true} {
			if cbc && strings.Contains(c.says, "GCM") {
				c.says = ""
			}
			t.Run(fmt.Sprintf("%s/%t", c.name, cbc), func(t *testing.T) {
				k := &talkV2{talk: newTalk(t), cbc: cbc}
				c.play(k)
				for _, p := range c.psks {
					key := map[string]string{"a": k.pskA, "b": k.pskB}[p]
					k.ring.PSKs = append(k.ring.PSKs, secrets.PSK{Secret: keymat.NewSecret([]byte(key)), Source: secrets.Source{File: "psk-" + p, Line: 1}})
				}
				path := write(t, pcaps.LinkRaw, k.frames)
				check(t, findings(t, path, nil), c.outside)
				inside := findings(t, path, &k.ring)
				check(t, inside, c.inside)
				var all strings.Builder
				for _, f := range inside {
					all.WriteString(describe(f))
				}
				if c.says != "" && c.says != "24" && !strings.Contains(all.String(), c.says) {
					t.Errorf("not said: %s\n%s", c.says, all.String())
				}
			})
		}
	}
}

// A peer whose address the other one knows otherwise is behind a NAT.
func TestNATV2(t *testing.T) {
	k := &talkV2{talk: newTalk(t)}
	k.begins(curve)
	inner := k.a
	k.a = withPort(k.a, 500)
	k.agrees()
	noNAT := findings(t, write(t, pcaps.LinkRaw, k.frames), nil)
	if has(noNAT, diagnose.NATDetected) {
		t.Errorf("a NAT where there is none: %v", codes(noNAT))
	}
	k = &talkV2{talk: newTalk(t)}
	real := k.a
	k.a = withPort(inner, 4711) // as the responder sees it
	k.begins(curve)
	k.agrees()
	// The capture is in front of the NAT: the request comes from the real address.
	copy(k.frames[0].Data[20:], []byte{byte(real.Port() >> 8), byte(real.Port())})
	copy(k.frames[1].Data[22:], []byte{byte(real.Port() >> 8), byte(real.Port())})
	got := findings(t, write(t, pcaps.LinkRaw, k.frames), nil)
	if !has(got, diagnose.NATDetected) {
		t.Errorf("no NAT: %v", codes(got))
	}
}

// Healthy tunnels of version 2 give no error, with their secrets or without.
func TestHealthySamplesOfV2(t *testing.T) {
	for _, name := range []string{"ikev2-psk-aes128gcm16-x25519", "ikev2-psk-aes256-sha256-modp2048", "ikev2-rekey-pfs", "tfc-padding"} {
		s := samples.ByName(name)
		for what, ring := range map[string]*secrets.Ring{"outside": nil, "inside": ringOf(t, s)} {
			t.Run(name+"/"+what, func(t *testing.T) {
				got := findings(t, s.Capture(), ring)
				noErrors(t, got)
				for _, c := range []diagnose.Code{diagnose.Phase1Incomplete, diagnose.SADeleted, diagnose.Retransmissions} {
					if has(got, c) {
						t.Errorf("not expected: %s", c)
					}
				}
				sound(t, got)
			})
		}
	}
}
