package report

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// Results for tests: made by hand, and of recorded samples.

const start = 1_795_479_480_000_000_000 // 2026-11-24 00:18:00 UTC

var (
	peerA = netip.MustParseAddrPort("192.0.2.1:500")
	peerB = netip.MustParseAddrPort("192.0.2.2:500")
)

func payload(t isakmp.PayloadType, body string) isakmp.Payload {
	return isakmp.Payload{Type: t, Body: []byte(body)}
}

// message makes a message in the clear, as an engine would have read it.
func message(frame int64, fromInitiator bool, exchange isakmp.ExchangeType, ps ...isakmp.Payload) *ikestate.Message {
	h := isakmp.Header{CookieI: isakmp.Cookie{1}, CookieR: isakmp.Cookie{2}, Major: 1, Exchange: exchange}
	raw := isakmp.AppendMessage(nil, h, ps)
	m := &ikestate.Message{
		Frame: frame, Nanos: start + frame*1e6, Src: peerA, Dst: peerB, Raw: raw, FromInitiator: fromInitiator, Decrypted: true,
	}
	if !fromInitiator {
		m.Src, m.Dst = peerB, peerA
	}
	parsed, _ := isakmp.ParseMessage(raw)
	m.Header, m.Payloads = parsed.Header, parsed.Payloads
	return m
}

func conversation(ms ...*ikestate.Message) *ikestate.Conversation {
	script, _ := ikestate.ScriptOf(isakmp.ExchangeMain)
	return &ikestate.Conversation{
		CookieI: isakmp.Cookie{1}, CookieR: isakmp.Cookie{2}, Initiator: peerA, Responder: peerB, InitiatorCertain: true,
		Messages: ms, Phase1: &ikestate.Phase1{Script: script, Flights: make([]*ikestate.Message, len(script.Flights))},
	}
}

// result wraps conversations into a result of one capture.
func result(cs ...*ikestate.Conversation) *analysis.Result {
	return &analysis.Result{
		Captures:      []pcaps.CaptureInfo{{Path: "made.pcap", Format: "pcap", Packets: 12, First: start, Last: start + 6e9, Complete: true}},
		Conversations: cs,
	}
}

// recorded analyses a sample with the pre-shared keys and what k names; nothing
// with k < 0.
func recorded(t testing.TB, name string, k int) *analysis.Result {
	t.Helper()
	s := samples.ByName(name)
	ring := &secrets.Ring{}
	if k >= 0 {
		known, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		if ring, _, err = secrets.Read("secrets.toml", strings.NewReader(known.TOML(samples.Know(k)))); err != nil {
			t.Fatal(err)
		}
	}
	set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	r, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type output struct {
	name  string
	write func(io.Writer, *analysis.Result, Options) error
}

// outputs are all writers of this package; with "v" in their name they are
// called with Options.Verbose.
var outputs = []output{
	{"table", Table}, {"json", JSON}, {"messages", Messages}, {"messages v", Messages},
	{"messages json", MessagesJSON}, {"messages json v", MessagesJSON},
}

func (r output) render(t testing.TB, res *analysis.Result, o Options) string {
	t.Helper()
	o.Verbose = strings.HasSuffix(r.name, " v")
	var b bytes.Buffer
	if err := r.write(&b, res, o); err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	return b.String()
}

func table(t testing.TB, r *analysis.Result, o Options) string {
	return output{"table", Table}.render(t, r, o)
}

// contains checks that a text has all of the parts, in their order. Line breaks
// and indentation in the text count as one blank.
func contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	rest := flat
	for _, p := range parts {
		p = strings.Join(strings.Fields(p), " ")
		i := strings.Index(rest, p)
		if i < 0 {
			where := "is missing"
			if strings.Contains(flat, p) {
				where = "is not in its place"
			}
			t.Errorf("%q %s in:\n%s", p, where, text)
			return
		}
		rest = rest[i+len(p):]
	}
}

func lines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }

func ExampleClean() {
	fmt.Println(Clean("gw\x1b[2J\u202e.example"))
	// Output: gw\x1b[2J\u{202e}.example
}
