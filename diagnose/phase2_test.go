package diagnose_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/pcaps"
)

func refuse(t isakmp.NotifyType) payload { return notify(isakmp.ProtocolESP, t, be32(0x1001), nil) }

// refused plays a phase 2 whose first message is answered by an error.
func refused(m mode, t isakmp.NotifyType) func(k *talk) {
	return func(k *talk) {
		k.main(6)
		e := k.begin(isakmp.ExchangeQuick)
		k.first(e, m)
		k.informs(1-m.from, refuse(t))
	}
}

func with(m mode, change func(*mode)) mode {
	change(&m)
	return m
}

// closedRefusal is what shows of a refused phase 2 without the keys.
var closedRefusal = []want{{diagnose.Phase2NoProposalChosen, failure, likely, []int{7, 8}}}

var phase2Scenes = []scene{
	{
		name:    "no proposal, no PFS asked for",
		play:    refused(usual(sideA, 0x1000), isakmp.NotifyNoProposalChosen),
		outside: closedRefusal,
		inside: []want{
			{diagnose.Phase2NoProposalChosen, failure, proved, []int{7, 8}},
			{diagnose.PFSMismatch, notice, likely, []int{7, 8}},
		},
	},
	{
		name: "no proposal, PFS asked for",
		play: refused(with(usual(sideA, 0x1000), func(m *mode) {
			m.transform, m.ke = phase2(hmac256, curve, 3600), true
		}), isakmp.NotifyNoProposalChosen),
		outside: closedRefusal,
		inside: []want{
			{diagnose.Phase2NoProposalChosen, failure, proved, []int{7, 8}},
			{diagnose.PFSMismatch, warning, likely, []int{7, 8}},
		},
	},
	{
		name:    "invalid key information",
		play:    refused(usual(sideA, 0x1000), isakmp.NotifyInvalidKeyInformation),
		outside: closedRefusal,
		inside:  []want{{diagnose.PFSMismatch, failure, proved, []int{7, 8}}},
	},
	{
		name:    "selectors",
		play:    refused(usual(sideA, 0x1000), isakmp.NotifyInvalidIDInformation),
		outside: closedRefusal,
		inside:  []want{{diagnose.SelectorMismatch, failure, proved, []int{7, 8}}},
	},
	{
		name: "PFS is the only difference between both sides' proposals",
		play: func(k *talk) {
			refused(with(usual(sideA, 0x1000), func(m *mode) {
				m.transform, m.ke = phase2(hmac256, curve, 3600), true
			}), isakmp.NotifyNoProposalChosen)(k)
			k.wait(5000)
			e := k.begin(isakmp.ExchangeQuick)
			k.first(e, usual(sideB, 0x3000))
			k.informs(sideA, refuse(isakmp.NotifyNoProposalChosen))
		},
		outside: []want{{diagnose.Phase2NoProposalChosen, failure, likely, []int{7, 8}}},
		inside:  []want{{diagnose.PFSMismatch, failure, proved, []int{7, 8, 9, 10}}},
	},
	{
		name: "the algorithm is the only difference",
		play: func(k *talk) {
			refused(usual(sideA, 0x1000), isakmp.NotifyNoProposalChosen)(k)
			e := k.begin(isakmp.ExchangeQuick)
			k.first(e, with(usual(sideB, 0x3000), func(m *mode) { m.transform = phase2(hmacSHA, 0, 3600) }))
			k.informs(sideA, refuse(isakmp.NotifyNoProposalChosen))
		},
		outside: []want{{diagnose.Phase2NoProposalChosen, failure, likely, []int{7, 8}}},
		inside:  []want{{diagnose.Phase2NoProposalChosen, failure, proved, []int{7, 8, 9, 10}}},
	},
	{
		name: "a Quick Mode without an answer",
		play: func(k *talk) {
			k.main(6)
			e := k.begin(isakmp.ExchangeQuick)
			f := k.first(e, usual(sideA, 0x1000))
			k.again(f, 4000)
			k.again(f, 7000)
		},
		outside:  []want{{diagnose.Phase2NoAnswer, failure, proved, []int{7, 8, 9}}},
		sameBoth: true,
	},
	{
		name: "message 2 without an answer",
		play: func(k *talk) {
			k.main(6)
			m := usual(sideA, 0x1000)
			e := k.begin(isakmp.ExchangeQuick)
			k.first(e, m)
			f := k.answer(e, m)
			k.again(f, 4000)
		},
		outside:  []want{{diagnose.Phase2NoAnswer, failure, proved, []int{8, 9}}},
		sameBoth: true,
	},
	{
		name: "refused, then accepted with other selectors",
		play: func(k *talk) {
			refused(with(usual(sideA, 0x1000), func(m *mode) { m.remote = "10.9.0.0/24" }), isakmp.NotifyInvalidIDInformation)(k)
			k.quick(usual(sideA, 0x3000))
		},
		outside: []want{{diagnose.Phase2NoProposalChosen, warning, likely, []int{7, 8}}},
		inside:  []want{{diagnose.SelectorMismatch, failure, proved, []int{7, 8, 9}}},
	},
	{
		name: "refused, then accepted with the same selectors",
		play: func(k *talk) {
			refused(usual(sideA, 0x1000), isakmp.NotifyNoProposalChosen)(k)
			k.quick(usual(sideA, 0x3000))
		},
		outside: []want{{diagnose.Phase2NoProposalChosen, warning, likely, []int{7, 8}}},
		inside:  []want{{diagnose.Phase2NoProposalChosen, warning, proved, []int{7, 8}}},
	},
	{
		name: "narrowed selectors",
		play: func(k *talk) {
			k.main(6)
			k.quick(with(usual(sideA, 0x1000), func(m *mode) { m.answerOf, m.answerFrom = "10.1.0.0/25", "10.2.0.0/24" }))
		},
		inside: []want{{diagnose.SelectorMismatch, warning, proved, []int{7, 8}}},
	},
	{
		name: "XAUTH is refused",
		play: func(k *talk) {
			k.auth = isakmp.AuthXAUTHInitPSK
			k.main(6)
			k.login(0)
			k.informs(sideB, k.deletes())
		},
		outside: []want{{diagnose.XAUTHFailed, failure, likely, []int{7, 8, 9, 10, 11}}},
		inside:  []want{{diagnose.XAUTHFailed, failure, proved, []int{8, 9, 11}}},
	},
	{
		name: "XAUTH is accepted",
		play: func(k *talk) {
			k.auth = isakmp.AuthXAUTHInitPSK
			k.main(6)
			k.login(1)
			k.quick(usual(sideA, 0x1000))
		},
	},
}

