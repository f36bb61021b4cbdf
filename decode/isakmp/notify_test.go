package isakmp

import (
	"bytes"
	"errors"
	"testing"
)

func TestParseNotify(t *testing.T) {
	b := unhex(t, "00000001 01 10 8d28", "73cc11d2349a360d d97b5c488f49300c", "0000002a") // R-U-THERE, both cookies, 42
	n, err := ParseNotify(b)
	if err != nil || n.DOI != DOIIPsec || n.Protocol != ProtocolISAKMP || n.Type != NotifyRUThere ||
		!bytes.Equal(n.SPI, b[8:24]) || !bytes.Equal(n.Data, b[24:]) {
		t.Errorf("%+v, %v", n, err)
	}
	if seq, ok := n.Sequence(); seq != 42 || !ok {
		t.Errorf("sequence %d, %v", seq, ok)
	}
	for i := range 24 {
		if _, err := ParseNotify(b[:i]); !errors.Is(err, ErrTruncated) {
			t.Errorf("cut to %d octets: %v", i, err)
		}
	}
	for _, other := range []Notify{{Type: NotifyRUThere, Data: []byte{1, 2, 3}}, {Type: NotifyInitialContact, Data: b[24:]}} {
		if _, ok := other.Sequence(); ok {
			t.Errorf("sequence of %+v", other)
		}
	}
	n, err = ParseNotify(unhex(t, "00000001 03 ff 000e c7a8cc9e"))
	wantError(t, err, "notify", "spi", 8, ErrTruncated)
	if n.Type != NotifyNoProposalChosen || n.SPI != nil || len(n.Data) != 0 {
		t.Errorf("before the damage: %+v", n)
	}
	if !NotifyNoProposalChosen.IsError() || NotifyConnected.IsError() || NotifyRUThere.IsError() {
		t.Error("error types")
	}
}

// TestNotifyLifetimes: the attributes of RESPONDER-LIFETIME are those of its protocol.
func TestNotifyLifetimes(t *testing.T) {
	esp := Notify{Protocol: ProtocolESP, Type: NotifyResponderLifetime, Data: unhex(t, "80010001 80020e10 80010002 00020004 00465000")}
	ls, err := esp.Lifetimes()
	if err != nil || len(ls) != 2 || ls[0] != (Lifetime{LifeSeconds, 3600}) || ls[1] != (Lifetime{LifeKilobytes, 4608000}) {
		t.Errorf("%v, %v", ls, err)
	}
	ike := Notify{Protocol: ProtocolISAKMP, Type: NotifyResponderLifetime, Data: unhex(t, "800b0001 800c7080 00")}
	ls, err = ike.Lifetimes()
	if !errors.Is(err, ErrTruncated) || len(ls) != 1 || ls[0] != (Lifetime{LifeSeconds, 28800}) {
		t.Errorf("%v, %v", ls, err)
	}
}
