package diagnose_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/pcaps"
)

// certified is a certificate with its key.
type certified struct {
	key *rsa.PrivateKey
	der []byte
}

var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// certificate makes one that is valid from so many days after the talk on for 90
// days.
func (k *talk) certificate(name string, from int) *certified {
	key, err := rsaKey()
	if err != nil {
		k.t.Fatal(err)
	}
	begin := time.Unix(0, k.nanos).AddDate(0, 0, from)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: name}, Issuer: pkix.Name{CommonName: "ca"},
		NotBefore: begin, NotAfter: begin.AddDate(0, 0, 90), SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		k.t.Fatal(err)
	}
	return &certified{key, der}
}

// sign makes the signature of RFC 2409, section 5.1: PKCS #1 padding around the
// hash, without the name of an algorithm.
func (c *certified) sign(t testing.TB, hash []byte) []byte {
	s, err := rsa.SignPKCS1v15(nil, c.key, crypto.Hash(0), hash)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// signed plays the first n messages of a Main Mode with certificates; that of side
// outdated begins to be valid so many days later than now.
func signed(outdated, days, n int, then func(k *talk, fs []int)) func(k *talk) {
	return func(k *talk) {
		k.auth = isakmp.AuthRSA
		k.certs = [2]*certified{k.certificate("a.example.org", -30), k.certificate("b.example.org", -30)}
		k.certs[outdated] = k.certificate("old.example.org", days)
		then(k, k.main(n))
	}
}

// later lets time pass in which the capture goes on.
func (k *talk) later(ms int64) {
	k.wait(ms)
	k.packet(6, addrA.Addr(), addrB.Addr(), make([]byte, 20))
}

var certificateScenes = []struct {
	scene
	says string // a sentence of the first finding with secrets
}{
	{scene{
		name: "the responder's certificate had expired, and the initiator says that it refuses it",
		play: signed(sideB, -120, 6, func(k *talk, _ []int) {
			k.informs(sideA, notify(isakmp.ProtocolISAKMP, isakmp.NotifyAuthenticationFailed, nil, nil))
		}),
		outside: []want{{diagnose.AuthFailed, failure, likely, []int{6, 7}}},
		inside:  []want{{diagnose.AuthFailed, failure, proved, []int{6, 7}}},
	}, "It had expired when the packet was sent."},
	{scene{
		name: "the responder's certificate was not yet valid, and the initiator is silent",
		play: signed(sideB, 1, 6, func(k *talk, _ []int) { k.later(20_000) }),
		inside: []want{
			{diagnose.AuthFailed, failure, likely, []int{6}},
		},
	}, "It was not yet valid when the packet was sent."},
	{scene{
		name: "the initiator's certificate had expired, and the responder is silent",
		play: signed(sideA, -100, 5, func(k *talk, fs []int) {
			k.again(fs[4], 4000)
			k.again(fs[4], 7000)
		}),
		outside: []want{{diagnose.AuthFailed, failure, likely, []int{5, 6, 7}}},
		inside:  []want{{diagnose.AuthFailed, failure, likely, []int{5, 6, 7}}},
	}, "It had expired when the packet was sent."},
	{scene{
		name: "an expired certificate that is taken all the same",
		play: signed(sideB, -120, 6, func(k *talk, _ []int) {
			k.quick(usual(sideA, 0x1000))
			k.traffic(usual(sideA, 0x1000), 5)
		}),
		inside: []want{{diagnose.CertificateOutdated, warning, proved, []int{6}}},
	}, "Packet 6: CN=old.example.org, issued by CN=old.example.org, valid from 2023-07-17 to 2023-10-15."},
	{scene{
		name: "valid certificates, and nothing after phase 1",
		play: signed(sideB, -30, 6, func(k *talk, _ []int) { k.later(20_000) }),
	}, ""},
	{scene{
		name: "a certificate authority that is not accepted",
		play: signed(sideB, -30, 5, func(k *talk, _ []int) {
			k.informs(sideB, notify(isakmp.ProtocolISAKMP, isakmp.NotifyInvalidCertAuthority, nil, nil))
		}),
		outside: []want{{diagnose.AuthFailed, failure, likely, []int{5, 6}}},
		inside:  []want{{diagnose.AuthFailed, failure, proved, []int{5, 6}}},
	}, "Packet 6: 192.0.2.2 answered INVALID-CERT-AUTHORITY 1 ms later."},
}

// Certificates that are not valid at the time of the capture, or not accepted.
func TestCertificates(t *testing.T) {
	for _, s := range certificateScenes {
		s.run(t)
		t.Run(s.name+"/text", func(t *testing.T) {
			k := newTalk(t)
			s.play(k)
			all := ""
			for _, f := range findings(t, write(t, pcaps.LinkRaw, k.frames), &k.ring) {
				all += f.Detail + "\n"
			}
			if !strings.Contains(all, s.says) || strings.Contains(all, "does not verify") {
				t.Errorf("%q is not in:\n%s", s.says, all)
			}
		})
	}
}
