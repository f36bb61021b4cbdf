package ikestate_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// Every method of signature in every phase 1 exchange, by either side.
func TestSignaturesVerify(t *testing.T) {
	for _, c := range signatureCases(t) {
		for _, x := range phase1Exchanges {
			s := c.speak(t, x)
			conv := oneConversation(t, solve(t, s.speak(), s.ring()))
			for side := range ikestate.Speaker(2) {
				p := conv.Phase1.Proof(side)
				if p.Verdict != ikestate.Verified || p.Form != c.form || p.Certificate == nil || p.Message.Verified != ikestate.Verified {
					t.Errorf("%s, %s, %s: %s, form %q, %s", c.name, x, side, p.Verdict, p.Form, p.Why)
				}
			}
			last := conv.Messages[len(conv.Messages)-1]
			if !last.Decrypted || last.Verified != ikestate.Verified || len(conv.Deletes) != 1 {
				t.Errorf("%s, %s: Delete decrypted %t, %s", c.name, x, last.Decrypted, last.Verified)
			}
			if conv.State() != ikestate.Established || conv.Phase1.IDii.String() != "initiator.example" || conv.Phase1.IDir.String() != "responder.example" {
				t.Errorf("%s, %s: %s, %v, %v", c.name, x, conv.State(), conv.Phase1.IDii, conv.Phase1.IDir)
			}
		}
	}
}

// A signature by another key, over other octets, or damaged, is refuted.
func TestSignaturesRefuted(t *testing.T) {
	other := signatureCases(t)
	for i, c := range signatureCases(t) {
		for name, change := range map[string]func(s *spoken){
			"another key": func(s *spoken) { s.sign = other[i].sign },
			"another identity": func(s *spoken) {
				s.sign = func(s *spoken, by int, _ []byte) []byte {
					s.id[by][8] ^= 1
					defer func() { s.id[by][8] ^= 1 }()
					return c.sign(s, by, s.authHash(by, s.hash))
				}
			},
			"a flipped bit": func(s *spoken) {
				s.sign = func(s *spoken, by int, h []byte) []byte {
					sig := c.sign(s, by, h)
					sig[len(sig)/2] ^= 1
					return sig
				}
			},
			"nothing":    func(s *spoken) { s.sign = func(*spoken, int, []byte) []byte { return nil } },
			"one octet":  func(s *spoken) { s.sign = func(*spoken, int, []byte) []byte { return []byte{1} } },
			"all ones":   func(s *spoken) { s.sign = func(*spoken, int, []byte) []byte { return bytes.Repeat([]byte{255}, 128) } },
			"all zeros":  func(s *spoken) { s.sign = func(*spoken, int, []byte) []byte { return make([]byte, 128) } },
			"very long":  func(s *spoken) { s.sign = func(*spoken, int, []byte) []byte { return make([]byte, 60_000) } },
			"zero pair":  func(s *spoken) { s.sign = func(*spoken, int, []byte) []byte { return make([]byte, 64) } },
			"empty pair": func(s *spoken) { s.sign = func(*spoken, int, []byte) []byte { return []byte{0x30, 0} } },
		} {
			if strings.HasPrefix(c.name, "dss") && (name == "another key" || name == "another identity") {
				continue // one key for all, and it hashes anew
			}
			s := c.speak(t, isakmp.ExchangeMain)
			change(s)
			conv := oneConversation(t, solve(t, s.speak(), s.ring()))
			for side := range ikestate.Speaker(2) {
				if p := conv.Phase1.Proof(side); p.Verdict != ikestate.Refuted || p.Message.Verified != ikestate.Refuted {
					t.Errorf("%s, %s: %s, %s", c.name, name, p.Verdict, p.Why)
				}
			}
			if last := conv.Messages[len(conv.Messages)-1]; last.Verified != ikestate.Verified {
				t.Errorf("%s, %s: what follows is not read", c.name, name)
			}
		}
	}
}

