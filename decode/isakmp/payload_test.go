package isakmp

import (
	"bytes"
	"errors"
	"testing"
)

func TestParsePayloads(t *testing.T) {
	b := unhex(t,
		"0a 00 0008 aabbccdd", // key exchange, 4 octets
		"0d 80 0005 11",       // nonce, 1 octet, reserved not zero
		"00 00 0004",          // vendor ID, empty
		"0000 03",             // padding
	)
	ps, rest, err := ParsePayloads(PayloadKE, b, HeaderLen)
	if err != nil || len(ps) != 3 || !bytes.Equal(rest, b[17:]) {
		t.Fatalf("%d payloads, rest %x, %v", len(ps), rest, err)
	}
	for i, want := range []struct {
		t, next  PayloadType
		reserved uint8
		offset   int
		body     string
	}{
		{PayloadKE, PayloadNonce, 0, 28, "aabbccdd"},
		{PayloadNonce, PayloadVendor, 0x80, 36, "11"},
		{PayloadVendor, PayloadNone, 0, 41, ""},
	} {
		p := ps[i]
		if p.Type != want.t || p.Next != want.next || p.Reserved != want.reserved || p.Offset != want.offset ||
			!bytes.Equal(p.Body, unhex(t, want.body)) || !bytes.Equal(p.Raw, b[p.Offset-28:][:4+len(p.Body)]) {
			t.Errorf("payload %d: %+v", i, p)
		}
	}
	if &ps[0].Raw[0] != &b[0] {
		t.Error("payloads are copies")
	}
	if cap(ps[0].Body) != len(ps[0].Body) {
		t.Error("appending to a body would overwrite the next payload")
	}
}

// TestParsePayloadsDamage: what came before the damage is returned, and where it is.
func TestParsePayloadsDamage(t *testing.T) {
	good := unhex(t, "0a 00 0006 aabb") // key exchange, then a nonce
	for _, tt := range []struct {
		name, nonce, field string
		offset             int
		kind               error
	}{
		{"nothing", "", "nonce header", 106, ErrTruncated},
		{"header cut", "000000", "nonce header", 106, ErrTruncated},
		{"length 0", "00000000", "nonce length", 108, ErrLength},
		{"length 3", "00000003 aabbccdd", "nonce length", 108, ErrLength},
		{"length 65535", "0000ffff aabbccdd", "nonce length", 108, ErrTruncated},
		{"one octet short", "00000009 aabbccdd", "nonce length", 108, ErrTruncated},
		{"self-reference", "0a000000", "nonce length", 108, ErrLength},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tail := unhex(t, tt.nonce)
			ps, rest, err := ParsePayloads(PayloadKE, append(bytes.Clone(good), tail...), 100)
			wantError(t, err, "payload", tt.field, tt.offset, tt.kind)
			if len(ps) != 1 || !bytes.Equal(ps[0].Raw, good) || !bytes.Equal(rest, tail) {
				t.Errorf("%d payloads before the damage, rest %x", len(ps), rest)
			}
		})
	}
}

// TestParsePayloadsLimit: 16,000 empty payloads, RFC 2408 has no limit, this package has.
func TestParsePayloadsLimit(t *testing.T) {
	b := bytes.Repeat(unhex(t, "0d000004"), 16000)
	ps, rest, err := ParsePayloads(PayloadVendor, b, 0)
	wantError(t, err, "payload", "count", MaxPayloads*4, ErrLimit)
	if len(ps) != MaxPayloads || len(rest) != len(b)-MaxPayloads*4 {
		t.Errorf("%d payloads, %d octets left", len(ps), len(rest))
	}
	last := bytes.Clone(b[:MaxPayloads*4])
	last[len(last)-4] = 0
	if ps, _, err := ParsePayloads(PayloadVendor, last, 0); err != nil || len(ps) != MaxPayloads {
		t.Errorf("as many as allowed: %d, %v", len(ps), err)
	}
}

// TestParsePayloadsEncrypted: Next Payload of an Encrypted payload names what is inside,
// RFC 7296 section 3.14.
func TestParsePayloadsEncrypted(t *testing.T) {
	b := unhex(t, "23 00 000c 0102030405060708", "00 00 0004")
	ps, rest, err := ParsePayloads(PayloadEncrypted, b, HeaderLen)
	if err != nil || len(ps) != 1 || ps[0].Next != PayloadIDi || len(rest) != 4 {
		t.Errorf("%d payloads, rest %x, %v", len(ps), rest, err)
	}
}

func TestAppendPayload(t *testing.T) {
	got := AppendPayload([]byte{0xff}, PayloadVendor, []byte{1, 2, 3})
	if !bytes.Equal(got, unhex(t, "ff 0d 00 0007 010203")) {
		t.Errorf("%x", got)
	}
	if got := AppendPayload(nil, PayloadNone, make([]byte, 65531)); len(got) != 65535 {
		t.Errorf("%d octets", len(got))
	}
	defer func() {
		if recover() == nil {
			t.Error("a body of 65,532 octets was taken")
		}
	}()
	AppendPayload(nil, PayloadNone, make([]byte, 65532))
}

func TestShift(t *testing.T) {
	_, err := ParseNotify(nil)
	moved := Shift(err, 40)
	wantError(t, moved, "notify", "doi", 40, ErrTruncated)
	wantError(t, err, "notify", "doi", 0, ErrTruncated)
	if other := errors.New("other"); Shift(other, 3) != other || Shift(nil, 3) != nil {
		t.Error("foreign errors are changed")
	}
	if got, want := moved.Error(), "isakmp: notify: doi at octet 40: cut short: needs 4 octets, 0 are left"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}
