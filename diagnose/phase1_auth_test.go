package diagnose_test

import (
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
)

// Phase 1 that fails, or seems to, when the peers prove who they are.
var phase1AuthScenes = []scene{
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
}

func TestPhase1Authentication(t *testing.T) {
	for _, s := range phase1AuthScenes {
		s.run(t)
	}
}
