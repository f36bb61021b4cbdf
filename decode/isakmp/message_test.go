package isakmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
	"testing"
)

// TestRecordedMessages compares payloads, proposals, transforms and attributes of recorded
// messages with what Wireshark reads, and writes clear ones again.
func TestRecordedMessages(t *testing.T) {
	for _, m := range recordedMessages(t) {
		t.Run(m.name, func(t *testing.T) {
			got, err := ParseMessage(m.raw)
			if err != nil {
				t.Fatal(err)
			}
			var types, lengths, attributes, values []string
			add := func(t PayloadType, n int) {
				types, lengths = append(types, strconv.Itoa(int(t))), append(lengths, strconv.Itoa(n))
			}
			for _, p := range got.Payloads {
				add(p.Type, len(p.Raw))
				if p.Type != PayloadSA {
					continue
				}
				sa, err := ParseSA(p.Body)
				if err != nil {
					t.Fatal(err)
				}
				for _, prop := range sa.Proposals {
					add(PayloadProposal, len(prop.Raw))
					for _, tr := range prop.Transforms {
						add(PayloadTransform, len(tr.Raw))
						for _, a := range tr.Attributes {
							attributes = append(attributes, strconv.Itoa(int(a.Type)))
							values = append(values, TreeContext{}.hex(a.Value))
						}
					}
				}
			}
			wantTypes, wantLengths := m.types, m.lengths
			if got.Major == 2 {
				wantTypes, wantLengths = withoutSubstructures(m.types, m.lengths)
				attributes, values = nil, nil
			} else if strings.Join(attributes, ",") != m.attributes || strings.Join(values, ",") != m.value {
				t.Errorf("attributes %s = %s, want %s = %s", attributes, values, m.attributes, m.value)
			}
			if got := strings.Join(types, ","); got != wantTypes {
				t.Errorf("types %s, want %s", got, wantTypes)
			}
			if got := strings.Join(lengths, ","); got != wantLengths {
				t.Errorf("lengths %s, want %s", got, wantLengths)
			}
			if got.Encrypted() && got.Major == 1 {
				return
			}
			if again := AppendMessage(nil, got.Header, got.Payloads); !bytes.Equal(again, m.raw) {
				t.Errorf("written again:\n%x, want\n%x", again, m.raw)
			}
		})
	}
}

// withoutSubstructures leaves out proposals and transforms.
func withoutSubstructures(types, lengths string) (string, string) {
	ts, ls := strings.Split(types, ","), strings.Split(lengths, ",")
	var keptTypes, keptLengths []string
	for i, s := range ts {
		if s != "2" && s != "3" {
			keptTypes, keptLengths = append(keptTypes, s), append(keptLengths, ls[i])
		}
	}
	return strings.Join(keptTypes, ","), strings.Join(keptLengths, ",")
}

// TestRecordedTruncated cuts every recorded message at every octet: always an error of kind
// ErrTruncated, always the payloads that lie before the cut, nothing else.
func TestRecordedTruncated(t *testing.T) {
	for _, m := range recordedMessages(t) {
		whole, err := ParseMessage(m.raw)
		if err != nil {
			t.Fatal(err)
		}
		for n := range m.raw {
			got, err := ParseMessage(m.raw[:n])
			if !errors.Is(err, ErrTruncated) {
				t.Fatalf("%s cut to %d octets: %v", m.name, n, err)
			}
			want := 0
			for _, p := range whole.Payloads {
				if p.Offset+len(p.Raw) <= n {
					want++
				}
			}
			if len(got.Payloads) != want {
				t.Fatalf("%s cut to %d octets: %d payloads, want %d", m.name, n, len(got.Payloads), want)
			}
			messageTree(got)
		}
	}
}

// TestBodiesTruncated cuts the body of every recorded payload, clear or decrypted, at every
// octet and reads it: no panic, and a cut structure is reported.
func TestBodiesTruncated(t *testing.T) {
	structured := map[PayloadType]bool{PayloadSA: true, PayloadDelete: true}
	for _, p := range allRecordedPayloads(t) {
		if err := parseBody(p.Type, p.Body); err != nil {
			t.Errorf("whole %s payload: %v", p.Type, err)
		}
		for n := range p.Body {
			cut := p
			cut.Body = p.Body[:n]
			if err := parseBody(p.Type, cut.Body); err == nil && structured[p.Type] {
				t.Errorf("%s cut to %d of %d octets is accepted", p.Type, n, len(p.Body))
			}
			cut.Tree(TreeContext{})
		}
	}
}

