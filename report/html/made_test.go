package html

import (
	"bytes"
	"context"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/report"
	"ikescope/secrets"
)

const start = 1_795_479_480_000_000_000 // 2026-11-24 00:18:00 UTC

var (
	peerA = netip.MustParseAddrPort("192.0.2.1:500")
	peerB = netip.MustParseAddrPort("192.0.2.2:500")
)

// recorded analyses a sample with its secrets; without any where known is false.
func recorded(t testing.TB, name string, known bool) *analysis.Result {
	t.Helper()
	s := samples.ByName(name)
	ring := &secrets.Ring{}
	if known {
		sec, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		if ring, _, err = secrets.Read("secrets.toml", strings.NewReader(sec.TOML(samples.Know(0)))); err != nil {
			t.Fatal(err)
		}
	}
	return analyse(t, s.Capture(), ring)
}

func analyse(t testing.TB, path string, ring *secrets.Ring) *analysis.Result {
	t.Helper()
	set, err := pcaps.OpenSet([]string{path}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	r, err := analysis.Run(context.Background(), set, analysis.Options{Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func render(t testing.TB, r *analysis.Result, o report.Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// made makes a message in the clear.
func made(frame int64, fromInitiator bool, exchange isakmp.ExchangeType, ps ...isakmp.Payload) *ikestate.Message {
	h := isakmp.Header{CookieI: isakmp.Cookie{1}, CookieR: isakmp.Cookie{2}, Major: 1, Exchange: exchange}
	m := &ikestate.Message{
		Frame: frame, Nanos: start + frame*1e6, Src: peerA, Dst: peerB,
		Raw: isakmp.AppendMessage(nil, h, ps), FromInitiator: fromInitiator, Decrypted: true,
	}
	if !fromInitiator {
		m.Src, m.Dst = peerB, peerA
	}
	parsed, _ := isakmp.ParseMessage(m.Raw)
	m.Header, m.Payloads = parsed.Header, parsed.Payloads
	return m
}

func talk(ms ...*ikestate.Message) *ikestate.Conversation {
	script, _ := ikestate.ScriptOf(isakmp.ExchangeMain)
	return &ikestate.Conversation{
		CookieI: isakmp.Cookie{1}, CookieR: isakmp.Cookie{2}, Initiator: peerA, Responder: peerB, InitiatorCertain: true,
		Messages: ms, Phase1: &ikestate.Phase1{Script: script, Flights: make([]*ikestate.Message, len(script.Flights))},
	}
}

func result(cs ...*ikestate.Conversation) *analysis.Result {
	return &analysis.Result{
		Captures:      []pcaps.CaptureInfo{{Path: "made.pcap", Format: "pcap", Packets: 12, First: start, Last: start + 6e9, Complete: true}},
		Conversations: cs,
	}
}

// parse reads a page as a browser does.
func parse(t testing.TB, page string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// find returns the elements of a name that have an attribute; with any value
// where value is empty.
func find(n *html.Node, name, key, value string) (all []*html.Node) {
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.Data != name {
			continue
		}
		for _, a := range d.Attr {
			if a.Key == key && (value == "" || a.Val == value) {
				all = append(all, d)
				break
			}
		}
	}
	return all
}

// text is what an element says.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
