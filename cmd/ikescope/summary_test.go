package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/ikestate"
)

// saWith is an SA of as many packets, of which t tells what became.
func saWith(spi uint32, packets int64, t analysis.Totals) *analysis.SA {
	return &analysis.SA{
		IPsecSA: &ikestate.IPsecSA{SPI: spi},
		Flow: &analysis.Flow{
			Key:     analysis.FlowKey{Dst: netip.MustParseAddr("192.0.2.2"), SPI: spi, Protocol: 50},
			Src:     netip.MustParseAddr("192.0.2.1"),
			Packets: packets,
			Cut:     2,
		},
		Opened: t,
	}
}

func TestLineOfSA(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	const head = "0x00000007 192.0.2.1 -> 192.0.2.2: "
	for _, c := range []struct {
		totals     analysis.Totals
		unverified bool
		want       string
	}{
		{analysis.Totals{Decrypted: 9, Written: 9}, false, "9 of 9 verified and written"},
		{analysis.Totals{Decrypted: 8, Written: 7, Dummy: 1, ICVFailed: 1}, false,
			"7 of 9 written: 8 verified, 1 with a wrong ICV, 1 sent as dummy, without content"},
		{analysis.Totals{NoKey: 9}, false, "0 of 9 opened: no key for it could be derived"},
		{analysis.Totals{Decrypted: 5, Written: 5, NoKey: 4}, false, "5 of 9 written: 5 verified, 4 without a key"},
		{analysis.Totals{Unverified: 9}, false, "0 of 9 written: 9 without an ICV that could be checked (--unverified writes them)"},
		{analysis.Totals{Unverified: 9, Written: 9}, true, "9 of 9 written: 9 without an ICV that could be checked"},
		{analysis.Totals{Damaged: 9}, false, "0 of 9 written: 2 cut off by the capture, 7 malformed"},
		{analysis.Totals{Decrypted: 8, Damaged: 1}, false, "8 of 9 verified, 1 cut off by the capture"},
	} {
		if got := lineOfSA(saWith(7, 9, c.totals), c.unverified); got != head+c.want {
			t.Errorf("%q\nwant %q", got, head+c.want)
		}
	}
}

func TestSummaryIsBounded(t *testing.T) {
	r := &analysis.Result{UnknownMore: 5}
	for n := range uint32(2 * maxSummaryLines) {
		r.SAs = append(r.SAs, saWith(n, 1, analysis.Totals{Decrypted: 1, Written: 1}), saWith(n, 0, analysis.Totals{}))
		r.Unknown = append(r.Unknown, saWith(n, 1, analysis.Totals{}).Flow)
		r.Opened.Add(r.SAs[len(r.SAs)-2].Opened)
	}
	r.SAs[1].Flow = nil
	var diag bytes.Buffer
	summarize(r).print(&app{stderr: &diag}, false)
	lines := strings.Split(strings.TrimSpace(diag.String()), "\n")
	if len(lines) != maxSummaryLines+2 {
		t.Errorf("%d lines", len(lines))
	}
	want := fmt.Sprintf("and %d more SAs; in all 100 of 205 packets verified", len(r.SAs)-1+len(r.Unknown)-maxSummaryLines)
	if lines[maxSummaryLines] != want || lines[maxSummaryLines+1] != "5 packets of further unknown SAs were counted only" {
		t.Errorf("%q\nwant %q", lines[maxSummaryLines:], want)
	}
}

func TestAbsent(t *testing.T) {
	for _, c := range []struct {
		packets int64
		totals  analysis.Totals
		absent  bool
	}{
		{0, analysis.Totals{}, false},
		{3, analysis.Totals{NoKey: 3}, true},
		{3, analysis.Totals{ICVFailed: 3}, true},
		{3, analysis.Totals{ICVFailed: 3, Written: 3}, false},
		{3, analysis.Totals{Decrypted: 1, NoKey: 2}, false},
		{3, analysis.Totals{Unverified: 3}, true},
	} {
		r := &analysis.Result{Opened: c.totals}
		if c.packets > 0 {
			r.SAs = []*analysis.SA{saWith(1, c.packets, c.totals)}
		}
		if err := summarize(r).absent(); (err != nil) != c.absent {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestCounted(t *testing.T) {
	for n, want := range map[int64]string{0: "0 packets", 1: "1 packet", 2: "2 packets"} {
		if got := counted(n, "packet"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