// allRecordedPayloads are the payloads of both test files.
func allRecordedPayloads(t testing.TB) (ps []Payload) {
	for _, m := range recordedMessages(t) {
		msg, _ := ParseMessage(m.raw)
		ps = append(ps, msg.Payloads...)
	}
	for _, c := range plainChains(t) {
		chain, _, _ := ParsePayloads(c.first, c.raw, HeaderLen)
		ps = append(ps, chain...)
	}
	return ps
}

// parseBody reads a body with the parser of its type.
func parseBody(t PayloadType, body []byte) (err error) {
	switch {
	case t.IsNATD():
		_, err = ParseNATD(body)
	case t.IsNATOA():
		_, err = ParseNATOA(body)
	}
	switch t {
	case PayloadSA:
		_, err = ParseSA(body)
	case PayloadKE:
		_, err = ParseKE(body)
	case PayloadID:
		_, err = ParseID(body)
	case PayloadCert:
		_, err = ParseCert(body)
	case PayloadCertRequest:
		_, err = ParseCertRequest(body)
	case PayloadHash:
		_, err = ParseHash(body)
	case PayloadSignature:
		_, err = ParseSignature(body)
	case PayloadNonce:
		_, err = ParseNonce(body)
	case PayloadNotify:
		_, err = ParseNotify(body)
	case PayloadDelete:
		_, err = ParseDelete(body)
	case PayloadVendor:
		_, err = ParseVendorID(body)
	case PayloadAttributes:
		_, err = ParseAttributes(body)
	case PayloadFragment:
		_, err = ParseFragment(body)
	}
	return err
}

func TestParseMessageErrors(t *testing.T) {
	good := message(t, "mm-psk-3des-sha1-modp1024 frame 5") // KE, nonce, 2 NAT-D
	edit := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	length := func(n uint32) []byte {
		return edit(func(b []byte) []byte { binary.BigEndian.PutUint32(b[24:], n); return b })
	}
	for _, tt := range []struct {
		name         string
		b            []byte
		layer, field string
		offset       int
		kind         error
		payloads     int
	}{
		{"length 0", length(0), "header", "length", 24, ErrLength, 0},
		{"length 27", length(27), "header", "length", 24, ErrLength, 0},
		{"length 28", length(28), "payload", "ke header", 28, ErrTruncated, 0},
		{"length one less", length(243), "payload", "nat-d length", 222, ErrTruncated, 3},
		{"length one more", length(245), "header", "length", 24, ErrTruncated, 4},
		{"length 4 GiB", length(0xffffffff), "header", "length", 24, ErrTruncated, 4},
		{"trailing octets", append(bytes.Clone(good), 0, 0, 0), "header", "end of message", 244, ErrTrailing, 4},
		{"octets behind the chain", edit(func(b []byte) []byte { b[28] = 0; return b }), "header", "end of payloads", 160, ErrTrailing, 1},
		{"version 0", edit(func(b []byte) []byte { b[17] = 0; return b }), "header", "version", 17, ErrVersion, 0},
		{"version 3", edit(func(b []byte) []byte { b[17] = 0x30; return b }), "header", "version", 17, ErrVersion, 0},
		{"IKEv1 payloads in IKEv2", edit(func(b []byte) []byte { b[17] = 0x20; return b }), "header", "next payload", 28, ErrVersion, 4},
		{"IKEv2 payload in IKEv1", edit(func(b []byte) []byte { b[28] = 40; return b }), "header", "next payload", 160, ErrVersion, 4},
		{"no payload", edit(func(b []byte) []byte { b[16] = 0; return b }), "header", "end of payloads", 28, ErrTrailing, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ParseMessage(tt.b)
			wantError(t, err, tt.layer, tt.field, tt.offset, tt.kind)
			if len(m.Payloads) != tt.payloads {
				t.Errorf("%d payloads, want %d", len(m.Payloads), tt.payloads)
			}
			messageTree(m)
		})
	}
}

