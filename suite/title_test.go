package suite

import "testing"

func TestTitle(t *testing.T) {
	for name, want := range map[string]string{
		"aes-cbc-128": "AES-CBC-128", "aes-cbc": "AES-CBC", "3des-cbc": "3DES-CBC", "aes-gcm-16-256": "AES-GCM-16-256", "null": "NULL", "none": "none",
		"blowfish-cbc-128": "Blowfish-CBC-128", "camellia-cbc-256": "Camellia-CBC-256", "null-auth-aes-gmac-128": "AES-GMAC-128", "null-auth-aes-gmac": "AES-GMAC (not encrypted)",
		"chacha20-poly1305": "ChaCha20-Poly1305", "hmac-sha2-256-128": "HMAC-SHA2-256-128", "sha1": "SHA-1", "sha2-512": "SHA2-512", "md5": "MD5", "tiger": "Tiger",
		"modp1024": "MODP 1024", "modp2048s256": "MODP 2048S256", "ecp256": "ECP 256", "brainpoolp256r1": "Brainpool P256R1", "curve25519": "Curve25519", "ec2n155": "EC2N 155",
		"deflate": "DEFLATE", "idea-cbc": "IDEA-CBC", "psk": "pre-shared key", "xauth-init-psk": "pre-shared key and XAUTH", "hybrid-init-rsa": "hybrid (RSA signatures, XAUTH)",
		"digital-signature": "digital signature",
		"encryption 65001":  "encryption 65001", "esp transform 250": "ESP transform 250", "group 99": "group 99", "auth 77": "auth 77", "prf 10": "prf 10",
		"aes-cbc-128,3des-cbc": "AES-CBC-128,3DES-CBC", "md5, x": "MD5, x",
		"": "", "gateway": "gateway", "aes-cbc-999": "aes-cbc-999", "8 octets": "8 octets", "modp": "modp", ",": ",",
	} {
		if got := Title(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// Every name has a title, and no two of one registry share one but the sides of
// XAUTH and hybrid methods.
func TestTitlesOfRegistries(t *testing.T) {
	for _, table := range registries {
		seen := map[string]string{}
		for _, n := range table {
			title := Title(n.name)
			if title == n.name && n.name != "none" {
				t.Errorf("%s has no title", n.name)
			}
			if other, twice := seen[title]; twice && n.id < 64221 {
				t.Errorf("%s and %s are both %s", n.name, other, title)
			}
			seen[title] = n.name
		}
	}
	for _, g := range Groups() {
		if Title(g.Name) == g.Name {
			t.Errorf("%s has no title", g.Name)
		}
	}
}
