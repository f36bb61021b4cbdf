package diagnose_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ikescope/diagnose"
	"ikescope/pcaps"
)

// others gives the talk other peers: n makes them different.
func (k *talk) others(n int) {
	k.a = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 500)
	k.b = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(n >> 8), byte(n)}), 500)
}

// members counts for how many findings one speaks.
func members(f diagnose.Finding) int {
	if f.Alike == nil {
		return 1
	}
	n := int(f.More)
	for _, m := range f.Alike {
		n += members(m)
	}
	return n
}

// alone returns the only finding of a code.
func alone(t *testing.T, got []diagnose.Finding, c diagnose.Code) diagnose.Finding {
	t.Helper()
	var of []diagnose.Finding
	for _, f := range got {
		if f.Code == c {
			of = append(of, f)
		}
	}
	if len(of) != 1 {
		t.Fatalf("%d findings %s: %v", len(of), c, codes(got))
	}
	return of[0]
}

// A thousand SA pairs of which one direction is in the capture are one finding,
// which names the first and counts the others.
func TestManyOneSidedPairs(t *testing.T) {
	const pairs = 1000
	k := newTalk(t)
	for range 4 {
		for i := range pairs {
			k.others(i)
			k.esp(sideA, uint32(0x1000+i))
		}
	}
	got := findings(t, write(t, pcaps.LinkRaw, k.frames), nil)
	sound(t, got)
	f := alone(t, got, diagnose.CaptureOneSided)
	if members(f) != pairs {
		t.Errorf("speaks for %d", members(f))
	}
	for _, want := range []string{"10.0.0.0 to 10.1.0.0 only, and 999 more like it", "Also: the capture has IPsec packets from 10.0.0.3 to 10.1.0.3 only (packet 4).", "And 995 more."} {
		if !strings.Contains(f.Summary+"\n"+f.Detail, want) {
			t.Errorf("%q is not in %s", want, describe(f))
		}
	}
	for i, m := range f.Alike {
		if a := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}); m.Peers[0] != a || m.Alike != nil {
			t.Fatalf("member %d: %v", i, m.Peers)
		}
	}
	if n := len(got); n > 5 {
		t.Errorf("%d findings: %v", n, codes(got))
	}
}

// Every finding that floods with the peers is told once; a few peers have one each.
func TestManyPeersWithTheSameFailure(t *testing.T) {
	for _, n := range []int{8, 9, 200} {
		k := newTalk(t)
		var first []int
		for i := range n {
			k.others(i)
			first = append(first, k.offers(k.good()))
		}
		for i := range first {
			k.again(first[i], 5)
		}
		k.wait(12_000)
		k.esp(sideA, 7)
		got := findings(t, write(t, pcaps.LinkRaw, k.frames), nil)
		sound(t, got)
		var told, spoken int
		for _, f := range got {
			if f.Code == diagnose.Phase1NoAnswer {
				told++
				spoken += members(f)
			}
		}
		want := 1
		if n == 8 {
			want = n
		}
		if told != want || spoken != n {
			t.Errorf("%d peers: %d findings for %d", n, told, spoken)
		}
	}
}

// Like findings of one tunnel are told once from the fourth on, and the frames of
// all are named.
func TestManySAsOfOneTunnel(t *testing.T) {
	k := newTalk(t)
	k.main(6)
	for i := range 6 {
		m := usual(sideA, uint32(0x1000+16*i))
		k.quick(m)
		for s := range 5 + i {
			k.espSeq(sideA, m.spi+1, uint32(2*s+1))
			k.espSeq(sideB, m.spi, uint32(s+1))
		}
	}
	got := findings(t, write(t, pcaps.LinkRaw, k.frames), &k.ring)
	sound(t, got)
	f := alone(t, got, diagnose.ESPLost)
	if len(f.Alike) != 6 || !strings.Contains(f.Summary, "4 of 9 packets") || !strings.HasSuffix(f.Summary, ", and 5 more like it") {
		t.Errorf("%s", describe(f))
	}
	for i, m := range f.Alike {
		if want := fmt.Sprintf("%d of %d packets", 4+i, 9+2*i); !strings.Contains(m.Summary, want) {
			t.Errorf("member %d: %s", i, m.Summary)
		}
		if !slices.Contains(f.Frames, m.Frames[0]) {
			t.Errorf("packet %d of member %d is not named", m.Frames[0], i)
		}
	}
}
