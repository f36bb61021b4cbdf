package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// playedScenes are failures as particular products show them.
var playedScenes = []scene{
	{
		name: "different keys, and a responder that repeats message 4 as if it had heard nothing",
		play: func(k *talk) {
			k.pskB = "another pre-shared key!"
			fs := k.main(5)
			for range 3 {
				k.again(fs[3], 5000)
				k.again(fs[4], 5000)
			}
		},
		outside:  []want{{diagnose.PSKMismatch, failure, likely, []int{5, 6, 7, 8}}},
		sameBoth: true,
	},
	{
		name: "message 5 was sent once and lost",
		play: func(k *talk) {
			fs := k.main(5)
			k.again(fs[3], 5000)
			k.again(fs[3], 5000)
		},
		outside:  []want{{diagnose.Phase1NoAnswer, failure, proved, []int{5, 6, 7}}},
		sameBoth: true,
	},
	{
		name: "Aggressive Mode, another key, refused in the clear",
		play: func(k *talk) {
			k.pskB = "another pre-shared key!"
			k.aggressive(2)
			k.tells(sideA, notify(isakmp.ProtocolISAKMP, isakmp.NotifyInvalidHashInformation, nil, nil))
		},
		outside: []want{{diagnose.PSKMismatch, failure, likely, []int{2, 3}}, {diagnose.AggressivePSKExposed, warning, proved, []int{2}}},
		inside:  []want{{diagnose.PSKMismatch, failure, proved, []int{2, 3}}, {diagnose.AggressivePSKExposed, warning, proved, []int{2}}},
	},
	{
		name: "Aggressive Mode, message 2 does not arrive",
		play: func(k *talk) {
			fs := k.aggressive(2)
			for range 3 {
				k.again(fs[0], 5000)
				k.again(fs[1], 10)
			}
		},
		outside:  []want{{diagnose.Phase1NoAnswer, failure, proved, []int{2, 3, 4, 5}}, {diagnose.AggressivePSKExposed, warning, proved, []int{2}}},
		sameBoth: true,
	},
	{
		name: "a certificate that the initiator refuses",
		play: func(k *talk) {
			k.auth = isakmp.AuthRSA
			k.main(6)
			k.informs(sideA, notify(isakmp.ProtocolISAKMP, isakmp.NotifyAuthenticationFailed, nil, nil))
		},
		outside: []want{{diagnose.AuthFailed, failure, likely, []int{6, 7}}},
		inside:  []want{{diagnose.AuthFailed, failure, proved, []int{6, 7}}},
	},
	{
		name: "both sides begin phase 1 at once",
		play: func(k *talk) {
			k.main(1)
			first := *k
			k.a, k.b = k.b, k.a
			k.cookies = 40
			k.main(6)
			other := *k
			*k = first
			k.frames, k.nanos = other.frames, other.nanos
			k.cookies--
			k.main(6)
		},
		outside:  []want{{diagnose.RekeyOverlap, warning, proved, nil}},
		sameBoth: true,
	},
	{
		name: "a Delete that was lost",
		play: func(k *talk) {
			k.main(6)
			m := usual(sideA, 0x1000)
			k.quick(m)
			k.traffic(m, 5)
			k.wait(20_000)
			n := usual(sideA, 0x3000)
			k.quick(n)
			for range 5 {
				k.esp(sideA, n.spi+1)
				k.esp(sideB, m.spi)
			}
			k.wait(10_000)
			k.packet(6, addrA.Addr(), addrB.Addr(), make([]byte, 20))
		},
		inside: []want{{diagnose.RekeyOverlap, notice, proved, nil}},
	},
	{
		name: "lifetimes of phase 1 that differ",
		play: func(k *talk) {
			k.main(6)
			k.quick(usual(sideA, 0x1000))
			k.wait(60_000)
			k.a, k.b = k.b, k.a
			k.offers(phase1(aesCBC, 128, sha256, curve, k.auth, 3600))
			k.cookieR = isakmp.Cookie{77}
			k.send(sideB, k.clear(isakmp.ExchangeMain, 0, payload{isakmp.PayloadSA, sa(isakmp.ProtocolISAKMP, nil, 1, phase1(aesCBC, 128, sha256, curve, k.auth, 3600))}))
		},
		outside: []want{
			{diagnose.LifetimeMismatch, warning, proved, []int{1, 10}},
			{diagnose.Phase1Incomplete, warning, likely, []int{10, 11}},
		},
		inside: []want{
			{diagnose.LifetimeMismatch, warning, proved, []int{1, 10}},
			{diagnose.Phase1Incomplete, warning, likely, []int{10, 11}},
			{diagnose.ESPUnusedSA, notice, proved, []int{9}},
		},
	},
	{
		name: "a Delete that does not arrive, and probes of the dead SA",
		play: func(k *talk) {
			k.main(6)
			m := usual(sideA, 0x1000)
			k.quick(m)
			k.traffic(m, 3)
			k.informs(sideA, k.deletes(0x1000))
			k.informs(sideA, k.deletes())
			for i := range uint32(4) {
				k.wait(3000)
				k.esp(sideB, m.spi)
				k.informs(sideB, k.probe(isakmp.NotifyRUThere, i))
			}
		},
		inside: []want{
			{diagnose.SADeleted, warning, proved, []int{16, 24}},
			{diagnose.SADeleted, warning, proved, []int{17, 19, 21, 23, 25}},
		},
	},
	{
		name: "a block of packets, replayed",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 40)
			k.wait(3000)
			for i := range uint32(10) {
				k.espSeq(sideA, m.spi+1, 11+i)
			}
		}),
		outside:  []want{{diagnose.ESPReplayed, warning, proved, []int{11, 99}}},
		sameBoth: true,
	},
}

