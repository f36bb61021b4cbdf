package report

import (
	"slices"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/secrets"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in    string
		first, rest int
		want        []string
	}{
		{"fits", "a bc", 10, 10, []string{"a bc"}},
		{"empty", "", 10, 10, []string{""}},
		{"breaks at blanks", "one two three", 8, 6, []string{"one two", "three"}},
		{"keeps runs of blanks inside a line", "a   b", 10, 10, []string{"a   b"}},
		{"drops blanks at a break", "abc    def", 5, 5, []string{"abc", "def"}},
		{"breaks long words", "abcdefgh", 3, 2, []string{"abc", "de", "fg", "h"}},
		{"a long word behind a short one", "ab cdefgh", 4, 4, []string{"ab", "cdef", "gh"}},
		{"wide characters", "東京都 庁", 4, 4, []string{"東京", "都", "庁"}},
		{"glue holds", "x nonce" + glue + "32", 8, 8, []string{"x", "nonce" + glue + "32"}},
		{"colours take no room", string(green) + "ok" + string(reset) + " ok", 5, 5, []string{string(green) + "ok" + string(reset) + " ok"}},
		{"a single column", "ab", 1, 1, []string{"a", "b"}},
		{"no room at all", "ab", 0, -3, []string{"a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := wrap(c.in, c.first, c.rest); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestTrimRight(t *testing.T) {
	b, r := string(bold), string(reset)
	for in, want := range map[string]string{
		"a  ": "a", "  ": "", b + "a" + r + "  " + r: b + "a" + r, "a " + r: "a", b + "a": b + "a" + r,
		b + "a" + r + " b ": b + "a" + r + " b",
	} {
		if got := trimRight(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTableLayout(t *testing.T) {
	var out strings.Builder
	p := newPage(&out, Options{})
	g := &grid{columns: []column{{title: "n", right: true}, {title: "text", flex: true, least: 20}}}
	g.add("1", "short")
	g.add("1,000", strings.Repeat("word ", 30))
	p.table(2, g)
	if err := p.flush(); err != nil {
		t.Fatal(err)
	}
	got := lines(out.String())
	if got[0] != "      n  text" || got[1] != "      1  short" || !strings.HasPrefix(got[2], "  1,000  word word") || !strings.HasPrefix(got[3], "         word") {
		t.Errorf("%q", got)
	}
	for _, l := range got {
		if len(l) > DefaultWidth {
			t.Errorf("%d columns: %s", len(l), l)
		}
	}
}

func TestCaptureLines(t *testing.T) {
	many := func(n int) (cs []pcaps.CaptureInfo) {
		for i := range n {
			cs = append(cs, pcaps.CaptureInfo{Path: "/data/ring" + string(rune('a'+i)) + ".pcap", Packets: 10, First: start + int64(i)*1e9, Last: start + int64(i+1)*1e9})
		}
		return cs
	}
	render := func(cs []pcaps.CaptureInfo) string { return table(t, &analysis.Result{Captures: cs}, Options{}) }
	contains(t, render(many(1)), "ringa.pcap   10 packets, 2026-11-24 00:18:00 to 00:18:01 UTC, complete")
	contains(t, render(many(2)), "ringa.pcap", "ringb.pcap", "2 captures   20 packets, 2026-11-24 00:18:00 to 00:18:02 UTC, complete")
	long := many(12)
	long[7].Problems = []pcaps.Problem{{Kind: pcaps.Cut, Text: "cut off inside packet 9"}, {Kind: pcaps.BadTime, Text: "packet 3: fraction"}}
	out := render(long)
	contains(t, out, "12 captures   120 packets", "incomplete", "! packet 3: fraction")
	if strings.Contains(out, "ringa.pcap") {
		t.Error("a line for every file of a long list")
	}
	if strings.Contains(out, "cut off") {
		t.Error("told here and in a finding")
	}
	one := many(1)
	one[0].Path, one[0].Truncated, one[0].Packets = "-", 3, 0
	for range 5 {
		one[0].Problems = append(one[0].Problems, pcaps.Problem{Kind: pcaps.BadRecord, Text: "bad record"})
	}
	contains(t, render(one), "standard input   0 packets, complete, 3 packets cut short by the snap length", "! bad record (the first of 5 of this kind)")
}

// Every bound that was reached is named with its count.
func TestQualityNamesEveryBound(t *testing.T) {
	r := result()
	r.Decode.Fragments = decode.FragmentStats{Waiting: 1, Expired: 2, Evicted: 3, Dropped: 4, Ambiguous: 5}
	r.Decode.FlowsDropped = 6
	r.Dropped = ikestate.Dropped{HalfOpen: 7, Messages: 8, Fragments: 9, Exponentiations: 13}
	r.UnknownMore = 10
	r.Decode.Contained, r.Decode.TCP.Forgotten, r.Decode.TCP.Dropped = 14, 15, 16
	r.Faults.Count, r.Untried, r.ICMPMore = 17, 18, 19
	r.Captures[0].Interfaces = []pcaps.InterfaceInfo{{Dropped: 11}}
	for _, layer := range []string{"ipv4", "udp", "esp", "isakmp", "ah"} {
		r.Decode.Malformed = append(r.Decode.Malformed, decode.Malformed{Layer: layer, Field: "length", Err: pcaps.Damaged, Count: 12})
	}
	contains(t, table(t, r, Options{}),
		"3 fragmented datagrams incomplete", "5 overlapping fragments with different content", "17 packets left out because of an error", "14 packets not read because of an error",
		"3 fragmented datagrams given up", "4 fragments given up", "15 directions of TCP connections", "16 octets of TCP streams", "6 UDP flows forgotten",
		"7 half-open", "8 IKE messages left out", "9 fragments of IKE messages", "13 Diffie-Hellman computations left out", "18 attempts of supplied keys",
		"10 IPsec packets left out", "19 ICMP errors left out", "11 packets dropped by the capturing program",
		"12 packets malformed: ipv4, length: damaged", "and 2 more kinds of malformed packets")
	if all := Bounds(r); len(all) != 14 {
		t.Errorf("%d bounds reached: %q", len(all), all)
	}
	want := jsonDropped{
		Conversations: 7, Messages: 8, Fragments: 9, UnknownSAs: 10, Datagrams: 7, UDPFlows: 6, TCPStreams: 15, TCPOctets: 16,
		Computations: 13, Untried: 18, ICMP: 19, Faults: 17 + 14,
	}
	if got := droppedJSON(r); got != want {
		t.Errorf("JSON: %+v, want %+v", got, want)
	}
}

func TestNext(t *testing.T) {
	render := func(change func(*analysis.Result)) string {
		r := result(established1(hello(3, true), hello(8, false)))
		r.Ring = &secrets.Ring{
			PSKs: []secrets.PSK{{Source: secrets.Source{File: "my keys.toml", Line: 1}}, {Source: secrets.Source{File: "--psk"}}},
			DHs:  []secrets.DH{{Source: secrets.Source{File: "my keys.toml", Line: 4}}},
		}
		change(r)
		return table(t, r, Options{})
	}
	contains(t, render(func(r *analysis.Result) {}), "Next: ikescope messages made.pcap -k 'my keys.toml' --psk ... -v")
	contains(t, render(func(r *analysis.Result) { r.Opened.Decrypted = 1 }), "Next: ikescope decrypt made.pcap -k 'my keys.toml' --psk ... -o inner.pcapng")
	contains(t, render(func(r *analysis.Result) { r.Ring.DHs[0].Source.File = secrets.StandardInput }), "-k 'my keys.toml' --psk ... -k - -v")
	contains(t, render(func(r *analysis.Result) {
		r.Ring.Guesses = []secrets.Guess{{Source: secrets.Source{File: "my keys.toml", Line: 9}}}
	}), "made.pcap --try 'my keys.toml' --psk ... -v")
	contains(t, render(func(r *analysis.Result) { r.Unknown = []*analysis.Flow{flow(1, peerA, peerB, 2)} }),
		"keys of the ESP SAs alone", "Give such a file as it is: ikescope report made.pcap -k 'my keys.toml' --psk ... -k xfrm.txt")
	contains(t, render(func(r *analysis.Result) {
		for range 9 {
			r.Captures = append(r.Captures, pcaps.CaptureInfo{Path: "x.pcap"})
		}
	}), "messages made.pcap x.pcap x.pcap x.pcap ... -k")
}

func TestOptionsWidth(t *testing.T) {
	for in, want := range map[int]int{0: 80, 20: 80, 80: 80, 100: 100, 500: 140} {
		if got := (Options{Width: in}).width(); got != want {
			t.Errorf("%d: %d, want %d", in, got, want)
		}
	}
}
