package diagnose_test

import (
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
)

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