// Where a signature cannot be checked, the reason is said.
func TestSignaturesNotCheckable(t *testing.T) {
	c := signatureCases(t)[0]
	for name, x := range map[string]struct {
		cert []byte
		why  string
	}{
		"no certificate": {nil, "certificate is not in the capture"},
		"damaged":        {append([]byte{4}, make([]byte, 100)...), "cannot be read"},
		"unknown kind":   {append([]byte{11}, c.cert[1:]...), "cannot be read"},
		"too long":       {append(bytes.Clone(c.cert), make([]byte, isakmp.MaxCertificate-2000)...), "cannot be read"},
	} {
		s := c.speak(t, isakmp.ExchangeMain)
		s.chain = [2][]byte{x.cert, x.cert}
		conv := oneConversation(t, solve(t, s.speak(), s.ring()))
		for side := range ikestate.Speaker(2) {
			if p := conv.Phase1.Proof(side); p.Verdict != ikestate.Unchecked || !strings.Contains(p.Why, x.why) || p.Payload != isakmp.PayloadSignature {
				t.Errorf("%s: %s %s, %q", name, p.Payload, p.Verdict, p.Why)
			}
		}
		for _, cert := range conv.Certificates() {
			if cert.Err == nil || cert.Octets == 0 || cert.Signed {
				t.Errorf("%s: certificate %+v", name, cert)
			}
		}
		if conv.State() != ikestate.Established || len(conv.Deletes) != 1 {
			t.Errorf("%s: %s", name, conv.State())
		}
	}
	s := c.speak(t, isakmp.ExchangeMain)
	conv := oneConversation(t, solve(t, s.speak(), nil))
	if p := conv.Phase1.Proof(ikestate.Initiator); !strings.Contains(p.Why, "could not be decrypted") {
		t.Errorf("without keys: %q", p.Why)
	}
	s = c.speak(t, isakmp.ExchangeAggressive)
	conv = oneConversation(t, solve(t, s.speak(), nil))
	if p := conv.Phase1.Proof(ikestate.Responder); p.Why != "SKEYID is not known" || len(conv.Certificates()) != 2 {
		t.Errorf("without keys, in the clear: %q, %d certificates", p.Why, len(conv.Certificates()))
	}
	conv = oneConversation(t, solve(t, s.sent[:1], nil))
	if p := conv.Phase1.Proof(ikestate.Responder); p.Why != "it is not in the capture" {
		t.Errorf("message 1 alone: %q", p.Why)
	}
}

// In Base Mode the hashes that are signed need no secret.
func TestBaseModeSignaturesNeedNoSecret(t *testing.T) {
	for _, c := range signatureCases(t) {
		s := c.speak(t, isakmp.ExchangeBase)
		conv := oneConversation(t, solve(t, s.speak(), nil))
		for side := range ikestate.Speaker(2) {
			if p := conv.Phase1.Proof(side); p.Verdict != ikestate.Verified {
				t.Errorf("%s, %s: %s %s", c.name, side, p.Verdict, p.Why)
			}
		}
		if conv.Phase1.Ladder.Rung != ikestate.RungNone {
			t.Errorf("%s: rung %s without secrets", c.name, conv.Phase1.Ladder.Rung)
		}
	}
}

// Hybrid authentication: only the responder signs, the initiator sends a hash.
func TestHybridAuthentication(t *testing.T) {
	c := signatureCases(t)[0]
	c.auth = isakmp.AuthHybridInitRSA
	for _, x := range []isakmp.ExchangeType{isakmp.ExchangeMain, isakmp.ExchangeAggressive} {
		s := c.speak(t, x)
		conv := oneConversation(t, solve(t, s.speak(), s.ring()))
		i, r := conv.Phase1.Proof(ikestate.Initiator), conv.Phase1.Proof(ikestate.Responder)
		if i.Verdict != ikestate.Verified || i.Payload != isakmp.PayloadHash || r.Verdict != ikestate.Verified || r.Payload != isakmp.PayloadSignature {
			t.Errorf("%s: initiator %s %s, responder %s %s", x, i.Payload, i.Verdict, r.Payload, r.Verdict)
		}
	}
}