// TestParseMessageOdd: unusual but readable.
func TestParseMessageOdd(t *testing.T) {
	good := message(t, "mm-psk-3des-sha1-modp1024 frame 5")
	for name, f := range map[string]func(b []byte){
		"minor version 5":   func(b []byte) { b[17] = 0x15 },
		"unknown exchange":  func(b []byte) { b[18] = 200 },
		"commit flag":       func(b []byte) { b[19] = 2 },
		"zero cookies":      func(b []byte) { clear(b[:16]) },
		"equal cookies":     func(b []byte) { copy(b[8:16], b[:8]) },
		"reserved not zero": func(b []byte) { b[29] = 1 },
	} {
		b := bytes.Clone(good)
		f(b)
		if m, err := ParseMessage(b); err != nil || len(m.Payloads) != 4 {
			t.Errorf("%s: %d payloads, %v", name, len(m.Payloads), err)
		}
	}
	b := bytes.Clone(good)
	b[19] = 0xff
	m, err := ParseMessage(b)
	if err != nil || len(m.Payloads) != 0 || len(m.Raw) != len(b) || !m.Encrypted() {
		t.Errorf("all flags: %d payloads, %d octets, %v", len(m.Payloads), len(m.Raw), err)
	}
	header := Header{Major: 1, NextPayload: PayloadHash, Flags: FlagEncryption, Length: HeaderLen}
	if m, err := ParseMessage(AppendHeader(nil, header)); err != nil || len(m.Payloads) != 0 {
		t.Errorf("encrypted and empty: %v", err)
	}
}

// TestAppendMessage makes a clear message of a decrypted chain.
func TestAppendMessage(t *testing.T) {
	m, err := ParseMessage(message(t, "mm-psk-3des-sha1-modp1024 frame 7")) // message 5, encrypted
	if err != nil || !m.Encrypted() {
		t.Fatal(err)
	}
	ps := chain(t, "mm-psk-3des-sha1-modp1024 received by b, encrypted message 1")
	b := AppendMessage([]byte{1, 2}, m.Header, ps)[2:]
	clear, err := ParseMessage(b)
	if err != nil {
		t.Fatal(err)
	}
	if clear.Encrypted() || clear.Flags != 0 || clear.NextPayload != PayloadID || clear.CookieI != m.CookieI ||
		clear.MessageID != m.MessageID || clear.Exchange != ExchangeMain {
		t.Errorf("header %+v", clear.Header)
	}
	// Identification 192.0.2.1 and a SHA-1 hash: 28 + 12 + 24 octets.
	if len(b) != 64 || clear.Length != 64 || len(clear.Payloads) != 2 {
		t.Errorf("%d octets, length %d, %d payloads", len(b), clear.Length, len(clear.Payloads))
	}
	for i, p := range clear.Payloads {
		if !bytes.Equal(p.Raw, ps[i].Raw) {
			t.Errorf("payload %d: %x, want %x", i, p.Raw, ps[i].Raw)
		}
	}
	empty := AppendMessage(nil, Header{Major: 1, NextPayload: PayloadKE, Length: 9}, nil)
	if m, err := ParseMessage(empty); err != nil || m.NextPayload != PayloadNone || m.Length != HeaderLen {
		t.Errorf("empty message: %+v, %v", m.Header, err)
	}
}

// TestParseMessageAllocations: the only memory is the list of payloads.
func TestParseMessageAllocations(t *testing.T) {
	b := message(t, "mm-psk-3des-sha1-modp1024 frame 5")
	n := testing.AllocsPerRun(100, func() {
		if _, err := ParseMessage(b); err != nil {
			t.Fatal(err)
		}
	})
	if n > 3 {
		t.Errorf("%v allocations for a message of 4 payloads", n)
	}
	if n := testing.AllocsPerRun(100, func() { ParseHeader(b) }); n != 0 {
		t.Errorf("%v allocations for a header", n)
	}
}
