package isakmp

import (
	"bytes"
	"errors"
	"testing"
)

func TestParseFragment(t *testing.T) {
	f, err := ParseFragment(unhex(t, "0001 02 01 aabb"))
	if err != nil || f.ID != 1 || f.Number != 2 || !f.Last() || !bytes.Equal(f.Data, []byte{0xaa, 0xbb}) {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := ParseFragment(unhex(t, "ffff ff 00 aa")); err != nil || f.Last() || f.ID != 65535 || f.Number != 255 {
		t.Errorf("%+v, %v", f, err)
	}
	_, err = ParseFragment(unhex(t, "0001 00 01 aa"))
	wantError(t, err, "fragment", "number", 2, ErrValue)
	_, err = ParseFragment(unhex(t, "0001 01 01"))
	wantError(t, err, "fragment", "data", 4, ErrLength)
	for n := range 4 {
		if _, err := ParseFragment(make([]byte, n)); !errors.Is(err, ErrTruncated) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

// TestRecordedFragments: recorded fragments put together are the message they were cut from.
func TestRecordedFragments(t *testing.T) {
	var whole []byte
	for i, name := range []string{"mm-rsa-ike-fragmentation frame 7", "mm-rsa-ike-fragmentation frame 8", "mm-rsa-ike-fragmentation frame 9"} {
		m, err := ParseMessage(message(t, name))
		if err != nil || m.Encrypted() || len(m.Payloads) != 1 {
			t.Fatalf("%s: %+v, %v", name, m.Header, err)
		}
		f, err := ParseFragment(m.Payloads[0].Body)
		if err != nil || f.Number != uint8(i+1) || f.Last() {
			t.Errorf("%s: number %d, last %v, %v", name, f.Number, f.Last(), err)
		}
		whole = append(whole, f.Data...)
	}
	h, err := ParseHeader(whole)
	if err != nil || !h.Encrypted() || h.NextPayload != PayloadID || h.Exchange != ExchangeMain || int(h.Length) < len(whole) {
		t.Errorf("fragmented message: %+v, %v", h, err)
	}
}
