package report

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// hostile is what strangers may write where a text is expected.
var hostile = []string{
	"\x1b[2J\x1b]0;owned\x07", "\u202egnp.exe", "a\x00b\rc\nd", "\u009b31m", "\xff\xfe\x80", "\u200b\ufeff\u2060",
	"line\u2028para\u2029", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", strings.Repeat("A", 60000),
	strings.Repeat("\u202e", 5000), "$(reboot)`reboot`';reboot", "✔ verified",
}

// withHostile puts a text into every place that a capture, a file name or a
// finding can bring it from.
func withHostile(s string) *analysis.Result {
	short := s[:min(len(s), 2000)] // a payload has two octets of length
	sa := payload(isakmp.PayloadVendor, short)
	hello := message(3, true, isakmp.ExchangeMain, sa,
		payload(isakmp.PayloadID, "\x02\x00\x00\x00"+short), payload(isakmp.PayloadID, "\x0b\x11\x01\xf4"+short),
		payload(isakmp.PayloadNotify, "\x00\x00\x00\x01\x01\x00\x60\x00"+short), payload(isakmp.PayloadCert, "\x04"+short),
		payload(isakmp.PayloadCertRequest, "\x04"+short), payload(200, short))
	hello.Note, hello.Problem = s, errors.New(s)
	banner := message(4, false, isakmp.ExchangeTransaction, payload(isakmp.PayloadAttributes,
		"\x02\x00\x00\x01\x70\x00"+string([]byte{byte(len(short) >> 8), byte(len(short))})+short))
	c := conversation(hello, banner)
	c.Exchanges = []*ikestate.Exchange{{Type: isakmp.ExchangeTransaction, MessageID: 1, Messages: []*ikestate.Message{banner}}}
	id := &isakmp.ID{Type: isakmp.IDFQDN, Data: []byte(s)}
	c.Phase1.IDii, c.Phase1.IDir = id, id
	c.Phase1.Ladder.PSK, c.Phase1.Ladder.PSKSource = ikestate.PSKVerified, secrets.Source{File: s, Line: 1}
	r := result(c)
	r.Captures[0].Path = s
	r.Captures[0].Problems = []pcaps.Problem{{Text: s, Err: pcaps.Cut}}
	r.Findings = []diagnose.Finding{
		{Code: "psk-mismatch", Severity: diagnose.Error, Summary: s, Detail: s, Advice: s, SA: "isakmp-1", Frames: []int64{3}},
		{Code: "secret-unused", Severity: diagnose.Warning, Summary: s, Detail: s, Advice: s},
		{Code: "weak-hash", Severity: diagnose.Notice, Summary: s, Detail: s, SA: "isakmp-1"},
	}
	r.SAs = []*analysis.SA{{IPsecSA: &ikestate.IPsecSA{
		Conversation: c, Protocol: isakmp.ProtocolESP, SPI: 1, Src: peerA.Addr(), Dst: peerB.Addr(), SrcSelector: id, DstSelector: id,
		Encryption: "aes-cbc-128", Mode: "tunnel",
	}, Given: &secrets.ESP{Source: secrets.Source{File: s}}}}
	r.Ring = &secrets.Ring{PSKs: []secrets.PSK{{Source: secrets.Source{File: s}}}}
	return r
}

func TestHostileTextsReachNoTerminal(t *testing.T) {
	for _, s := range hostile {
		r := withHostile(s)
		for _, w := range outputs {
			for _, unicode := range []bool{true, false} {
				out := w.render(t, r, Options{Unicode: unicode})
				checkClean(t, w.name, out)
				if !unicode && !strings.HasPrefix(w.name, "json") && !strings.Contains(w.name, "json") && !isASCII(out) {
					t.Errorf("%s: characters outside of ASCII", w.name)
				}
				if t.Failed() {
					t.Fatalf("with %.40q", s)
				}
			}
		}
	}
}

