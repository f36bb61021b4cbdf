package suite

import (
	"bytes"
	"crypto/cipher"
	"errors"
	"strconv"
	"testing"

	"ikescope/suite/vectors"
)

// cipherNames are the names that scripts rely on, with their key lengths in bits.
var cipherNames = []struct {
	stem string
	bits []int
}{
	{"des-cbc", nil}, {"3des-cbc", nil}, {"null", nil}, {"chacha20-poly1305", nil},
	{"aes-cbc", []int{128, 192, 256}}, {"aes-ctr", []int{128, 192, 256}},
	{"aes-gcm-8", []int{128, 192, 256}}, {"aes-gcm-12", []int{128, 192, 256}}, {"aes-gcm-16", []int{128, 192, 256}},
	{"aes-ccm-8", []int{128, 192, 256}}, {"aes-ccm-12", []int{128, 192, 256}}, {"aes-ccm-16", []int{128, 192, 256}},
	{"null-auth-aes-gmac", []int{128, 192, 256}},
	{"camellia-cbc", []int{128, 192, 256}}, {"camellia-ctr", []int{128, 192, 256}},
	{"blowfish-cbc", []int{40, 48, 128, 256, 448}}, {"cast-cbc", []int{40, 80, 88, 128}},
}

func TestCipherNames(t *testing.T) {
	for _, c := range cipherNames {
		if c.bits == nil {
			if _, ok := CipherByName(c.stem); !ok {
				t.Errorf("%s is no row", c.stem)
			}
			continue
		}
		if _, ok := CipherByName(c.stem); ok {
			t.Errorf("%s without its key length is a row", c.stem)
		}
		for _, bits := range c.bits {
			name := c.stem + "-" + strconv.Itoa(bits)
			row, ok := CipherByName(name)
			if !ok || row.Name != name || row.KeyLen != bits/8 {
				t.Errorf("CipherByName(%q) = %+v, %v", name, row, ok)
			}
		}
	}
}

func TestCipherRowsAreConsistent(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Ciphers() {
		if seen[c.Name] || c.IsZero() {
			t.Errorf("row %q is doubled or empty", c.Name)
		}
		seen[c.Name] = true
		if c.BlockLen < 1 || c.KeymatLen() != c.KeyLen+c.SaltLen || c.ImplicitIV && c.IVLen != 0 {
			t.Errorf("%s: lengths %+v", c.Name, c)
		}
		aead := c.Mode == ModeGCM || c.Mode == ModeCCM || c.Mode == ModeGMAC || c.Mode == ModeChaCha20Poly1305
		if c.AEAD() != aead {
			t.Errorf("%s: AEAD() = %v", c.Name, c.AEAD())
		}
		noBlock := c.Mode == ModeNull || c.Mode == ModeChaCha20Poly1305
		if (c.NewBlock == nil) != noBlock {
			t.Errorf("%s: NewBlock present is %v", c.Name, c.NewBlock != nil)
		}
	}
}

func TestNewBlockChecksTheKeyLength(t *testing.T) {
	for _, c := range Ciphers() {
		if c.NewBlock == nil {
			continue
		}
		for n := 0; n <= 64; n++ {
			b, err := c.NewBlock(make([]byte, n))
			var wrong *KeyLengthError
			switch {
			case n != c.KeyLen && (!errors.As(err, &wrong) || wrong.Got != n || wrong.Want != c.KeyLen):
				t.Errorf("%s with %d octets: %v", c.Name, n, err)
			case n == c.KeyLen && err != nil:
				t.Errorf("%s: %v", c.Name, err)
			case n == c.KeyLen && c.Mode == ModeCBC && (b.BlockSize() != c.BlockLen || c.IVLen != c.BlockLen):
				t.Errorf("%s: block of %d octets, row says %d", c.Name, b.BlockSize(), c.BlockLen)
			}
		}
	}
}

