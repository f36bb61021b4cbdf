package report

import (
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// body makes octets of numbers and strings.
func body(parts ...any) string {
	var b strings.Builder
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b.WriteByte(byte(p))
		case string:
			b.WriteString(p)
		}
	}
	return b.String()
}

// basic is a data attribute of two octets (RFC 2408, section 3.3).
func basic(kind, value int) string { return body(0x80|kind>>8, kind, value>>8, value) }

// transform is a transform substructure; more says that another one follows (RFC
// 2408, section 3.6).
func transform(more bool, number, id int, attributes ...string) string {
	next, all := 0, strings.Join(attributes, "")
	if more {
		next = 3
	}
	return body(next, 0, 0, 8+len(all), number, id, 0, 0, all)
}

// proposal is a proposal substructure (RFC 2408, section 3.5).
func proposal(more bool, number, protocol int, spi string, transforms ...string) string {
	next, all := 0, strings.Join(transforms, "")
	if more {
		next = 2
	}
	n := 8 + len(spi) + len(all)
	return body(next, 0, n>>8, n, number, protocol, len(spi), len(transforms), spi, all)
}

func sa(proposals ...string) isakmp.Payload {
	return payload(isakmp.PayloadSA, body(0, 0, 0, 1, 0, 0, 0, 1, strings.Join(proposals, "")))
}

// Phase 1 attributes by number: RFC 2409, appendix A.
func phase1Attributes(encryption, hash, auth, group int) string {
	return basic(1, encryption) + basic(2, hash) + basic(3, auth) + basic(4, group) + basic(11, 1) + basic(12, 3600)
}

func said(c *ikestate.Conversation, m *ikestate.Message) string {
	p := newPage(nil, Options{})
	return strings.ReplaceAll(p.say(c, m), glue, " ")
}

func TestSayPhase2Offers(t *testing.T) {
	// RFC 2407, section 4.5: 1 and 2 life, 4 encapsulation, 5 authentication, 6 key length, 3 group.
	esp := func(more bool, n, id, auth int, extra ...string) string {
		return transform(more, n, id, append([]string{basic(4, 1), basic(5, auth)}, extra...)...)
	}
	for _, c := range []struct {
		name string
		sa   isakmp.Payload
		want string
	}{
		{"one", sa(proposal(false, 1, 3, "1234", esp(false, 1, 3, 2))), "ESP tunnel, 3DES-CBC + HMAC-SHA1-96"},
		{"AES with a key length, group, lifetime",
			sa(proposal(false, 1, 3, "1234", esp(false, 1, 12, 5, basic(6, 256), basic(3, 14), basic(1, 1), basic(2, 3600)))),
			"ESP tunnel, AES-CBC-256 + HMAC-SHA2-256-128, PFS MODP 2048, 3,600 s"},
		{"two transforms", sa(proposal(false, 1, 3, "1234", esp(true, 1, 3, 2), esp(false, 2, 2, 1))),
			"ESP tunnel, 2 choices: 3DES-CBC + HMAC-SHA1-96 | DES-CBC + HMAC-MD5-96"},
		{"two proposals", sa(proposal(true, 1, 3, "1234", esp(false, 1, 3, 2)), proposal(false, 2, 2, "1234", transform(false, 1, 3, basic(4, 2), basic(5, 2)))),
			"2 choices: ESP tunnel, 3DES-CBC + HMAC-SHA1-96 | AH transport, HMAC-SHA1-96"},
		{"bundle", sa(proposal(true, 1, 3, "1234", esp(false, 1, 3, 2)), proposal(false, 1, 4, "12", transform(false, 1, 2, basic(4, 1)))),
			"ESP tunnel, 3DES-CBC + HMAC-SHA1-96 and IPComp tunnel, DEFLATE"},
		{"many", sa(proposal(false, 1, 3, "1234", esp(true, 1, 3, 2), esp(true, 2, 3, 2), esp(true, 3, 3, 2), esp(true, 4, 3, 2), esp(false, 5, 3, 2))),
			"5 choices: 3DES-CBC + HMAC-SHA1-96 | 3DES-CBC + HMAC-SHA1-96 | 3DES-CBC + HMAC-SHA1-96 | and 2 more"},
		{"UDP transport", sa(proposal(false, 1, 3, "1234", transform(false, 1, 12, basic(4, 4), basic(5, 2), basic(6, 128)))),
			"ESP transport in UDP, AES-CBC-128 + HMAC-SHA1-96"},
		{"NULL", sa(proposal(false, 1, 3, "1234", esp(false, 1, 11, 2))), "NULL + HMAC-SHA1-96"},
		{"unknown numbers", sa(proposal(false, 1, 3, "1234", esp(false, 1, 250, 99))), "ESP transform 250 + integrity 99"},
		{"no transform", sa(proposal(false, 1, 3, "1234")), "ESP, nothing offered"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := message(3, true, isakmp.ExchangeQuick, c.sa)
			m.Position = 1
			contains(t, said(conversation(m), m), c.want)
		})
	}
}

