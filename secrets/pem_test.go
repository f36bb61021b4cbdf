package secrets

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// rsa512 was made for this test with openssl genrsa 512.
const rsa512 = `-----BEGIN RSA PRIVATE KEY-----
MIIBPAIBAAJBAMrvIB7VJeh1D1uJLLwFUqMfI2zLZfPPOhcP3q9OuqKt7JVHMZab
uXZBVewMvDwqDpA42vNia4b+/rMDYEz7DVUCAwEAAQJBAJs4bIko3+X+I9EQC3eF
WsAKgT4mFcV3LCeXq+zLe1YR9DNt3m23CdINp65AMwO6jphHOO6/gKU5Wa+72ExH
X8ECIQD6nnL+sUsfBhydmXfnE+qhTxNH4E5NZPZ+e0g/1dqI6wIhAM9KkmmASthU
FBU/qnrD1mqgEKZ9v/VqtG0NDLcEUzK/AiEAq3Tjb2OT5TGlOhzYbvqtNpaGtlG6
wDAmgvmMwD9qNukCIDAnKovHeZt3LJMjDv8lrxFlzXhfjc/80ZzjgyigoJMRAiEA
5tLWOGNJ5QdBStZCyXN18aiw3etat3IP1c/nPFpFvbE=
-----END RSA PRIVATE KEY-----
`

// rsa512Wrapped is the same key after openssl pkcs8 -topk8 -nocrypt.
const rsa512Wrapped = `-----BEGIN PRIVATE KEY-----
MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEAyu8gHtUl6HUPW4ks
vAVSox8jbMtl8886Fw/er066oq3slUcxlpu5dkFV7Ay8PCoOkDja82Jrhv7+swNg
TPsNVQIDAQABAkEAmzhsiSjf5f4j0RALd4VawAqBPiYVxXcsJ5er7Mt7VhH0M23e
bbcJ0g2nrkAzA7qOmEc47r+ApTlZr7vYTEdfwQIhAPqecv6xSx8GHJ2Zd+cT6qFP
E0fgTk1k9n57SD/V2ojrAiEAz0qSaYBK2FQUFT+qesPWaqAQpn2/9Wq0bQ0MtwRT
Mr8CIQCrdONvY5PlMaU6HNhu+q02loa2UbrAMCaC+YzAP2o26QIgMCcqi8d5m3cs
kyMO/yWvEWXNeF+Nz/zRnOODKKCgkxECIQDm0tY4Y0nlB0FK1kLJc3XxqLDd61q3
cg/Vz+c8WkW9sQ==
-----END PRIVATE KEY-----
`

// ciphertext512 is "nonce of 16 octs", encrypted by openssl pkeyutl -encrypt.
const ciphertext512 = "b64d84e32be4a3ee24c34384ba46444b5564774f95d93f4cb294f26b3311774e" +
	"96db67a242ba1d7bcbf9a2a0321604aaa43670cd907a33357af436f07c8184ee"

func readPEM(t *testing.T, text string) (*Ring, []Warning, error) {
	t.Helper()
	return Read("key.pem", strings.NewReader(text))
}

func TestPEMKeysOfOpenSSL(t *testing.T) {
	ciphertext, err := hex.DecodeString(ciphertext512)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"RSAPrivateKey": rsa512, "PrivateKeyInfo": rsa512Wrapped, "both": rsa512 + rsa512Wrapped,
		"CRLF": strings.ReplaceAll(rsa512, "\n", "\r\n"), "text around": "Bag Attributes\n" + rsa512 + "\nend\n",
	} {
		r, warnings, err := readPEM(t, text)
		if err != nil || len(warnings) > 0 || len(r.RSAKeys) != 1 {
			t.Errorf("%s: %v, %v", name, err, warnings)
			continue
		}
		k, err := r.RSAKeys[0].Private()
		if err != nil || r.RSAKeys[0].Bits != 512 || r.Len() != 1 {
			t.Errorf("%s: %d bits, %v", name, r.RSAKeys[0].Bits, err)
			continue
		}
		if plain, err := k.Decrypt(ciphertext); err != nil || string(plain) != "nonce of 16 octs" {
			t.Errorf("%s: decrypted %q, %v", name, plain, err)
		}
	}
}

func TestMergeKeepsOneOfEachRSAKey(t *testing.T) {
	a, _, err := readPEM(t, rsa512)
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := readPEM(t, rsa512Wrapped)
	if err != nil {
		t.Fatal(err)
	}
	a.Merge(b)
	if len(a.RSAKeys) != 1 {
		t.Errorf("%d keys", len(a.RSAKeys))
	}
	var empty Ring
	if empty.Merge(b); len(empty.RSAKeys) != 1 {
		t.Errorf("%d keys in an empty ring", len(empty.RSAKeys))
	}
}

