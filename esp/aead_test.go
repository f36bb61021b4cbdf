package esp

import (
	"bytes"
	"testing"

	"ikescope/suite"
	"ikescope/suite/counter"
)

// opener returns the bare aead of a case, for nonces and additional data that
// no ESP packet has.
func (c sealedText) opener(t *testing.T, x *scratch) aead {
	t.Helper()
	row := cipherNamed(t, c.Cipher)
	tr, err := transforms[row.Mode](row, c.Key, nil)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	if _, ok := tr.(gcmKernel); ok {
		// The kernel's own tests have the same cases.
		tr = libraryGCM(t, row, c.Key, nil)
	}
	if m, ok := tr.(ccm); ok {
		return ccmOpener{counter.NewCCM(m.block, m.tagLen)}
	}
	sa := &SA{params: Params{Cipher: row}, transform: tr, icvLen: row.ICVLen}
	return tr.session(sa, x).verifier.(*combined).aead
}

func (c sealedText) gmac(t *testing.T) *gmacVerifier {
	t.Helper()
	row := cipherNamed(t, c.Cipher)
	tr, err := newGMAC(row, c.Key, c.Nonce[:4])
	if err != nil {
		t.Fatal(err)
	}
	return &gmacVerifier{gmac: tr.(gmac), x: new(scratch)}
}

func TestPublishedAEAD(t *testing.T) {
	valid, invalid := 0, 0
	for _, c := range load[sealedText](t, "aead", 1193) {
		if cipherNamed(t, c.Cipher).Mode == suite.ModeGMAC {
			aad := append(bytes.Clone(c.AAD), c.Plaintext...)
			if got := c.gmac(t).matches(c.Nonce[4:], aad, c.ICV); got != c.Valid {
				t.Errorf("%s: ICV accepted %v, want %v", c.Name, got, c.Valid)
			}
		} else {
			testOpener(t, c)
		}
		if c.Valid {
			valid++
		} else {
			invalid++
		}
	}
	if valid < 500 || invalid < 300 {
		t.Errorf("%d valid, %d invalid", valid, invalid)
	}
	t.Logf("%d valid, %d invalid", valid, invalid)
}

func testOpener(t *testing.T, c sealedText) {
	t.Helper()
	a := c.opener(t, new(scratch))
	n := len(c.Ciphertext)
	dst := make([]byte, n+maxTag)
	sealed := append(bytes.Clone(c.Ciphertext), c.ICV...)
	ok := a.open(dst, c.Nonce, sealed, c.AAD)
	if ok != c.Valid {
		t.Errorf("%s: accepted %v, want %v", c.Name, ok, c.Valid)
	}
	if ok && !bytes.Equal(dst[:n], c.Plaintext) {
		t.Errorf("%s:\n%x, want\n%x", c.Name, dst[:n], c.Plaintext)
	}
	if c.Valid {
		a.decrypt(dst, c.Nonce, c.Ciphertext)
		if !bytes.Equal(dst[:n], c.Plaintext) {
			t.Errorf("%s: without ICV:\n%x, want\n%x", c.Name, dst[:n], c.Plaintext)
		}
	}
}

// The 8 and 12 octet ICVs of GCM are the first octets of the full one
// (RFC 4106, section 6; SP 800-38D, section 7.1), so each published case gives
// two more.
func TestTruncatedGCM(t *testing.T) {
	n := 0
	for _, c := range load[sealedText](t, "aead", 1193) {
		if cipherNamed(t, c.Cipher).Mode != suite.ModeGCM || !c.Valid {
			continue
		}
		n++
		for _, short := range []struct {
			tag  int
			name string
		}{{8, "aes-gcm-8-"}, {12, "aes-gcm-12-"}} {
			d := c
			d.Cipher = short.name + c.Cipher[len("aes-gcm-16-"):]
			d.ICV = bytes.Clone(c.ICV[:short.tag])
			testOpener(t, d)
			d.ICV[short.tag-1] ^= 1
			d.Valid = false
			testOpener(t, d)
		}
	}
	if n < 150 {
		t.Errorf("only %d cases", n)
	}
}