func TestSayPhase1Choice(t *testing.T) {
	proposals := func(n int) (ps []ikestate.Proposal) {
		for i := range n {
			ps = append(ps, ikestate.Proposal{Transform: i + 1, Encryption: "3des-cbc", HashName: []string{"sha1", "md5"}[i%2], GroupName: "modp1024", Auth: isakmp.AuthPSK})
		}
		return ps
	}
	ask := message(3, true, isakmp.ExchangeMain, sa(proposal(false, 1, 1, "", transform(false, 1, 1, phase1Attributes(5, 2, 1, 2)))))
	answer := message(4, false, isakmp.ExchangeMain, sa(proposal(false, 1, 1, "", transform(false, 1, 1, phase1Attributes(5, 2, 1, 2)))))
	c := conversation(ask, answer)
	c.Phase1.Offered = proposals(1)
	c.Phase1.Chosen = &proposals(1)[0]
	contains(t, said(c, ask), "SA: 3DES-CBC, SHA-1, MODP 1024, pre-shared key")
	if got := said(c, answer); got != "SA: accepted" {
		t.Errorf("the only offer: %q", got)
	}
	c.Phase1.Offered, c.Phase1.Chosen = proposals(5), &proposals(5)[1]
	contains(t, said(c, ask), "SA: 5 choices: 3DES-CBC, SHA-1", "| 3DES-CBC, MD5", "and 2 more")
	contains(t, said(c, answer), "SA: chosen number 2 of 5: 3DES-CBC, MD5")
	c.Phase1.Offered = nil
	contains(t, said(c, answer), "SA: chosen 3DES-CBC, MD5")
	c.Phase1.Chosen = nil
	contains(t, said(c, answer), "SA without a choice")
}

func TestSayPayloads(t *testing.T) {
	for _, c := range []struct {
		name string
		p    isakmp.Payload
		want string
	}{
		{"address", payload(isakmp.PayloadID, body(1, 17, 1, 0xf4, 192, 0, 2, 1)), "ID 192.0.2.1"},
		{"name", payload(isakmp.PayloadID, body(2, 0, 0, 0, "gw.example.org")), "ID fqdn gw.example.org"},
		{"key ID that is no text", payload(isakmp.PayloadID, body(11, 0, 0, 0, 0, 1)), "ID key-id 0x0001"},
		{"cut identity", payload(isakmp.PayloadID, body(1, 0)), "ID isakmp: id"},
		{"refusal", payload(isakmp.PayloadNotify, body(0, 0, 0, 1, 1, 0, 0, 14)), "NO-PROPOSAL-CHOSEN"},
		{"lifetime", payload(isakmp.PayloadNotify, body(0, 0, 0, 1, 3, 4, 0x60, 0, "1234", basic(1, 1), basic(2, 1800))), "RESPONDER-LIFETIME"},
		{"delete", payload(isakmp.PayloadDelete, body(0, 0, 0, 1, 3, 4, 0, 1, 0xc7, 0xa8, 0xcc, 0x9e)), "delete ESP 0xc7a8cc9e"},
		{"authority", payload(isakmp.PayloadCertRequest, body(4)), "asks for a certificate of any authority"},
		{"no certificate", payload(isakmp.PayloadCert, body(4, "xyz")), "certificate x509-signature, 3 octets"},
		{"fragment", payload(isakmp.PayloadFragment, body(0, 7, 2, 1, "data")), "fragment of a message: message 7, fragment 2 (last), 4 octets"},
		{"unknown payload", payload(200, "abc"), "200 3 octets"},
		{"vendor", payload(isakmp.PayloadVendor, "something else"), "1 unknown vendor ID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := message(3, true, isakmp.ExchangeMain, c.p)
			contains(t, said(conversation(m), m), c.want)
		})
	}
}