func TestCipherNumbers(t *testing.T) {
	phase1 := func(id, bits int) (Cipher, bool) { return Phase1Cipher(uint16(id), bits) }
	esp := func(id, bits int) (Cipher, bool) { return ESPCipher(uint8(id), bits) }
	ikev2 := func(id, bits int) (Cipher, bool) { return IKEv2Cipher(uint16(id), bits) }
	for _, c := range []struct {
		registry string
		look     func(id, bits int) (Cipher, bool)
		id, bits int
		want     string // "" when refused
	}{
		{"phase 1", phase1, 1, 0, "des-cbc"},
		{"phase 1", phase1, 1, 64, "des-cbc"},
		{"phase 1", phase1, 2, 0, ""}, // IDEA
		{"phase 1", phase1, 3, 0, "blowfish-cbc-448"},
		{"phase 1", phase1, 3, 128, "blowfish-cbc-128"},
		{"phase 1", phase1, 3, 456, ""},
		{"phase 1", phase1, 3, 129, ""},
		{"phase 1", phase1, 4, 0, ""}, // RC5
		{"phase 1", phase1, 5, 0, "3des-cbc"},
		{"phase 1", phase1, 5, 192, "3des-cbc"},
		{"phase 1", phase1, 5, 168, "3des-cbc"},
		{"phase 1", phase1, 5, 128, ""},
		{"phase 1", phase1, 6, 0, "cast-cbc-128"},
		{"phase 1", phase1, 6, 40, "cast-cbc-40"},
		{"phase 1", phase1, 7, 0, "aes-cbc-128"},
		{"phase 1", phase1, 7, 256, "aes-cbc-256"},
		{"phase 1", phase1, 7, 65535, ""},
		{"phase 1", phase1, 7, -128, ""},
		{"phase 1", phase1, 8, 192, "camellia-cbc-192"},
		{"phase 1", phase1, 0, 0, ""},
		{"phase 1", phase1, 65001, 128, ""},
		{"esp", esp, 2, 0, "des-cbc"},
		{"esp", esp, 3, 0, "3des-cbc"},
		{"esp", esp, 6, 0, "cast-cbc-128"},
		{"esp", esp, 7, 0, "blowfish-cbc-128"},
		{"esp", esp, 11, 0, "null"},
		{"esp", esp, 12, 0, "aes-cbc-128"},
		{"esp", esp, 12, 192, "aes-cbc-192"},
		{"esp", esp, 13, 256, "aes-ctr-256"},
		{"esp", esp, 14, 128, "aes-ccm-8-128"},
		{"esp", esp, 15, 128, "aes-ccm-12-128"},
		{"esp", esp, 16, 128, "aes-ccm-16-128"},
		{"esp", esp, 17, 128, ""},
		{"esp", esp, 18, 256, "aes-gcm-8-256"},
		{"esp", esp, 19, 256, "aes-gcm-12-256"},
		{"esp", esp, 20, 256, "aes-gcm-16-256"},
		{"esp", esp, 21, 0, ""}, // SEED
		{"esp", esp, 22, 0, "camellia-cbc-128"},
		{"esp", esp, 23, 192, "null-auth-aes-gmac-192"},
		{"esp", esp, 23, 129, ""},
		{"esp", esp, 250, 0, ""},
		{"ikev2", ikev2, 2, 0, "des-cbc"},
		{"ikev2", ikev2, 12, 256, "aes-cbc-256"},
		{"ikev2", ikev2, 20, 128, "aes-gcm-16-128"},
		{"ikev2", ikev2, 21, 128, "null-auth-aes-gmac-128"},
		{"ikev2", ikev2, 23, 128, "camellia-cbc-128"},
		{"ikev2", ikev2, 24, 128, "camellia-ctr-128"},
		{"ikev2", ikev2, 25, 128, "camellia-ccm-8-128"},
		{"ikev2", ikev2, 28, 0, "chacha20-poly1305"},
		{"ikev2", ikev2, 28, 256, "chacha20-poly1305"},
		{"ikev2", ikev2, 28, 128, ""},
		{"ikev2", ikev2, 29, 128, "aes-ccm-8-iiv-128"},
		{"ikev2", ikev2, 30, 128, "aes-gcm-16-iiv-128"},
		{"ikev2", ikev2, 31, 0, "chacha20-poly1305-iiv"},
		{"ikev2", ikev2, 32, 0, ""},
	} {
		got, ok := c.look(c.id, c.bits)
		if got.Name != c.want || ok != (c.want != "") {
			t.Errorf("%s %d with %d bits: %q, %v; want %q", c.registry, c.id, c.bits, got.Name, ok, c.want)
		}
	}
}

