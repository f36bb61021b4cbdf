package report

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/ikestate"
)

// manyFailed is a result of n tunnels that failed in the same way, with the one
// finding that speaks for all, and a warning about one of them.
func manyFailed(n int) *analysis.Result {
	var cs []*ikestate.Conversation
	var alike []diagnose.Finding
	for i := range n {
		c := conversation(message(int64(i+1), true, 2))
		c.CookieI[7] = byte(i)
		c.Initiator = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 500)
		c.Responder = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 0, byte(i)}), 500)
		cs = append(cs, c)
		alike = append(alike, diagnose.Finding{
			Code: diagnose.Phase1NoAnswer, Severity: diagnose.Error, Certainty: diagnose.Proved, SA: diagnose.ISAKMPID(i),
			Summary: fmt.Sprintf("%s is silent", c.Responder.Addr()), Detail: "Its evidence.", Frames: []int64{int64(i + 1)},
			Peers: [2]netip.Addr{c.Initiator.Addr(), c.Responder.Addr()},
		})
	}
	r := result(cs...)
	all := alike[0]
	all.Summary += fmt.Sprintf(", and %d more like it", n-1)
	all.Alike, all.More = alike, 3
	r.Findings = []diagnose.Finding{all, {Code: diagnose.ESPLost, Severity: diagnose.Warning, SA: diagnose.ISAKMPID(5), Summary: "a loss", Detail: "Not told."}}
	return r
}

// Of many tunnels that failed alike, the finding is told once and counts them; each
// has its own verdict.
func TestCrowdOfLikeFailures(t *testing.T) {
	out := table(t, manyFailed(30), Options{Unicode: true})
	contains(t, out, "30 tunnels", "0 up, 30 failed", "10.1.0.7 is silent", "In several tunnels", "✘ 10.1.0.0 is silent, and 29 more like it [proved]", "Its evidence.",
		"In single tunnels", "! a loss", "Phase 1 Main Mode 0100000000000000:")
	for what, want := range map[string]int{"Its evidence.": 1, "more like it": 1, "Phase 1  Main Mode": 1, "Not told.": 0, "a loss": 1} {
		if n := strings.Count(out, what); n != want {
			t.Errorf("%q comes %d times, not %d", what, n, want)
		}
	}
}

// Where few tunnels share a finding, each has its own in full.
func TestFewTunnelsShareAFinding(t *testing.T) {
	out := table(t, manyFailed(10), Options{Unicode: true})
	if n := strings.Count(out, "Its evidence."); n != 10 || strings.Contains(out, "more like it") {
		t.Errorf("told %d times:\n%s", n, out)
	}
	a := Tell(manyFailed(10))
	if len(a.Shared) != 1 || len(a.General) != 0 || len(a.Tunnels[5].Findings) != 2 || a.Tunnels[9].Outcome != "failed" {
		t.Errorf("%d shared, %d general, %v", len(a.Shared), len(a.General), a.Tunnels[9])
	}
}

// JSON lists what a finding speaks for.
func TestAlikeInJSON(t *testing.T) {
	var got struct {
		Findings []struct {
			SA    string
			Alike []struct {
				Summary, SA string
				Frames      []int64
			}
			More int64 `json:"alike_more"`
		}
	}
	text := output{"json", JSON}.render(t, manyFailed(10), Options{})
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	f := got.Findings[0]
	if len(f.Alike) != 10 || f.More != 3 || f.SA != "isakmp-1" || f.Alike[9].SA != "isakmp-10" || !slices.Equal(f.Alike[9].Frames, []int64{10}) || f.Alike[9].Summary != "10.1.0.9 is silent" {
		t.Errorf("%+v", f)
	}
	if n := strings.Count(text, `"alike"`); n != 1 {
		t.Errorf("%d findings speak for others", n)
	}
}

// A finding without an SA stands with the peers that it is about.
func TestFindingOfPeers(t *testing.T) {
	r := manyFailed(2)
	r.Findings = []diagnose.Finding{
		{Code: diagnose.CaptureOneSided, Severity: diagnose.Warning, Summary: "one direction", Peers: [2]netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.1.0.1")}},
		{Code: diagnose.CaptureDoubled, Summary: "all twice"},
	}
	l := arrange(r)
	if len(l.general) != 1 || len(l.tunnels[0].findings) != 0 || len(l.tunnels[1].findings) != 1 {
		t.Errorf("general %v, tunnels %v and %v", l.general, l.tunnels[0].findings, l.tunnels[1].findings)
	}
}