// Vendor IDs: products first, NAT-T versions together, unknown ones counted.
func TestSayVendors(t *testing.T) {
	vendor := func(s string) isakmp.Payload { return payload(isakmp.PayloadVendor, s) }
	rfc3947 := "\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f" // RFC 3947, section 3.1
	draft02 := "\x90\xcb\x80\x91\x3e\xbb\x69\x6e\x08\x63\x81\xb5\xec\x42\x7b\x1f" // draft-ietf-ipsec-nat-t-ike-02, section 3
	dpd := "\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00"     // RFC 3706, section 5.1
	m := message(3, true, isakmp.ExchangeMain, vendor(dpd), vendor(rfc3947), vendor("?"), vendor(draft02), vendor("??"), vendor("OE-Libreswan-4.10"))
	if got, want := said(conversation(m), m), "libreswan 4.10; DPD, NAT-T (RFC 3947, draft 02), 2 unknown vendor IDs"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSayProofs(t *testing.T) {
	hash := payload(isakmp.PayloadHash, "01234567890123456789")
	for _, c := range []struct {
		name     string
		m        *ikestate.Message
		position int
		v        ikestate.Verdict
		want     string
	}{
		{"initiator", message(7, true, isakmp.ExchangeMain, hash), 5, ikestate.Verified, "HASH_I ok"},
		{"responder, wrong", message(8, false, isakmp.ExchangeMain, hash), 6, ikestate.Refuted, "HASH_R BAD"},
		{"unchecked", message(8, false, isakmp.ExchangeMain, hash), 6, ikestate.Unchecked, "HASH_R"},
		{"quick", message(9, true, isakmp.ExchangeQuick, hash), 3, ikestate.Verified, "HASH(3) ok"},
		{"informational", message(9, true, isakmp.ExchangeInformational, hash), 1, ikestate.Verified, "HASH(1) ok"},
		{"signature", message(7, true, isakmp.ExchangeMain, payload(isakmp.PayloadSignature, "s")), 5, ikestate.Verified, "SIG_I ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.m.Position, c.m.Verified = c.position, c.v
			if got := said(conversation(c.m), c.m); !strings.HasSuffix(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestSayWhatIsClosedOrDamaged(t *testing.T) {
	closed := message(7, true, isakmp.ExchangeMain)
	closed.Header.Flags, closed.Header.Length, closed.Decrypted = isakmp.FlagEncryption, 76, false
	closed.Note = noKey + "the pre-shared key"
	if got := said(conversation(closed), closed); got != "encrypted, 76 octets" {
		t.Errorf("%q", got)
	}
	closed.Note = "30 octets were not captured"
	if got := said(conversation(closed), closed); got != "encrypted, 76 octets: 30 octets were not captured" {
		t.Errorf("%q", got)
	}
	healed := message(7, true, isakmp.ExchangeQuick, payload(isakmp.PayloadNonce, "12345678"))
	healed.HealedOctets = 16
	contains(t, said(conversation(healed), healed), "nonce 8; first 16 octets rebuilt")
	cut := message(7, true, isakmp.ExchangeMain, payload(isakmp.PayloadNonce, "12345678"))
	cut.Missing = 22
	contains(t, said(conversation(cut), cut), "! 22 octets not captured")
	clear := message(7, false, isakmp.ExchangeInformational, payload(isakmp.PayloadNotify, body(0, 0, 0, 1, 1, 0, 0, 14)))
	contains(t, said(conversation(clear), clear), "Informational, not encrypted; NO-PROPOSAL-CHOSEN")
}
