package html

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/report"
	"ikescope/secrets"
)

// most is the size that no report may have, in octets.
const most = 5 << 20

// large writes a capture of messages with perPair of them under each pair of
// cookies, and of ESP packets on 40 SAs.
func large(t testing.TB, messages, perPair, packets int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := pcaps.NewWriter(f, pcaps.FormatPcap, pcaps.WriterOptions{})
	if _, err := w.AddInterface(pcaps.Interface{Link: pcaps.LinkRaw}); err != nil {
		t.Fatal(err)
	}
	at, seq := int64(start), [40]uint32{}
	put := func(nanos int64, b []byte) {
		if err := w.Write(0, nanos, b); err != nil {
			t.Fatal(err)
		}
	}
	for i := range messages {
		at += 20e6
		put(at, datagram(17, i%2 == 0, ike(i, i/perPair)))
	}
	for i := range packets {
		at += 1e6
		spi := i % len(seq)
		seq[spi]++
		if i%97 == 0 {
			seq[spi]++ // one is lost
		}
		b := binary.BigEndian.AppendUint32(nil, uint32(0x1000+spi))
		b = binary.BigEndian.AppendUint32(b, seq[spi])
		put(at, datagram(50, spi%2 == 0, append(b, make([]byte, 84)...)))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// datagram is an IPv4 datagram between the two peers.
func datagram(protocol byte, fromA bool, payload []byte) []byte {
	b := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	if !fromA {
		b[15], b[19] = 2, 1
	}
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)+len(payload)))
	return append(b, payload...)
}

// ike is the nth message on UDP port 500, of many vendor IDs.
func ike(n, pair int) []byte {
	h := isakmp.Header{CookieI: isakmp.Cookie{1, byte(pair >> 8), byte(pair)}, CookieR: isakmp.Cookie{2, byte(pair >> 8), byte(pair)}, Major: 1, Exchange: isakmp.ExchangeMain}
	var ps []isakmp.Payload
	for i := range 8 {
		ps = append(ps, isakmp.Payload{Type: isakmp.PayloadVendor, Body: fmt.Appendf(nil, "vendor %d of %d", i, n)})
	}
	m := isakmp.AppendMessage(nil, h, ps)
	b := []byte{1, 244, 1, 244, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(b[4:], uint16(len(b)+len(m)))
	return append(b, m...)
}

func TestLargeCapturesMakeSmallReports(t *testing.T) {
	for _, perPair := range []int{5000, 10, 1} {
		r := analyse(t, large(t, 5000, perPair, 200_000), &secrets.Ring{})
		began := time.Now()
		page := render(t, r, report.Options{})
		t.Logf("%d messages a conversation: %d octets in %v", perPair, len(page), time.Since(began))
		if len(page) > most {
			t.Errorf("%d messages a conversation: %d octets", perPair, len(page))
		}
		if perPair > 1 && !strings.Contains(page, "Left out") {
			t.Error("nothing says that something was left out")
		}
		onlyWhatIsAllowed(t, "large", page)
		if dir := os.Getenv("REPORT_DIR"); dir != "" { // for a look in a browser
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("large-%d.html", perPair)), []byte(page), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Everything at once that a capture can have much of.
func TestCrowdsAreBounded(t *testing.T) {
	var cs []*ikestate.Conversation
	for i := range 20_000 {
		c := talk(made(int64(i+1), true, isakmp.ExchangeMain, isakmp.Payload{Type: isakmp.PayloadVendor, Body: []byte("x")}))
		c.CookieI[3] = byte(i)
		cs = append(cs, c)
	}
	r := result(cs...)
	for i := range 20_000 {
		r.Findings = append(r.Findings, diagnose.Finding{
			Code: "phase1-no-answer", Severity: diagnose.Error, SA: fmt.Sprintf("isakmp-%d", i+1), Summary: "nobody answers", Detail: "Evidence.", Frames: make([]int64, 1000),
		})
	}
	page := render(t, r, report.Options{})
	if len(page) > most {
		t.Errorf("%d octets", len(page))
	}
	for _, want := range []string{"more conversations", "more findings"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