// Salt and ICV lengths: RFC 3686 section 4, RFC 4106 section 4, RFC 4309
// section 4, RFC 4543 section 5.3, RFC 7634 section 2.
func TestCounterModeLengths(t *testing.T) {
	for name, want := range map[string][4]int{ // key, salt, IV, ICV
		"aes-ctr-128":            {16, 4, 8, 0},
		"aes-gcm-16-256":         {32, 4, 8, 16},
		"aes-gcm-12-128":         {16, 4, 8, 12},
		"aes-ccm-8-192":          {24, 3, 8, 8},
		"null-auth-aes-gmac-128": {16, 4, 8, 16},
		"chacha20-poly1305":      {32, 4, 8, 16},
		"camellia-ctr-256":       {32, 4, 8, 0},
		"aes-gcm-16-iiv-128":     {16, 4, 0, 16},
	} {
		c, ok := CipherByName(name)
		if got := [4]int{c.KeyLen, c.SaltLen, c.IVLen, c.ICVLen}; !ok || got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

type cbcCase struct {
	Name, Source, Alg              string
	Key, IV, Plaintext, Ciphertext octets
	Nonce                          octets
}

func TestCBCKnownAnswers(t *testing.T) {
	stems := map[string]string{
		"cbc(aes)": "aes-cbc", "aes-cbc": "aes-cbc", "cbc(blowfish)": "blowfish-cbc", "cbc(camellia)": "camellia-cbc",
		"cbc(cast5)": "cast-cbc", "cbc(des)": "des-cbc", "cbc(des3_ede)": "3des-cbc",
	}
	cases := append(vectors.Cases[cbcCase](t, "testdata/testmgr_cbc.json.gz", 18), vectors.Cases[cbcCase](t, "testdata/ciphers.json.gz", 13)...)
	done := 0
	for _, v := range cases {
		if stems[v.Alg] == "" {
			continue
		}
		c, ok := familiesByName[stems[v.Alg]].resolve(8 * len(v.Key))
		if !ok {
			t.Errorf("%s: no row for %d octets of key", v.Name, len(v.Key))
			continue
		}
		b, err := c.NewBlock(v.Key)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		got := make([]byte, len(v.Ciphertext))
		cipher.NewCBCDecrypter(b, v.IV).CryptBlocks(got, v.Ciphertext)
		if !bytes.Equal(got, v.Plaintext) {
			t.Errorf("%s: decrypts to %x", v.Name, got)
		}
		done++
	}
	if done != 22 {
		t.Errorf("%d cases, want 22", done)
	}
}

// RFC 3686 section 6: counter block = nonce | IV | 1.
func TestCTRKnownAnswers(t *testing.T) {
	for _, v := range vectors.Cases[cbcCase](t, "testdata/ciphers.json.gz", 13) {
		if v.Alg != "aes-ctr" {
			continue
		}
		c, ok := ESPCipher(13, 8*len(v.Key))
		if !ok || len(v.Nonce) != c.SaltLen || len(v.IV) != c.IVLen {
			t.Fatalf("%s: row %+v", v.Name, c)
		}
		b, err := c.NewBlock(v.Key)
		if err != nil {
			t.Fatal(err)
		}
		counter := bytes.Join([][]byte{v.Nonce, v.IV, {0, 0, 0, 1}}, nil)
		got := make([]byte, len(v.Ciphertext))
		cipher.NewCTR(b, counter).XORKeyStream(got, v.Ciphertext)
		if !bytes.Equal(got, v.Plaintext) {
			t.Errorf("%s: decrypts to %x", v.Name, got)
		}
	}
}

// RFC 2144 appendix B.1; the 80- and 40-bit keys use 12 rounds.
func TestCAST(t *testing.T) {
	plain, got := unhex(t, "0123456789abcdef"), make([]byte, 8)
	key := unhex(t, "0123456712345678234567893456789a")
	for bits, want := range map[int]string{128: "238b4fe5847e44b2", 80: "eb6a711a2c02271b", 40: "7ac816d16e9b302e"} {
		c, _ := CipherByName(lengthName("cast-cbc", bits))
		b, err := c.NewBlock(key[:bits/8])
		if err != nil {
			t.Fatal(err)
		}
		if b.Encrypt(got, plain); !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("%d bits: %x, want %s", bits, got, want)
		}
	}
	// RFC 2144 section 2.5: a key of 11 octets is the same as one with zeros behind it.
	c, _ := CipherByName("cast-cbc-128")
	middle, _ := CipherByName("cast-cbc-88")
	b88, err := middle.NewBlock(key[:11])
	if err != nil {
		t.Fatal(err)
	}
	padded, _ := c.NewBlock(append(bytes.Clone(key[:11]), 0, 0, 0, 0, 0))
	want := make([]byte, 8)
	padded.Encrypt(want, plain)
	if b88.Encrypt(got, plain); !bytes.Equal(got, want) {
		t.Errorf("88 bits: %x, want %x", got, want)
	}
}

func TestModeString(t *testing.T) {
	for m, want := range map[Mode]string{ModeNull: "null", ModeGMAC: "gmac", ModeChaCha20Poly1305: "chacha20-poly1305", 99: "mode 99"} {
		if m.String() != want {
			t.Errorf("%d: %s", m, m)
		}
	}
}
