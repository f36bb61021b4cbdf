package diagnose_test

import (
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/pcaps"
)

// Short names for tables.
const (
	failure = diagnose.Error
	warning = diagnose.Warning
	notice  = diagnose.Notice
	proved  = diagnose.Proved
	likely  = diagnose.Probable
)

// scene is a talk and what a diagnosis has to say of it, without any secret and
// with all of them.
type scene struct {
	name     string
	play     func(k *talk)
	outside  []want
	inside   []want
	sameBoth bool // inside is as outside
}

func (s scene) run(t *testing.T) {
	t.Run(s.name, func(t *testing.T) {
		k := newTalk(t)
		s.play(k)
		path := write(t, pcaps.LinkRaw, k.frames)
		inside := s.inside
		if s.sameBoth {
			inside = s.outside
		}
		t.Run("outside", func(t *testing.T) { check(t, findings(t, path, nil), s.outside) })
		t.Run("inside", func(t *testing.T) { check(t, findings(t, path, &k.ring), inside) })
	})
}

var phase1Scenes = []scene{
	{
		name: "a healthy tunnel",
		play: func(k *talk) {
			k.main(6)
			k.quick(usual(sideA, 0x1000))
			k.traffic(usual(sideA, 0x1000), 5)
			k.informs(sideA, k.deletes(0x1000))
			k.informs(sideA, k.deletes())
		},
	},
	{
		name: "message 1 without an answer",
		play: func(k *talk) {
			f := k.offers(k.good())
			k.again(f, 4000)
			k.again(f, 7000)
		},
		outside:  []want{{diagnose.Phase1NoAnswer, failure, proved, []int{1, 2, 3}}},
		sameBoth: true,
	},
	{
		name: "new attempts without an answer are one finding",
		play: func(k *talk) {
			for range 5 {
				f := k.offers(k.good())
				k.again(f, 4000)
				k.wait(30000)
			}
		},
		outside:  []want{{diagnose.Phase1NoAnswer, failure, proved, []int{1, 2, 3, 9}}},
		sameBoth: true,
	},
	{
		name: "port unreachable",
		play: func(k *talk) {
			f := k.offers(k.good())
			k.icmp(addrB.Addr(), 3, 3, 0, f)
			k.again(f, 4000)
			k.icmp(addrB.Addr(), 3, 3, 0, f)
		},
		outside:  []want{{diagnose.PortUnreachable, failure, proved, []int{1, 2, 3}}},
		sameBoth: true,
	},
	{
		name: "an answer that does not arrive",
		play: func(k *talk) {
			fs := k.main(2)
			k.again(fs[0], 4000)
			k.again(fs[1], 5)
			k.again(fs[0], 7000)
			k.again(fs[1], 5)
		},
		outside:  []want{{diagnose.Phase1NoAnswer, failure, proved, []int{2, 3, 4, 5, 6}}},
		sameBoth: true,
	},
	{
		name: "a responder that falls silent behind message 3",
		play: func(k *talk) {
			fs := k.main(3)
			k.again(fs[2], 4000)
			k.again(fs[2], 7000)
		},
		outside:  []want{{diagnose.Phase1NoAnswer, failure, proved, []int{3, 4, 5}}},
		sameBoth: true,
	},
	{
		name: "an initiator that falls silent behind message 4",
		play: func(k *talk) {
			fs := k.main(4)
			k.again(fs[3], 4000)
		},
		outside:  []want{{diagnose.Phase1NoAnswer, failure, proved, []int{4, 5}}},
		sameBoth: true,
	},
	{
		name: "UDP 4500 is blocked",
		play: func(k *talk) {
			k.main(4)
			k.a, k.b = withPort(k.a, 4500), withPort(k.b, 4500)
			f := k.proof(sideA)
			k.again(f, 4000)
		},
		outside:  []want{{diagnose.Phase1NoAnswer, failure, proved, []int{5, 6}}},
		sameBoth: true,
	},
	{
		name: "the capture ends in phase 1",
		play: func(k *talk) { k.main(3) },
		outside: []want{
			{diagnose.Phase1Incomplete, warning, likely, []int{1, 2, 3}},
		},
		sameBoth: true,
	},
	{
		name: "no proposal, and the other side's attempt shows why",
		play: func(k *talk) {
			k.offers(phase1(aesCBC, 256, sha256, 14, k.auth, 28800))
			k.cookieR = isakmp.Cookie{9}
			k.tells(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyNoProposalChosen, nil, nil))
			k.wait(1000)
			k.a, k.b = k.b, k.a
			k.offers(phase1(aesCBC, 128, sha256, 14, k.auth, 28800))
			k.cookieR = isakmp.Cookie{8}
			k.tells(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyNoProposalChosen, nil, nil))
		},
		outside: []want{
			{diagnose.Phase1NoProposalChosen, failure, proved, []int{1, 2, 3, 4}},
		},
		sameBoth: true,
	},
	{
		name: "another error in the clear",
		play: func(k *talk) {
			k.main(3)
			k.tells(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyInvalidKeyInformation, nil, nil))
		},
		outside:  []want{{diagnose.Phase1Incomplete, failure, proved, []int{3, 4}}},
		sameBoth: true,
	},
	{
		name: "different keys, answered in the clear",
		play: func(k *talk) {
			k.pskB = "another pre-shared key!"
			k.main(5)
			k.tells(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyPayloadMalformed, nil, nil))
		},
		outside: []want{{diagnose.PSKMismatch, failure, likely, []int{5, 6}}},
		inside:  []want{{diagnose.PSKMismatch, failure, proved, []int{5, 6}}},
	},
	{
		name: "different keys, answered under the other key",
		play: func(k *talk) {
			k.pskB = "another pre-shared key!"
			fs := k.main(5)
			k.informs(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyPayloadMalformed, nil, nil))
			k.again(fs[4], 4000)
		},
		outside: []want{{diagnose.PSKMismatch, failure, likely, []int{5, 6, 7}}},
		inside:  []want{{diagnose.PSKMismatch, failure, proved, []int{5, 6, 7}}},
	},
	{
		name: "different keys, answered by silence",
		play: func(k *talk) {
			k.pskB = "another pre-shared key!"
			fs := k.main(5)
			k.again(fs[4], 4000)
			k.again(fs[4], 7000)
		},
		outside:  []want{{diagnose.PSKMismatch, failure, likely, []int{5, 6, 7}}},
		sameBoth: true, // that the initiator has the key is known, the responder's is not
	},
	{
		name: "an identity that is refused by name",
		play: func(k *talk) {
			k.main(5)
			k.informs(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyInvalidIDInformation, nil, nil))
			k.wait(20000)
			k.packet(6, addrA.Addr(), addrB.Addr(), make([]byte, 20))
		},
		outside: []want{{diagnose.IDMismatch, failure, likely, []int{5, 6}}},
		inside:  []want{{diagnose.IDMismatch, failure, proved, []int{5, 6}}},
	},
	{
		name: "authentication failed under equal keys",
		play: func(k *talk) {
			k.main(5)
			k.informs(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyAuthenticationFailed, nil, nil))
		},
		outside:  []want{{diagnose.IDMismatch, failure, likely, []int{5, 6}}},
		sameBoth: true,
	},
	{
		name: "an initiator that deletes at once what it does not accept",
		play: func(k *talk) {
			k.main(6)
			k.informs(sideA, k.deletes())
		},
		outside:  []want{{diagnose.IDMismatch, failure, likely, []int{6, 7}}},
		sameBoth: true,
	},
	{
		name: "an ISAKMP SA that is deleted later",
		play: func(k *talk) {
			k.main(6)
			k.wait(60000)
			k.informs(sideA, k.deletes())
		},
	},
	{
		name: "a signature that is refused",
		play: func(k *talk) {
			k.auth = isakmp.AuthRSA
			k.main(5)
			k.informs(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyAuthenticationFailed, nil, nil))
		},
		outside: []want{{diagnose.AuthFailed, failure, likely, []int{5, 6}}},
		inside:  []want{{diagnose.AuthFailed, failure, proved, []int{5, 6}}},
	},
	{
		name: "a signature without an answer",
		play: func(k *talk) {
			k.auth = isakmp.AuthRSA
			fs := k.main(5)
			k.again(fs[4], 4000)
		},
		outside:  []want{{diagnose.AuthFailed, failure, likely, []int{5, 6}}},
		sameBoth: true,
	},
	{
		name: "Aggressive Mode, another key, refused by the initiator",
		play: func(k *talk) {
			k.pskB = "another pre-shared key!"
			k.aggressive(2)
			k.informs(sideA, notify(isakmp.ProtocolISAKMP, isakmp.NotifyAuthenticationFailed, nil, nil))
		},
		outside: []want{{diagnose.PSKMismatch, failure, likely, []int{2, 3}}, {diagnose.AggressivePSKExposed, warning, proved, []int{2}}},
		inside:  []want{{diagnose.PSKMismatch, failure, proved, []int{2, 3}}, {diagnose.AggressivePSKExposed, warning, proved, []int{2}}},
	},
	{
		name: "Aggressive Mode without an answer to message 2",
		play: func(k *talk) {
			fs := k.aggressive(2)
			k.again(fs[1], 4000)
		},
		outside:  []want{{diagnose.PSKMismatch, failure, likely, []int{2, 3}}, {diagnose.AggressivePSKExposed, warning, proved, []int{2}}},
		sameBoth: true,
	},
	{
		name: "a failure, then success",
		play: func(k *talk) {
			f := k.offers(k.good())
			k.again(f, 4000)
			k.again(f, 7000)
			k.wait(30000)
			k.main(6)
			k.quick(usual(sideA, 0x1000))
		},
		outside:  []want{{diagnose.Phase1NoAnswer, warning, proved, []int{1, 2, 3}}},
		sameBoth: true,
	},
	{
		name: "success, then failures",
		play: func(k *talk) {
			f := k.offers(k.good())
			k.again(f, 4000)
			k.wait(30000)
			k.main(6)
			k.quick(usual(sideA, 0x1000))
			for range 2 {
				k.wait(60000)
				f := k.offers(k.good())
				k.again(f, 4000)
			}
		},
		outside: []want{{diagnose.Phase1NoAnswer, warning, proved, []int{1, 2}}, {diagnose.Phase1NoAnswer, failure, proved, []int{12, 13, 14, 15}}},
		inside: []want{
			{diagnose.Phase1NoAnswer, warning, proved, []int{1, 2}}, {diagnose.Phase1NoAnswer, failure, proved, []int{12, 13, 14, 15}},
			{diagnose.ESPUnusedSA, notice, proved, []int{11}},
		},
	},
	{
		name: "retransmissions that helped",
		play: func(k *talk) {
			fs := k.main(1)
			k.again(fs[0], 4000)
			k.cookieR = isakmp.Cookie{7}
			k.frames = k.frames[:2]
			k.cookies--
			k.nanos -= 4001e6
			k.main(6)
			k.frames = append(k.frames[:2], k.frames[3:]...)
			for i := range k.frames[2:] {
				k.frames[i+2].Nanos += 5e9
			}
			k.nanos += 5e9
			k.quick(usual(sideA, 0x2000))
		},
		outside:  []want{{diagnose.Retransmissions, notice, proved, []int{2}}},
		sameBoth: true,
	},
}

func TestPhase1(t *testing.T) {
	for _, s := range phase1Scenes {
		s.run(t)
	}
}
