package esp

import (
	"bytes"
	"testing"
)

// sealedText is a row of ciphers.json.gz, authenc.json.gz and aead.json.gz.
type sealedText struct {
	Name         string `json:"name"`
	Cipher       string `json:"cipher"`
	Key          octets `json:"key"`
	Integrity    string `json:"integrity"`
	IntegrityKey octets `json:"integrity_key"`
	IV           octets `json:"iv"`
	Nonce        octets `json:"nonce"`
	AAD          octets `json:"aad"`
	Plaintext    octets `json:"plaintext"`
	Ciphertext   octets `json:"ciphertext"`
	ICV          octets `json:"icv"`
	Valid        bool   `json:"valid"`
}

// The text is laid out as a packet; it need not end with a trailer.
func TestPublishedCiphers(t *testing.T) {
	var w Worker
	for _, c := range load[sealedText](t, "ciphers", 38) {
		sa := algorithms{Encryption: c.Cipher, EncryptionKey: c.Key}.sa(t)
		portable, _ := withoutKernel(t, sa)
		for _, sa := range []*SA{sa, portable} {
			data := bytes.Join([][]byte{make([]byte, HeaderLen), c.IV, c.Ciphertext}, nil)
			w.Open(sa, []Packet{{Data: data}})
			if got := data[HeaderLen+len(c.IV):]; !bytes.Equal(got, c.Plaintext) {
				t.Errorf("%s (%s):\n%x, want\n%x", c.Name, c.Cipher, got, c.Plaintext)
			}
		}
	}
}

// The kernel's cases authenticate aad | ciphertext, where aad is the IV or an
// ESP header and the IV.
func TestPublishedEncryptThenMAC(t *testing.T) {
	for _, c := range load[sealedText](t, "authenc", 30) {
		sa := algorithms{Encryption: c.Cipher, EncryptionKey: c.Key, Integrity: c.Integrity, IntegrityKey: c.IntegrityKey}.sa(t)
		m := sa.newMAC(new(scratch))
		text := append(bytes.Clone(c.AAD), c.Ciphertext...)
		if !m.matches(text, 0, c.ICV) {
			t.Errorf("%s: ICV refused", c.Name)
		}
		if !m.matches(text, 0, c.ICV[:sa.icvLen]) {
			t.Errorf("%s: truncated ICV refused", c.Name)
		}
		c.ICV[0] ^= 1
		if m.matches(text, 0, c.ICV) {
			t.Errorf("%s: wrong ICV accepted", c.Name)
		}
		if _, ok := sa.transform.(cbc); ok {
			chain := append(bytes.Clone(c.IV), c.Ciphertext...)
			decryptChain(blockOf(t, sa.params), chain)
			if got := chain[len(c.IV):]; !bytes.Equal(got, c.Plaintext) {
				t.Errorf("%s:\n%x, want\n%x", c.Name, got, c.Plaintext)
			}
		}
	}
}