func TestPlayed(t *testing.T) {
	for _, s := range playedScenes {
		s.run(t)
	}
}

// mirror doubles every packet as the two ports of a mirror do, the second time as a
// router sent it on where hop is set.
func mirror(frames []pcaps.Frame, micros int64, hop bool) (all []pcaps.Frame) {
	for _, f := range frames {
		all = append(all, f)
		f.Data = slices.Clone(f.Data)
		f.Nanos += micros * 1e3
		if hop {
			f.Data[8]--
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b pcaps.Frame) int { return int(a.Nanos - b.Nanos) })
	return all
}

// A capture of two ports of a mirror has neither replays nor retransmissions.
func TestMirroredCapture(t *testing.T) {
	for _, c := range []struct {
		micros int64
		hop    bool
	}{{20, false}, {900, true}, {3500, false}} {
		k := newTalk(t)
		tunnel(func(k *talk, m mode) { k.traffic(m, 30) })(k)
		for _, ring := range []bool{false, true} {
			known := &k.ring
			if !ring {
				known = nil
			}
			got := findings(t, write(t, pcaps.LinkRaw, mirror(k.frames, c.micros, c.hop)), known)
			check(t, got, []want{{diagnose.CaptureDoubled, notice, proved, nil}})
		}
	}
}

// Each sample tells the same when every packet is in the capture twice.
func TestMirroredSamples(t *testing.T) {
	for _, s := range append(samples.All(), samples.Partial()...) {
		if s.Name == "format-pcapng" || s.Name == "bulk-aes128-sha1" {
			continue // doubled already; long
		}
		t.Run(s.Name, func(t *testing.T) {
			r := record(t, s)
			path := write(t, r.link, mirror(r.frames, 40, false))
			for what, want := range map[string][]want{"outside": truth[s.Name].outside, "inside": truth[s.Name].inside} {
				ring := ringOf(t, s)
				if what == "outside" {
					ring = nil
				}
				codes := map[diagnose.Code]int{}
				for _, f := range findings(t, path, ring) {
					if !strings.HasPrefix(string(f.Code), "weak-") && f.Code != diagnose.SecretUnused && f.Code != diagnose.NATDetected {
						codes[f.Code]++
					}
				}
				for _, w := range want {
					codes[w.code]--
				}
				delete(codes, diagnose.CaptureDoubled)
				for c, n := range codes {
					if n != 0 {
						t.Errorf("%s: %+d %s", what, n, c)
					}
				}
			}
		})
	}
}

// A capture of one direction says so once, besides that it starts late.
func TestOneDirectionIsOneFinding(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "natt-masquerade", "ikev2-rekey-pfs", "two-tunnels", "ah-tunnel-sha1", "rekey-isakmp-sa"} {
		r := record(t, samples.ByName(name))
		for side := range 2 {
			for _, from := range []int{0, 10} { // with phase 1 and without
				var frames []pcaps.Frame
				for i, f := range r.frames[from:] {
					if r.from[from+i] == side {
						frames = append(frames, f)
					}
				}
				got := findings(t, write(t, r.link, frames), nil)
				oneSided := 0
				for _, f := range got {
					switch {
					case f.Code == diagnose.CaptureOneSided:
						oneSided++
					case f.Severity > diagnose.Notice && !strings.HasPrefix(string(f.Code), "weak-") && (f.Code != diagnose.CaptureStartsLate || from == 0):
						t.Errorf("%s side %d from %d: %s", name, side, from, describe(f))
					}
				}
				if len(frames) > 30 && oneSided > 1 && name != "two-tunnels" {
					t.Errorf("%s side %d from %d: told %d times", name, side, from, oneSided)
				}
			}
		}
	}
}