// A text in colour holds escape sequences, all of them ours.
func TestColoursAreOursOnly(t *testing.T) {
	ours := []sgr{bold, dim, red, green, yellow, reset}
	for _, s := range hostile {
		out := table(t, withHostile(s), Options{Unicode: true, Color: true})
		for _, c := range ours {
			out = strings.ReplaceAll(out, string(c), "")
		}
		checkClean(t, "table in colour", out)
	}
}

func TestLongTextsAreCut(t *testing.T) {
	out := table(t, withHostile(strings.Repeat("A", 60000)), Options{})
	for _, l := range lines(out) {
		command := strings.HasPrefix(l, "Next:") || strings.HasPrefix(l, "Give such a file as it is:")
		if len(l) > 60000 && !command {
			t.Errorf("a line of %d octets", len(l))
		}
	}
	if strings.Contains(out, "ID fqdn "+strings.Repeat("A", 1000)) {
		t.Error("an identity is not cut")
	}
}

// JSON keeps what was captured: text comes back as it was, octets that are no
// text as hex.
func TestJSONKeepsEvidence(t *testing.T) {
	for _, s := range hostile {
		var d struct {
			ISAKMP   []jsonISAKMP  `json:"isakmp_sas"`
			Captures []jsonCapture `json:"captures"`
		}
		if err := json.Unmarshal([]byte(output{"json", JSON}.render(t, withHostile(s), Options{})), &d); err != nil {
			t.Fatal(err)
		}
		id := d.ISAKMP[0].InitiatorID
		switch {
		case id.Value != nil && *id.Value == s:
		case id.Value == nil && id.ValueHex != "":
		default:
			t.Errorf("%.40q: identity %v, hex %.40q", s, id.Value, id.ValueHex)
		}
		if p := d.Captures[0]; p.Path != nil && *p.Path != s || p.Path == nil && p.PathHex == "" {
			t.Errorf("%.40q: path %v", s, p.Path)
		}
	}
}

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{
		"outer.pcap":   "outer.pcap",
		"/tmp/a b":     "'/tmp/a b'",
		"it's":         `'it'\''s'`,
		"$(reboot)":    "'$(reboot)'",
		"a\nb":         `$'a\012b'`,
		"\xff'\\":      `$'\377\'\\'`,
		"":             "''",
		"a;b":          "'a;b'",
		"~root":        "'~root'",
		"--psk=secret": "--psk=secret",
	} {
		if got := ShellQuote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// failingWriter takes n octets.
type failingWriter struct{ n int }

var errFull = errors.New("full")

func (w *failingWriter) Write(b []byte) (int, error) {
	if len(b) > w.n {
		return w.n, errFull
	}
	w.n -= len(b)
	return len(b), nil
}

func TestErrorsOfTheWriterComeOut(t *testing.T) {
	r := recorded(t, "mm-psk-3des-sha1-modp1024", 0)
	for _, w := range outputs {
		for _, n := range []int{0, 1, 100} {
			if err := w.write(&failingWriter{n}, r, Options{}); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d octets: %v", w.name, n, err)
			}
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("a bc  def", uint8(4), uint8(3))
	f.Add(strings.Repeat("x", 50)+" \u6771\u4eac", uint8(7), uint8(2))
	f.Fuzz(func(t *testing.T, s string, first, rest uint8) {
		s = Clean(s)
		got := wrap(s, int(first), int(rest))
		for i, l := range got {
			room := int(rest)
			if i == 0 {
				room = int(first)
			}
			if width(l) > max(room, 2) {
				t.Errorf("line %q is wider than %d", l, room)
			}
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if squeeze(strings.Join(got, "")) != squeeze(s) {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func TestSeveralResponders(t *testing.T) {
	// One first message that two responders answer stands in two conversations,
	// and once in the list of messages.
	first := message(1, true, isakmp.ExchangeMain, payload(isakmp.PayloadVendor, "x"))
	a := conversation(first, message(2, false, isakmp.ExchangeMain, payload(isakmp.PayloadVendor, "a")))
	b := conversation(first, message(3, false, isakmp.ExchangeMain, payload(isakmp.PayloadVendor, "b")))
	var got []int64
	for _, m := range messages(result(a, b)) {
		got = append(got, m.Frame)
	}
	if !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("frames %v", got)
	}
}
