package suite

import (
	"strings"
	"sync"
)

// titles are names that people do not write as their contract name in capitals.
var titles = map[string]string{
	"md5": "MD5", "sha1": "SHA-1", "tiger": "Tiger",
	"curve25519": "Curve25519", "curve448": "Curve448",
	"chacha20-poly1305": "ChaCha20-Poly1305", "none": "none",
	"blowfish-cbc": "Blowfish-CBC", "null-auth-aes-gmac": "AES-GMAC (not encrypted)",

	"psk": "pre-shared key", "dss-signature": "DSS signatures", "rsa-signature": "RSA signatures",
	"rsa-encryption": "RSA encryption", "rsa-revised-encryption": "revised RSA encryption",
	"ecdsa-256": "ECDSA-256 signatures", "ecdsa-384": "ECDSA-384 signatures", "ecdsa-521": "ECDSA-521 signatures",
	"hybrid-init-rsa": "hybrid (RSA signatures, XAUTH)", "hybrid-resp-rsa": "hybrid (RSA signatures, XAUTH)",
	"hybrid-init-dss": "hybrid (DSS signatures, XAUTH)", "hybrid-resp-dss": "hybrid (DSS signatures, XAUTH)",
	"xauth-init-psk": "pre-shared key and XAUTH", "xauth-resp-psk": "pre-shared key and XAUTH",
	"xauth-init-dss": "DSS signatures and XAUTH", "xauth-resp-dss": "DSS signatures and XAUTH",
	"xauth-init-rsa": "RSA signatures and XAUTH", "xauth-resp-rsa": "RSA signatures and XAUTH",
	"xauth-init-rsa-encryption": "RSA encryption and XAUTH", "xauth-resp-rsa-encryption": "RSA encryption and XAUTH",
	"xauth-init-rsa-revised-encryption": "revised RSA encryption and XAUTH", "xauth-resp-rsa-revised-encryption": "revised RSA encryption and XAUTH",
	"digital-signature": "digital signature",
}

// beginnings are how names start that go on with a number.
var beginnings = []struct{ from, to string }{
	{"modp", "MODP "}, {"ecp", "ECP "}, {"brainpoolp", "Brainpool P"}, {"ec2n", "EC2N "}, {"mlkem", "ML-KEM-"},
	{"blowfish-cbc-", "Blowfish-CBC-"}, {"camellia-", "Camellia-"}, {"null-auth-aes-gmac-", "AES-GMAC-"},
	{"esp transform ", "ESP transform "}, {"ah transform ", "AH transform "}, {"ipcomp transform ", "IPComp transform "},
}

// Title returns how people write the name of an algorithm, a group or an
// authentication method: "aes-cbc-128" is AES-CBC-128, "modp1024" MODP 1024, "psk"
// pre-shared key. Several names may be joined by commas. What is no such name is
// returned as it is.
func Title(name string) string {
	if first, rest, ok := strings.Cut(name, ","); ok {
		blank := rest[:len(rest)-len(strings.TrimLeft(rest, " "))]
		return Title(first) + "," + blank + Title(rest[len(blank):])
	}
	if s, ok := titles[name]; ok {
		return s
	}
	if !known(name) {
		return name
	}
	for _, b := range beginnings {
		if rest, ok := strings.CutPrefix(name, b.from); ok {
			return b.to + strings.ToUpper(rest)
		}
	}
	return strings.ToUpper(name)
}

// registries are the tables of names for numbers.
var registries = [][]number{
	phase1Encryption, phase1Hash, phase1Auth, espTransforms, espAuth, ahTransforms, ipcompTransforms,
	ikev2Encryption, ikev2PRF, ikev2Integrity, ikev2Auth,
}

// listedNames holds every name that a registry or a row has.
var listedNames = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, table := range registries {
		for _, n := range table {
			names[n.name] = true
		}
	}
	for _, c := range Ciphers() {
		names[c.Name] = true
	}
	for _, i := range Integrities() {
		names[i.Name] = true
	}
	for _, g := range Groups() {
		names[g.Name] = true
	}
	return names
})

// known reports whether a text is the name of an algorithm or a group, or what
// this package writes for a number without a name.
func known(name string) bool {
	if listedNames()[name] {
		return true
	}
	for _, lead := range []string{"esp transform ", "ah transform ", "ipcomp transform "} {
		if strings.HasPrefix(name, lead) {
			return true
		}
	}
	_, ok := HashByName(name)
	return ok
}
