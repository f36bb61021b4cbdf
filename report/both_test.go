package report

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"ikescope/analysis/twopoints"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// bothSides compares the recorded sides of a NAT.
func bothSides(t *testing.T) *twopoints.Result {
	t.Helper()
	s := samples.ByName("natt-masquerade")
	var sets [2]*pcaps.Set
	for i, name := range s.Captures {
		set, err := pcaps.OpenSet([]string{s.Path(name)}, nil, pcaps.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer set.Close()
		sets[i] = set
	}
	r, err := twopoints.Compare(context.Background(), sets[0], sets[1], twopoints.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBothTable(t *testing.T) {
	r := bothSides(t)
	f := r.Flows[0]
	from := r.Pairs[0].From(f)
	f.Missing[from.Other()], f.Lost[from.Other()] = 5, []uint32{7, 8, 9, 12}
	var b bytes.Buffer
	if err := BothTable(&b, r, Options{Unicode: true}); err != nil {
		t.Fatal(err)
	}
	contains(t, b.String(), "A outer.pcap", "B outer-public.pcap", "assumes that the fastest packets of both directions took equally long",
		"10.99.0.2 is on the side of A", "0xc3fb156d", "lost between A and B: sequence 7-9, 12 and 1 more")
	for _, l := range lines(b.String()) {
		if width(l) > DefaultWidth {
			t.Errorf("%d columns: %s", width(l), l)
		}
	}
}

func TestBothJSON(t *testing.T) {
	var b bytes.Buffer
	if err := BothJSON(&b, bothSides(t), Options{}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Schema string
		Clock  struct {
			Ahead *int64 `json:"b_ahead_nanoseconds"`
		}
		SAs []struct {
			SPI           string
			Matched, Lost int64
			DelayMin      *int64 `json:"delay_min"`
		} `json:"ipsec_sas"`
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, s := range got.SAs {
		sum += s.Matched
		if s.Lost != 0 || s.DelayMin == nil || *s.DelayMin < 0 {
			t.Errorf("%+v", s)
		}
	}
	if got.Schema != SchemaBoth || got.Clock.Ahead == nil || sum != 74 {
		t.Errorf("%+v", got)
	}
}

func TestBothOfNothing(t *testing.T) {
	var b bytes.Buffer
	if err := BothTable(&b, &twopoints.Result{}, Options{}); err != nil || !strings.Contains(b.String(), "No ESP") || !strings.Contains(b.String(), "cannot be told") {
		t.Errorf("%v %s", err, b.String())
	}
}
