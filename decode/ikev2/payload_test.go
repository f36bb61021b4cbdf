package ikev2

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/decode/isakmp"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSmallPayloads(t *testing.T) {
	n, err := ParseNotify(unhex(t, "03 04 4009 c9a1b2c3 0001"))
	if d := cmp.Diff(Notify{Protocol: isakmp.ProtocolESP, SPI: unhex(t, "c9a1b2c3"), Type: 16393, Data: unhex(t, "0001")}, n); err != nil || d != "" {
		t.Errorf("notify: %v %s", err, d)
	}
	d, err := ParseDelete(unhex(t, "03 04 0002 00000001 00000002"))
	if err != nil || len(d.SPIs) != 2 {
		t.Errorf("delete: %+v, %v", d, err)
	}
	if _, err := ParseDelete(unhex(t, "03 04 ffff 00000001")); !errors.Is(err, isakmp.ErrCount) {
		t.Errorf("delete of 65,535 SPIs with one there: %v", err)
	}
	if _, err := ParseFragment(unhex(t, "0009 0003")); !errors.Is(err, isakmp.ErrValue) {
		t.Errorf("fragment 9 of 3: %v", err)
	}
	if _, err := ParseKE([]byte{0, 14, 0}); err == nil {
		t.Error("KE of 3 octets: no error")
	}
	if NotifyType(17).Fatal() || !NotifyType(14).Fatal() || NotifyType(16384).IsError() {
		t.Error("INVALID_KE_PAYLOAD is not the end, NO_PROPOSAL_CHOSEN is, INITIAL_CONTACT is no error")
	}
}

// An identity is shown as text only where a terminal takes it for that (RFC 8784, section 5.1).
func TestPPKID(t *testing.T) {
	for data, want := range map[string]string{
		"\x02key 1": "key 1", "\x01\x1b[31m": "1b5b33316d", "\x02a\xff": "61ff", "\x02": "", "\x02\u202e": "e280ae",
		"\x02" + strings.Repeat("k", 65): strings.Repeat("k", 64) + "...",
	} {
		id, err := ParsePPKID([]byte(data))
		if err != nil || id.String() != want || id.Type != data[0] {
			t.Errorf("%q: %d %q, %v; want %q", data, id.Type, id, err, want)
		}
	}
	if _, err := ParsePPKID(nil); err == nil {
		t.Error("no data: no error")
	}
}

// Further key exchanges take place in the order of their types, wherever they stand; NONE is none (RFC 9370, section 2.2.1).
func TestAdditionalKEs(t *testing.T) {
	p := Proposal{Transforms: []Transform{{Type: 12, ID: 37}, {Type: 4, ID: 31}, {Type: 7, ID: 0}, {Type: 6, ID: 36}, {Type: 13, ID: 1}, {Type: 8, ID: 14}}}
	var ids []uint16
	for _, k := range p.AdditionalKEs() {
		ids = append(ids, k.ID)
	}
	if d := cmp.Diff([]uint16{36, 14, 37}, ids); d != "" {
		t.Error(d)
	}
	var answer Proposal
	for i := range uint16(200) { // no answer has alternatives
		answer.Transforms = append(answer.Transforms, Transform{Type: TransformType(i % 20), ID: i + 1})
	}
	if ts := answer.ChosenKEs(); len(ts) != 7 || ts[0].ID != 7 || ts[6].ID != 13 {
		t.Errorf("%+v", ts)
	}
}

// Every parser refuses what is shorter than its fixed fields, with the place.
func TestShortPayloads(t *testing.T) {
	parsers := map[string]struct {
		fixed int
		parse func([]byte) error
	}{
		"ke":                 {4, func(b []byte) error { _, err := ParseKE(b); return err }},
		"id":                 {4, func(b []byte) error { _, err := ParseID(b); return err }},
		"auth":               {4, func(b []byte) error { _, err := ParseAuth(b); return err }},
		"notify":             {4, func(b []byte) error { _, err := ParseNotify(b); return err }},
		"delete":             {4, func(b []byte) error { _, err := ParseDelete(b); return err }},
		"ts":                 {4, func(b []byte) error { _, err := ParseSelectors(b); return err }},
		"encrypted-fragment": {4, func(b []byte) error { _, err := ParseFragment(b); return err }},
	}
	for name, p := range parsers {
		for n := range p.fixed {
			err := p.parse(make([]byte, n))
			var e *isakmp.Error
			if !errors.As(err, &e) || e.Layer != name || e.Offset > n || !errors.Is(err, isakmp.ErrTruncated) {
				t.Errorf("%s of %d octets: %v", name, n, err)
			}
		}
	}
}

func TestNotifyTypeNames(t *testing.T) {
	for n, want := range map[NotifyType]string{ // IANA, ikev2-parameters
		14: "NO_PROPOSAL_CHOSEN", 24: "AUTHENTICATION_FAILED", 16393: "REKEY_SA", 16400: "UPDATE_SA_ADDRESSES", 40960: "40960",
	} {
		if got := n.String(); got != want {
			t.Errorf("%d: %s, want %s", uint16(n), got, want)
		}
	}
}
