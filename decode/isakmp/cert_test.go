package isakmp

import (
	"bytes"
	"errors"
	"testing"
)

// TestRecordedCertificate: the names are those that strongSwan logged for this exchange, in
// the order of RFC 4514.
func TestRecordedCertificate(t *testing.T) {
	ps := chain(t, "mm-rsa-aes256-sha256-modp2048 received by b, encrypted message 1")
	c, err := ParseCert(find(t, ps, PayloadCert).Body)
	if err != nil || c.Encoding != CertX509Signature {
		t.Fatalf("%s, %v", c.Encoding, err)
	}
	x, err := c.X509()
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := DistinguishedName(x.RawSubject); got != "CN=gw-a.lab,O=Lab,C=CH" || !ok {
		t.Errorf("subject %q", got)
	}
	r, err := ParseCertRequest(find(t, ps, PayloadCertRequest).Body)
	if err != nil || r.Encoding != CertX509Signature {
		t.Fatalf("%s, %v", r.Encoding, err)
	}
	if got, ok := DistinguishedName(r.Authority); got != "CN=Lab CA,O=Lab,C=CH" || !ok {
		t.Errorf("authority %q", got)
	}
	tree := find(t, ps, PayloadCert).Tree(TreeContext{})
	if got := child(t, tree, "certificate", "subject").Value; got != "CN=gw-a.lab,O=Lab,C=CH" {
		t.Errorf("subject in the tree: %q", got)
	}
	// Cut anywhere: it is no certificate, and says so.
	for n := range c.Data {
		_, err := Cert{c.Encoding, c.Data[:n]}.X509()
		if !errors.Is(err, ErrValue) {
			t.Fatalf("cut to %d octets: %v", n, err)
		}
	}
}

func TestParseCert(t *testing.T) {
	_, err := ParseCert(nil)
	wantError(t, err, "cert", "encoding", 0, ErrTruncated)
	c, err := ParseCert([]byte{4})
	wantError(t, err, "cert", "data", 1, ErrLength)
	if c.Encoding != CertX509Signature {
		t.Errorf("encoding %s", c.Encoding)
	}
	_, err = Cert{CertPKCS7, []byte{1}}.X509()
	wantError(t, err, "cert", "encoding", 0, ErrUnsupported)
	_, err = Cert{CertX509Signature, bytes.Repeat([]byte{0x30}, MaxCertificate+1)}.X509()
	wantError(t, err, "cert", "data", 1, ErrLimit)
	_, err = Cert{CertX509KeyExchange, unhex(t, "3084ffffffff")}.X509()
	wantError(t, err, "cert", "data", 1, ErrValue)

	_, err = ParseCertRequest(nil)
	wantError(t, err, "cert-request", "encoding", 0, ErrTruncated)
	if r, err := ParseCertRequest([]byte{4}); err != nil || len(r.Authority) != 0 {
		t.Errorf("any authority: %+v, %v", r, err)
	}
	for octets, want := range map[string]string{
		"04": "x509-signature, any authority", "04 3000": "x509-signature, ", "63 30": "99, 1 octet",
	} {
		if got := (Payload{Type: PayloadCertRequest, Body: unhex(t, octets)}).Summary(); got != want {
			t.Errorf("summary of %s: %q, want %q", octets, got, want)
		}
	}
}
