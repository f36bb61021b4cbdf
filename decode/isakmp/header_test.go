package isakmp

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An ISAKMP header, field by field, RFC 2408 section 3.1.
var headerOctets = []string{
	"73cc11d2349a360d", // initiator cookie
	"d97b5c488f49300c", // responder cookie
	"01",               // next payload: SA
	"10",               // version 1.0
	"02",               // exchange: Identity Protection
	"05",               // flags: encryption, authentication only
	"5f0c31a7",         // message ID
	"0000009c",         // length 156
}

func TestParseHeader(t *testing.T) {
	b := unhex(t, headerOctets...)
	got, err := ParseHeader(b)
	if err != nil {
		t.Fatal(err)
	}
	want := Header{
		CookieI:     Cookie{0x73, 0xcc, 0x11, 0xd2, 0x34, 0x9a, 0x36, 0x0d},
		CookieR:     Cookie{0xd9, 0x7b, 0x5c, 0x48, 0x8f, 0x49, 0x30, 0x0c},
		NextPayload: PayloadSA,
		Major:       1,
		Exchange:    ExchangeMain,
		Flags:       FlagEncryption | FlagAuthOnly,
		MessageID:   0x5f0c31a7,
		Length:      156,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if again := AppendHeader(nil, got); hex.EncodeToString(again) != hex.EncodeToString(b) {
		t.Errorf("AppendHeader: %x, want %x", again, b)
	}
	if got.CookieI.String() != "73cc11d2349a360d" || got.CookieI.IsZero() || !(Cookie{}).IsZero() {
		t.Errorf("cookie %s, zero %v", got.CookieI, got.CookieI.IsZero())
	}
	if got.Version() != "1.0" {
		t.Errorf("version %s", got.Version())
	}
	if got := got.Flags.String(); got != "encryption+authentication-only" {
		t.Errorf("flags %s", got)
	}
}

// TestParseHeaderTruncated cuts the header at each of its 28 places.
func TestParseHeaderTruncated(t *testing.T) {
	fields := []struct {
		name  string
		start int
	}{
		{"initiator cookie", 0}, {"responder cookie", 8}, {"next payload", 16}, {"version", 17},
		{"exchange type", 18}, {"flags", 19}, {"message id", 20}, {"length", 24},
	}
	b := unhex(t, headerOctets...)
	for n := range HeaderLen {
		want := fields[0]
		for _, f := range fields {
			if f.start <= n {
				want = f
			}
		}
		_, err := ParseHeader(b[:n])
		wantError(t, err, "header", want.name, want.start, ErrTruncated)
		if _, err := ParseMessage(b[:n]); !errors.Is(err, ErrTruncated) {
			t.Errorf("message of %d octets: %v", n, err)
		}
	}
}

func TestEncrypted(t *testing.T) {
	for _, tt := range []struct {
		name string
		h    Header
		want bool
	}{
		{"clear", Header{Major: 1, NextPayload: PayloadSA}, false},
		{"encrypted", Header{Major: 1, NextPayload: PayloadHash, Flags: FlagEncryption}, true},
		{"all flags", Header{Major: 1, NextPayload: PayloadID, Flags: 0xff}, true},
		{"commit only", Header{Major: 1, NextPayload: PayloadID, Flags: FlagCommit}, false},
		{"fragment with the flag", Header{Major: 1, NextPayload: PayloadFragment, Flags: FlagEncryption}, false},
		{"IKEv2 clear", Header{Major: 2, NextPayload: PayloadSA2, Flags: FlagInitiator | FlagEncryption}, false},
		{"IKEv2 SK", Header{Major: 2, NextPayload: PayloadEncrypted}, true},
		{"IKEv2 SKF", Header{Major: 2, NextPayload: PayloadEncryptedFragment}, true},
	} {
		if got := tt.h.Encrypted(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestFlagsString(t *testing.T) {
	for f, want := range map[Flags]string{
		0: "none", FlagCommit: "commit", FlagInitiator | FlagResponse: "initiator+response", 0xc0: "bit-6+bit-7",
	} {
		if got := f.String(); got != want {
			t.Errorf("flags %#x: %q, want %q", uint8(f), got, want)
		}
	}
}