// A ciphertext that is not for the key, or is none at all.
func TestRSADecryptRefuses(t *testing.T) {
	r, _, err := readPEM(t, rsa512)
	if err != nil {
		t.Fatal(err)
	}
	k, err := r.RSAKeys[0].Private()
	if err != nil {
		t.Fatal(err)
	}
	good, _ := hex.DecodeString(ciphertext512)
	for name, c := range map[string][]byte{
		"empty": nil, "short": good[1:], "long": append([]byte{0}, good...), "modulus": k.N.Bytes(),
		"zero": make([]byte, len(good)), "one": append(make([]byte, 63), 1),
		"other": append(bytes.Clone(good[:63]), good[63]^1),
	} {
		if plain, err := k.Decrypt(c); err == nil {
			t.Errorf("%s: decrypted to %x", name, plain)
		}
	}
	// Padding of fewer than eight octets (RFC 8017 section 7.2.2).
	block := append([]byte{0, 2, 1, 2, 3, 4, 5, 6, 7, 0}, make([]byte, 54)...)
	c := new(big.Int).Exp(new(big.Int).SetBytes(block), k.E, k.N).FillBytes(make([]byte, 64))
	if _, err := k.Decrypt(c); err == nil {
		t.Error("seven octets of padding are taken")
	}
}

func TestPEMThatGivesNoKey(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, octets []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: octets}))
	}
	plain, _ := pem.Decode([]byte(rsa512))
	broken := bytes.Clone(plain.Bytes)
	broken[len(broken)-60] ^= 1
	for _, c := range []struct{ name, text, want string }{
		{"no end", rsa512[:200], "without its END line"},
		{"two begins", rsa512[:200] + "\n" + rsa512[:200], "without its END line"},
		{"not base64", "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n", "is damaged"},
		{"not DER", block("PRIVATE KEY", []byte("x")), "is damaged"},
		{"not RSA DER", block("RSA PRIVATE KEY", []byte("x")), "is no RSA private key"},
		{"broken numbers", block("RSA PRIVATE KEY", broken), "do not belong together"},
		{"passphrase", block("ENCRYPTED PRIVATE KEY", []byte("x")), "openssl pkey"},
		{"old passphrase", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "openssl pkey"},
		{"elliptic curve", block("PRIVATE KEY", der), "another kind than RSA"},
		{"EC block", block("EC PRIVATE KEY", []byte("x")), "another kind"},
		{"too long", "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("AAAA\n", 20_000), "longer than"},
		{"certificate", block("CERTIFICATE", []byte("x")), "no secrets that can be used"},
	} {
		r, warnings, err := readPEM(t, c.text)
		said := fmt.Sprint(err, warnings)
		if r.rsaKeyCount() != 0 || !strings.Contains(said, c.want) {
			t.Errorf("%s: %d keys, %s; want %q", c.name, r.rsaKeyCount(), said, c.want)
		}
	}
}

// rsaKeyCount is nil-safe.
func (r *Ring) rsaKeyCount() int {
	if r == nil {
		return 0
	}
	return len(r.RSAKeys)
}

// Every proper prefix of a key's DER is refused.
func TestPEMTruncatedAtEveryOctet(t *testing.T) {
	for _, text := range []string{rsa512, rsa512Wrapped} {
		b, _ := pem.Decode([]byte(text))
		for n := range b.Bytes {
			cut := pem.EncodeToMemory(&pem.Block{Type: b.Type, Bytes: b.Bytes[:n]})
			if r, _, _ := Read("key.pem", bytes.NewReader(cut)); r.rsaKeyCount() != 0 {
				t.Fatalf("%s of %d octets is taken", b.Type, n)
			}
		}
	}
}

// A key of enormous numbers costs no time.
func TestPEMWithNumbersOutOfBounds(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), maxRSABits+1)
	der := rsaDER(t, huge)
	if _, err := parseRSAKey(der); err == nil {
		t.Error("a modulus above the limit is taken")
	}
	if _, err := parseRSAKey(rsaDER(t, big.NewInt(35))); err == nil {
		t.Error("a modulus of 6 bits is taken")
	}
	if _, err := parseRSAKey(rsaDER(t, big.NewInt(-35))); err == nil {
		t.Error("a negative modulus is taken")
	}
}

// No message repeats anything of a key.
func TestPEMErrorsDoNotEcho(t *testing.T) {
	for n := 100; n < len(rsa512); n += 37 {
		r, warnings, err := readPEM(t, rsa512[:n])
		said := fmt.Sprint(err, warnings, r)
		for _, line := range strings.Split(rsa512, "\n")[1:8] {
			if strings.Contains(said, line) {
				t.Fatalf("cut at %d: %s", n, said)
			}
		}
	}
	r, _, err := readPEM(t, rsa512)
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%v %+v %#v", r.RSAKeys[0], r.RSAKeys[0], r.RSAKeys[0])
	b, _ := pem.Decode([]byte(rsa512))
	if strings.Contains(said, hex.EncodeToString(b.Bytes[20:40])) || strings.Contains(said, fmt.Sprint(b.Bytes[20:30])) {
		t.Errorf("a key prints itself: %s", said)
	}
}

func FuzzPEM(f *testing.F) {
	f.Add(rsa512)
	f.Add(rsa512Wrapped)
	f.Add("-----BEGIN X-----\n-----END X-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, _, err := Read("f", strings.NewReader(text))
		if err != nil {
			return
		}
		for _, k := range r.RSAKeys {
			p, err := k.Private()
			if err != nil {
				t.Fatal(err)
			}
			p.Decrypt(make([]byte, p.Size()))
		}
	})
}

// rsaDER writes an RSAPrivateKey with one number for all.
func rsaDER(t *testing.T, n *big.Int) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Version                     int
		N, E, D, P, Q, DP, DQ, QInv *big.Int
	}{0, n, n, n, n, n, n, n, n})
	if err != nil {
		t.Fatal(err)
	}
	return der
}
