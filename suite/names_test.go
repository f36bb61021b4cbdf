package suite

import "testing"

func TestNames(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{EncryptionName(1), "des-cbc"},
		{EncryptionName(2), "idea-cbc"},
		{EncryptionName(4), "rc5-r16-b64-cbc"},
		{EncryptionName(7), "aes-cbc"},
		{EncryptionName(0), "encryption 0"},
		{EncryptionName(65001), "encryption 65001"},
		{HashName(3), "tiger"},
		{HashName(99), "hash 99"},
		{AuthMethodName(1), "psk"},
		{AuthMethodName(3), "rsa-signature"},
		{AuthMethodName(64221), "hybrid-init-rsa"},
		{AuthMethodName(65001), "xauth-init-psk"},
		{AuthMethodName(77), "auth 77"},
		{ESPTransformName(10), "rc4"},
		{ESPTransformName(20), "aes-gcm-16"},
		{ESPTransformName(250), "esp transform 250"},
		{ESPAuthName(8), "hmac-ripemd-160-96"},
		{ESPAuthName(13), "aes-gmac-256"},
		{ESPAuthName(99), "integrity 99"},
		{AHTransformName(3), "hmac-sha1-96"},
		{AHTransformName(250), "ah transform 250"},
		{IPCompTransformName(2), "deflate"},
		{IPCompTransformName(9), "ipcomp transform 9"},
		{IKEv2EncryptionName(28), "chacha20-poly1305"},
		{IKEv2EncryptionName(22), "encryption 22"},
		{IKEv2PRFName(9), "streebog-512"},
		{IKEv2PRFName(10), "prf 10"},
		{IKEv2IntegrityName(0), "none"},
		{IKEv2IntegrityName(15), "integrity 15"},
		{IKEv2AuthMethodName(2), "psk"},
		{IKEv2AuthMethodName(200), "auth 200"},
		{GroupName(0), "none"},
		{GroupName(14), "modp2048"},
		{GroupName(3), "ec2n155"},
		{GroupName(99), "group 99"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// A registry's table is ordered and names each number once; a name that has
// no row is known by name only, which must be meant.
func TestNumberTables(t *testing.T) {
	nameOnly := map[string]bool{}
	for _, n := range []string{
		"idea-cbc", "rc5-r16-b64-cbc", "rc5-cbc", "des-iv64-cbc", "des-iv32-cbc", "3idea-cbc", "rc4", "seed-cbc",
		"kuznyechik-mgm-ktree", "magma-mgm-ktree", "kuznyechik-mgm-mac-ktree", "magma-mgm-mac-ktree",
		"des-mac", "kpdk", "kpdk-md5", "hmac-ripemd-160-96", "sig-rsa", "aes-gmac-128", "aes-gmac-192", "aes-gmac-256",
		"streebog-512",
	} {
		nameOnly[n] = true
	}
	cipher := func(n string) bool { return familiesByName[n] != nil }
	integrity := func(n string) bool { _, ok := IntegrityByName(n); return ok }
	hash := func(n string) bool { _, ok := HashByName(n); return ok }
	prf := func(n string) bool { _, ok := PRFByName(n); return ok }
	for _, c := range []struct {
		what  string
		table []number
		row   func(string) bool
	}{
		{"phase1Encryption", phase1Encryption, cipher}, {"phase1Hash", phase1Hash, hash},
		{"espTransforms", espTransforms, cipher}, {"espAuth", espAuth, integrity}, {"ahTransforms", ahTransforms, integrity},
		{"ikev2Encryption", ikev2Encryption, cipher}, {"ikev2PRF", ikev2PRF, prf}, {"ikev2Integrity", ikev2Integrity, integrity},
	} {
		for i, n := range c.table {
			if i > 0 && n.id <= c.table[i-1].id {
				t.Errorf("%s: %d is out of order", c.what, n.id)
			}
			if c.row(n.name) == nameOnly[n.name] {
				t.Errorf("%s: %d %q: row present is %v", c.what, n.id, n.name, c.row(n.name))
			}
		}
	}
}
