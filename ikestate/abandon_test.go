package ikestate

import (
	"net/netip"
	"testing"

	"ikescope/decode/isakmp"
)

// A conversation with which Solve panics can be given up, and the others solved.
func TestAbandon(t *testing.T) {
	e := New(nil, DefaultLimits)
	for i := range 3 {
		m := isakmp.AppendMessage(nil, isakmp.Header{CookieI: isakmp.Cookie{byte(i + 1)}, Major: 1, Exchange: isakmp.ExchangeMain}, nil)
		d := Datagram{Frame: int64(i + 1), Src: netip.MustParseAddrPort("192.0.2.1:500"), Dst: netip.MustParseAddrPort("192.0.2.2:500"), Message: m}
		if err := e.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	broken := e.all[1]
	broken.Messages = append(broken.Messages, nil)
	solved := func() (ok bool) {
		defer func() { ok = recover() == nil }()
		e.Solve()
		return
	}
	if solved() {
		t.Fatal("a conversation with an impossible message was solved")
	}
	broken.Messages = broken.Messages[:1]
	if frame, ok := e.Abandon(); !ok || frame != 2 {
		t.Errorf("abandoned frame %d, %v", frame, ok)
	}
	if !solved() || len(e.Conversations()) != 2 || e.Solve() {
		t.Errorf("%d conversations, or some are dirty", len(e.Conversations()))
	}
	if _, ok := e.Abandon(); ok {
		t.Error("there is nothing to abandon")
	}
}