// login plays XAUTH with a status.
func (k *talk) login(status uint16) {
	ask := k.begin(isakmp.ExchangeTransaction)
	ask.send(sideB, nil, transaction(isakmp.ConfigRequest, isakmp.ConfigXAUTHUserName, nil, false))
	ask.send(sideA, nil, transaction(isakmp.ConfigReply, isakmp.ConfigXAUTHUserName, []byte("carol"), false))
	say := k.begin(isakmp.ExchangeTransaction)
	say.send(sideB, nil, transaction(isakmp.ConfigSet, isakmp.ConfigXAUTHStatus, binary.BigEndian.AppendUint16(nil, status), true))
	say.send(sideA, nil, transaction(isakmp.ConfigAck, isakmp.ConfigXAUTHStatus, nil, false))
}

func TestPhase2(t *testing.T) {
	for _, s := range phase2Scenes {
		s.run(t)
	}
}

// How refused selectors stand to those that the other side proposes is told in
// words.
func TestSelectorsOfBothSides(t *testing.T) {
	for _, c := range []struct{ name, local, remote, relation string }{
		{"mirrored", "10.1.0.0/24", "10.2.0.0/24", ""},
		{"swapped", "10.2.0.0/24", "10.1.0.0/24", "local and remote are exchanged"},
		{"subset", "10.1.0.0/25", "10.2.0.0/24", "within those of the other side"},
		{"superset", "10.1.0.0/16", "10.2.0.0/24", "wider than those"},
		{"disjoint", "10.1.0.0/24", "10.9.0.0/24", "no address in common"},
		{"overlapping", "10.1.0.0/16", "10.2.0.0/25", "overlap only in part"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newTalk(t)
			refused(with(usual(sideA, 0x1000), func(m *mode) { m.local, m.remote = c.local, c.remote }), isakmp.NotifyInvalidIDInformation)(k)
			k.quick(usual(sideB, 0x3000))
			got := findings(t, write(t, pcaps.LinkRaw, k.frames), &k.ring)
			i := slices.IndexFunc(got, func(f diagnose.Finding) bool { return f.Code == diagnose.SelectorMismatch })
			if i < 0 {
				t.Fatal("no finding")
			}
			if !strings.Contains(got[i].Detail, c.relation) || c.relation == "" && strings.Contains(got[i].Detail, "differ") {
				t.Errorf("%q is not in %q", c.relation, got[i].Detail)
			}
			if !strings.Contains(got[i].Detail, c.local+" to "+c.remote) || !slices.Contains(got[i].Frames, 9) {
				t.Errorf("%s: %v", got[i].Detail, got[i].Frames)
			}
		})
	}
}
