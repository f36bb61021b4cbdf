package diagnose_test

import (
	"strings"
	"testing"

	"ikescope/diagnose"
	"ikescope/pcaps"
)

// large sends a packet that is nearly as long as an Ethernet frame.
func (k *talk) large(from int, spi uint32) int {
	k.fill = 1376
	defer func() { k.fill = 0 }()
	return k.esp(from, spi)
}

// stuck plays a connection whose first window of segments arrives nowhere, and the
// repetitions of the first of them after waits in milliseconds; small packets pass in
// between.
func stuck(waits ...int64) func(k *talk) {
	return tunnel(func(k *talk, m mode) {
		k.traffic(m, 3)
		for range 4 {
			k.large(sideA, m.spi+1)
		}
		for _, ms := range waits {
			k.wait(ms)
			k.large(sideA, m.spi+1)
			k.traffic(m, 1)
		}
	})
}

// manyStuck plays three connections with a first window each that arrives nowhere:
// two that are opened together, and one later, with repetitions of its own.
func manyStuck(k *talk) {
	tunnel(func(k *talk, m mode) {
		k.traffic(m, 3)
		start := k.nanos
		at := func(ms int64) { k.nanos = start + ms*1e6 }
		for _, ms := range []int64{0, 5, 300, 305, 900, 905, 1100, 1450, 2100, 2105, 2150, 3550, 4500, 4505, 6350, 9300, 9305, 11950} {
			at(ms)
			k.large(sideA, m.spi+1)
			if ms%10 != 0 || ms > 1000 {
				k.traffic(m, 1)
			}
		}
	})(k)
}

var blackHoleScenes = []scene{
	{
		name:     "segments that are repeated ever later",
		play:     stuck(300, 600, 1200, 2400),
		outside:  []want{{diagnose.MTUExceeded, warning, likely, []int{19, 20, 23, 26, 29}}},
		sameBoth: true,
	},
	{
		name:     "several connections",
		play:     manyStuck,
		outside:  []want{{diagnose.MTUExceeded, warning, likely, []int{17, 20, 24, 28, 31, 34, 40, 43, 46, 52, 55, 61}}},
		sameBoth: true,
	},
	{name: "large echo requests, one a second", play: stuck(1000, 1000, 1000, 1000, 1000)},
	{name: "repetitions that helped", play: func(k *talk) {
		stuck(300, 600, 1200, 2400)(k)
		for range 10 {
			k.large(sideA, 0x1001)
			k.esp(sideB, 0x1000)
		}
	}},
	{name: "a transfer", play: stuck(0, 0, 0, 0, 0, 0)},
	{name: "ICMP tells it already", play: func(k *talk) {
		stuck(300, 600, 1200, 2400)(k)
		k.icmp(router, 3, 4, 1400, 19)
	}, outside: []want{{diagnose.MTUExceeded, warning, proved, []int{32}}}, sameBoth: true},
}

// Large packets that get lost without a word from the router that drops them.
func TestBlackHoles(t *testing.T) {
	for _, s := range blackHoleScenes {
		s.run(t)
	}
	k := newTalk(t)
	blackHoleScenes[0].play(k)
	for _, f := range findings(t, write(t, pcaps.LinkRaw, k.frames), &k.ring) {
		if f.Code == diagnose.MTUExceeded && !strings.Contains(f.Advice, "A TCP MSS of ") {
			t.Errorf("%+v", f)
		}
	}
}

// A long message 5 that is repeated without an answer may have lost its fragments.
func TestLongProofWithoutAnswer(t *testing.T) {
	k := newTalk(t)
	signed(sideA, -30, 4, func(k *talk, _ []int) {
		k.certs[sideA] = k.certificate(strings.Repeat("long.", 120)+"example.org", -30)
		f := k.proof(sideA)
		k.again(f, 4000)
		k.again(f, 7000)
	})(k)
	for _, f := range findings(t, write(t, pcaps.LinkRaw, k.frames), nil) {
		if f.Code == diagnose.AuthFailed && strings.Contains(f.Detail, "its fragments may have been lost") && f.Certainty == diagnose.Probable {
			return
		}
	}
	t.Error("not told")
}
