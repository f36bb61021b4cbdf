package html

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/report"
	"ikescope/secrets"
)

// evil marks what a stranger wrote.
const evil = "evil-7391"

var hostile = []string{
	"<script>alert('" + evil + "')</script>", "</title></style></script><script>" + evil + "//", `"><img src=x onerror=` + evil + `>`,
	`' onmouseover='` + evil, "javascript:" + evil, "</svg><iframe src=//" + evil + ">", "{{." + evil + "}}", "<!--" + evil,
	"]]>" + evil, "&lt;" + evil + "&gt;", "\x1b[31m" + evil, "\u202e" + evil, evil + "\x00\x07\x7f", "\xff\xfe" + evil,
	"a\nb\r" + evil, evil + strings.Repeat("<b>", 3000), "`${" + evil + "}`", "expression(" + evil + ")", "\u2028" + evil,
}

// withHostile puts a text wherever a stranger's text can come from.
func withHostile(s string) *analysis.Result {
	short := s[:min(len(s), 2000)]
	pl := func(t isakmp.PayloadType, body string) isakmp.Payload {
		return isakmp.Payload{Type: t, Body: []byte(body)}
	}
	hello := made(3, true, isakmp.ExchangeMain, pl(isakmp.PayloadVendor, short), pl(isakmp.PayloadID, "\x02\x00\x00\x00"+short),
		pl(isakmp.PayloadNotify, "\x00\x00\x00\x01\x01\x00\x60\x00"+short), pl(isakmp.PayloadCert, "\x04"+short), pl(200, short))
	hello.Note, hello.Problem = s, errors.New(s)
	banner := made(4, false, isakmp.ExchangeTransaction, pl(isakmp.PayloadAttributes,
		"\x02\x00\x00\x01\x70\x00"+string([]byte{byte(len(short) >> 8), byte(len(short))})+short))
	c := talk(hello, banner)
	id := &isakmp.ID{Type: isakmp.IDFQDN, Data: []byte(s)}
	c.Phase1.IDii, c.Phase1.IDir = id, id
	c.Phase1.Ladder.PSK, c.Phase1.Ladder.PSKSource = ikestate.PSKVerified, secrets.Source{File: s, Line: 1}
	r := result(c)
	r.Captures[0].Path = s
	r.Captures[0].Problems = []pcaps.Problem{{Text: s, Err: pcaps.Cut}}
	r.Findings = []diagnose.Finding{
		{Code: "psk-mismatch", Severity: diagnose.Error, Summary: s, Detail: s, Advice: s, SA: "isakmp-1", Frames: []int64{3, 9}},
		{Code: "secret-unused", Severity: diagnose.Warning, Summary: s, Detail: s, Advice: s},
	}
	r.SAs = []*analysis.SA{{IPsecSA: &ikestate.IPsecSA{
		Conversation: c, Protocol: isakmp.ProtocolESP, SPI: 1, Src: peerA.Addr(), Dst: peerB.Addr(), SrcSelector: id, DstSelector: id,
		Encryption: "aes-cbc-128", Mode: "tunnel", Made: banner,
	}}}
	r.Ring = &secrets.Ring{PSKs: []secrets.PSK{{Source: secrets.Source{File: s}}}}
	r.Uses = ikestate.Uses{{Source: secrets.Source{File: s}, Kind: "psk"}: {Taken: ikestate.Taken{Source: secrets.Source{File: s}, Kind: "psk"}}}
	return r
}

func TestHostileTextsAreInert(t *testing.T) {
	for _, s := range hostile {
		page := render(t, withHostile(s), report.Options{})
		onlyWhatIsAllowed(t, s, page)
		root := parse(t, page)
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if key := a.Key; strings.Contains(a.Val, evil) && key != "aria-label" {
					t.Errorf("%q is in attribute %s of %s", s, key, n.Data)
				}
			}
		}
		if !strings.Contains(text(root), evil) {
			t.Errorf("%q is not shown at all", s)
		}
		invisible(t, s, page)
	}
}

// invisible looks for what does not show or changes the order of what does.
func invisible(t *testing.T, name, page string) {
	t.Helper()
	for _, r := range page {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar) {
			t.Errorf("%q: U+%04X is in the page", name, r)
			return
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		page := render(t, withHostile(s), report.Options{})
		onlyWhatIsAllowed(t, s, page)
		invisible(t, s, page)
	})
}
