package diagnose_test

import (
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
)

var livesScenes = []scene{
	{
		name: "a dead peer",
		play: func(k *talk) {
			k.main(6)
			for i := range uint32(2) {
				k.wait(2000)
				k.informs(sideA, k.probe(isakmp.NotifyRUThere, i))
				k.informs(sideB, k.probe(isakmp.NotifyRUThereAck, i))
			}
			for i := range uint32(3) {
				k.wait(2000)
				k.informs(sideA, k.probe(isakmp.NotifyRUThere, 2+i))
			}
		},
		outside: []want{{diagnose.DPDTimeout, failure, likely, []int{10, 11, 12, 13}}},
		inside:  []want{{diagnose.DPDTimeout, failure, proved, []int{10, 11, 12, 13}}},
	},
	{
		name: "one open probe at the end is no dead peer",
		play: func(k *talk) {
			k.main(6)
			k.informs(sideA, k.probe(isakmp.NotifyRUThere, 1))
			k.informs(sideB, k.probe(isakmp.NotifyRUThereAck, 1))
			k.wait(2000)
			k.informs(sideA, k.probe(isakmp.NotifyRUThere, 2))
		},
	},
	{
		name: "a peer that sends IPsec packets is not dead",
		play: func(k *talk) {
			k.main(6)
			m := usual(sideA, 0x1000)
			k.quick(m)
			for i := range uint32(2) {
				k.informs(sideA, k.probe(isakmp.NotifyRUThere, i))
				k.informs(sideB, k.probe(isakmp.NotifyRUThereAck, i))
				k.wait(2000)
			}
			for i := range uint32(3) {
				k.informs(sideA, k.probe(isakmp.NotifyRUThere, 2+i))
				k.wait(2000)
				k.traffic(m, 1)
			}
		},
	},
	{
		name: "Deletes at the end are no probes",
		play: func(k *talk) {
			k.main(6)
			k.quick(usual(sideA, 0x1000))
			for i := range uint32(2) {
				k.wait(2000)
				k.informs(sideB, k.probe(isakmp.NotifyRUThere, i))
				k.informs(sideA, k.probe(isakmp.NotifyRUThereAck, i))
			}
			k.wait(1000)
			k.informs(sideA, k.deletes(0x1000))
			k.informs(sideA, k.deletes())
		},
	},
	{
		name: "packets behind a Delete",
		play: func(k *talk) {
			k.main(6)
			m := usual(sideA, 0x1000)
			k.quick(m)
			k.traffic(m, 3)
			k.informs(sideA, k.deletes(0x1000))
			k.wait(5000)
			k.traffic(m, 3)
		},
		inside: []want{{diagnose.SADeleted, warning, proved, []int{16, 21}}},
	},
	{
		name: "taken down and negotiated anew",
		play: func(k *talk) {
			k.main(6)
			k.wait(60000)
			k.informs(sideA, k.deletes())
			k.wait(5000)
			k.main(6)
		},
		inside: []want{{diagnose.SADeleted, notice, proved, []int{7, 8}}},
	},
	{
		name: "renewed IPsec SAs",
		play: func(k *talk) {
			k.main(6)
			k.quick(usual(sideA, 0x1000))
			k.traffic(usual(sideA, 0x1000), 3)
			k.wait(3000)
			k.quick(usual(sideB, 0x3000))
			k.traffic(usual(sideB, 0x3000), 3)
		},
		inside: []want{{diagnose.RekeyOverlap, notice, proved, []int{16, 18}}},
	},
	{
		name: "both sides renew at once",
		play: func(k *talk) {
			k.main(6)
			x, y := k.begin(isakmp.ExchangeQuick), k.begin(isakmp.ExchangeQuick)
			mx, my := usual(sideA, 0x1000), usual(sideB, 0x3000)
			k.first(x, mx)
			k.first(y, my)
			k.answer(x, mx)
			k.answer(y, my)
			k.third(x, mx)
			k.third(y, my)
		},
		outside: []want{{diagnose.RekeyOverlap, warning, likely, []int{7, 8}}},
		inside:  []want{{diagnose.RekeyOverlap, warning, proved, []int{7, 8}}, {diagnose.RekeyOverlap, notice, proved, []int{8}}},
	},
	{
		name: "Quick Modes for different networks at once are no collision",
		play: func(k *talk) {
			k.main(6)
			x, y := k.begin(isakmp.ExchangeQuick), k.begin(isakmp.ExchangeQuick)
			mx, my := usual(sideA, 0x1000), usual(sideB, 0x3000)
			my.local = "10.3.0.0/24"
			k.first(x, mx)
			k.first(y, my)
			k.answer(x, mx)
			k.answer(y, my)
			k.third(x, mx)
			k.third(y, my)
		},
		outside: []want{{diagnose.RekeyOverlap, warning, likely, nil}}, // what they are for is not seen
	},
	{
		name: "two ISAKMP SAs at once",
		play: func(k *talk) {
			k.main(6)
			first := *k
			k.wait(10000)
			k.main(6)
			old := first
			old.frames, old.nanos = k.frames, k.nanos+5000e6
			old.informs(sideB, old.deletes())
			k.frames, k.nanos = old.frames, old.nanos
		},
		outside: []want{{diagnose.RekeyOverlap, notice, proved, []int{12}}},
		inside:  []want{{diagnose.RekeyOverlap, notice, proved, []int{12, 13}}},
	},
	{
		name: "different lifetimes",
		play: func(k *talk) {
			k.main(6)
			k.quick(usual(sideA, 0x1000))
			k.informs(sideA, k.deletes(0x1000))
			m := usual(sideB, 0x3000)
			m.transform = phase2(hmac256, 0, 1800)
			k.quick(m)
		},
		inside: []want{{diagnose.LifetimeMismatch, warning, proved, []int{7, 11}}},
	},
	{
		name: "RESPONDER-LIFETIME",
		play: func(k *talk) {
			k.main(6)
			k.informs(sideB, notify(isakmp.ProtocolESP, isakmp.NotifyResponderLifetime, be32(1), slices.Concat(attr(1, 1), attr(2, 1200))))
		},
		inside: []want{{diagnose.LifetimeMismatch, warning, proved, []int{7}}},
	},
	{
		name: "an SA used beyond its life",
		play: func(k *talk) {
			k.main(6)
			m := usual(sideA, 0x1000)
			m.transform = phase2(hmac256, 0, 60)
			k.quick(m)
			k.traffic(m, 2)
			k.wait(100_000)
			k.traffic(m, 2)
		},
		inside: []want{{diagnose.LifetimeMismatch, warning, proved, []int{9, 16}}, {diagnose.LifetimeMismatch, warning, proved, []int{9, 17}}},
	},
}

func TestLives(t *testing.T) {
	for _, s := range livesScenes {
		s.run(t)
	}
}