// Certificates in PKCS #7 are read too.
func TestCertificatesInPKCS7(t *testing.T) {
	p7, err := os.ReadFile("testdata/certificates/two.p7")
	if err != nil {
		t.Fatal(err)
	}
	var dss signatureCase
	for _, c := range signatureCases(t) {
		if c.name == "dss sha1" {
			dss = c
		}
	}
	s := dss.speak(t, isakmp.ExchangeMain)
	body := append([]byte{byte(isakmp.CertPKCS7)}, p7...)
	s.chain = [2][]byte{body, body}
	conv := oneConversation(t, solve(t, s.speak(), s.ring()))
	if p := conv.Phase1.Proof(ikestate.Responder); p.Verdict != ikestate.Verified || p.Certificate.Subject != "CN=dss.lab,O=Lab,C=CH" {
		t.Errorf("%s %s", p.Verdict, p.Why)
	}
	certs := conv.Certificates()
	if len(certs) != 4 || certs[0].KeyKind != "dsa" || certs[0].KeyBits != 1024 || certs[1].KeyKind != "ecdsa" || certs[1].KeyBits != 256 || !certs[0].Signed || certs[1].Signed {
		t.Fatalf("%d certificates: %+v", len(certs), certs[0])
	}
	// Every prefix is survived, and none but the whole gives a certificate.
	for n := range p7 {
		s := dss.speak(t, isakmp.ExchangeMain)
		s.chain[0] = append([]byte{byte(isakmp.CertPKCS7)}, p7[:n]...)
		if n%40 != 0 {
			continue
		}
		conv := oneConversation(t, solve(t, s.speak(), s.ring()))
		if p := conv.Phase1.Proof(ikestate.Initiator); p.Verdict == ikestate.Verified {
			t.Errorf("%d octets verify", n)
		}
	}
}

// The certificates of a recorded conversation, as openssl x509 prints them.
func TestCertificatesOfARecordedConversation(t *testing.T) {
	s := samples.ByName("mm-rsa-aes256-sha256-modp2048")
	conv := oneConversation(t, solve(t, datagrams(t, s), ring(t, s)))
	certs := conv.Certificates()
	if len(certs) != 2 {
		t.Fatalf("%d certificates", len(certs))
	}
	for i, want := range []struct{ subject, serial, name string }{
		{"CN=gw-a.lab,O=Lab,C=CH", "73ea61d2868a002f", "dns:gw-a.lab"},
		{"CN=gw-b.lab,O=Lab,C=CH", "561eae62988a44bf", "dns:gw-b.lab"},
	} {
		c := certs[i]
		if c.Subject != want.subject || c.Serial != want.serial || len(c.Names) != 1 || c.Names[0] != want.name {
			t.Errorf("%q, serial %s, %v", c.Subject, c.Serial, c.Names)
		}
		if c.Issuer != "CN=Lab CA,O=Lab,C=CH" || c.KeyKind != "rsa" || c.KeyBits != 2048 || c.CA || !c.Signed || c.Err != nil {
			t.Errorf("%+v", c)
		}
		if c.From != ikestate.Speaker(i) || c.Message.Position != 5+i || c.NotAfter.Year()-c.NotBefore.Year() != 5 {
			t.Errorf("from %s in message %d, %s to %s", c.From, c.Message.Position, c.NotBefore, c.NotAfter)
		}
	}
	for side := range ikestate.Speaker(2) {
		if p := conv.Phase1.Proof(side); p.Verdict != ikestate.Verified || p.Form != "rsa" {
			t.Errorf("%s: %s %q %s", side, p.Verdict, p.Form, p.Why)
		}
	}
}

// FuzzCertificate puts hostile octets in the place of a certificate.
func FuzzCertificate(f *testing.F) {
	c := signatureCases(f)[0]
	p7, err := os.ReadFile("testdata/certificates/two.p7")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.cert)
	f.Add(append([]byte{1}, p7...))
	f.Add(append([]byte{4}, bytes.Repeat([]byte{0x30, 0x80}, 3000)...))
	f.Add([]byte{4, 0x30, 0x84, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, body []byte) {
		s := c.speak(t, isakmp.ExchangeMain)
		s.chain[0] = body[:min(len(body), 60_000)]
		conv := oneConversation(t, solve(t, s.speak(), s.ring()))
		if conv.Phase1.Proof(ikestate.Responder).Verdict != ikestate.Verified {
			t.Error("the responder's signature was lost")
		}
	})
}

// Without a private key, nothing of public key encryption is read.
func TestPublicKeyEncryptionWithoutKeys(t *testing.T) {
	s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthRSAEncryption)
	s.sealKeys(t)
	conv := oneConversation(t, solve(t, s.speakSealed(t), &secrets.Ring{DHs: s.ring().DHs}))
	if p := conv.Phase1; p.IDii != nil || p.NonceI != nil || !p.Ladder.SKEYID.IsZero() {
		t.Errorf("identity %v, nonce %x", p.IDii, p.NonceI)
	}
}
