package report

import (
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// shown are names that are not their contract name in capitals.
var shown = map[string]string{
	"md5": "MD5", "sha1": "SHA-1", "sha2-256": "SHA2-256", "tiger": "Tiger",
	"curve25519": "Curve25519", "curve448": "Curve448",
	"chacha20-poly1305": "ChaCha20-Poly1305", "null": "NULL", "none": "none",
	"blowfish-cbc": "Blowfish-CBC", "null-auth-aes-gmac": "AES-GMAC (not encrypted)",
}

// beginnings are how names start that go on with a number.
var beginnings = []struct{ from, to string }{
	{"modp", "MODP "}, {"ecp", "ECP "}, {"brainpoolp", "Brainpool P"},
	{"blowfish-cbc-", "Blowfish-CBC-"}, {"camellia-", "Camellia-"}, {"null-auth-aes-gmac-", "AES-GMAC-"},
	{"encryption ", "encryption "}, {"hash ", "hash "}, {"group ", "group "}, {"auth ", "auth "},
	{"esp transform ", "ESP transform "}, {"ah transform ", "AH transform "}, {"integrity ", "integrity "},
}

// algorithm writes the name of an algorithm as people do: "aes-cbc-128" is
// AES-CBC-128, "modp1024" MODP 1024.
func algorithm(name string) string {
	if s, ok := shown[name]; ok {
		return s
	}
	for _, b := range beginnings {
		if rest, ok := strings.CutPrefix(name, b.from); ok {
			return glued(b.to + strings.ToUpper(rest))
		}
	}
	return strings.ToUpper(name)
}

// authMethod writes an authentication method in words.
func authMethod(a isakmp.AuthMethod) string {
	plain, ok := authWords[a.Plain()]
	if !ok {
		return suite.AuthMethodName(uint16(a))
	}
	switch {
	case a.IsHybrid():
		return "hybrid (" + plain + ", XAUTH)"
	case a.IsXAUTH():
		return plain + " and XAUTH"
	default:
		return plain
	}
}

var authWords = map[isakmp.AuthMethod]string{
	isakmp.AuthPSK:                  "pre-shared key",
	isakmp.AuthDSS:                  "DSS signatures",
	isakmp.AuthRSA:                  "RSA signatures",
	isakmp.AuthRSAEncryption:        "RSA encryption",
	isakmp.AuthRSARevisedEncryption: "revised RSA encryption",
	isakmp.AuthECDSA256:             "ECDSA-256 signatures",
	isakmp.AuthECDSA384:             "ECDSA-384 signatures",
	isakmp.AuthECDSA521:             "ECDSA-521 signatures",
}

// lifetime writes the limits of an SA: "3,960 s", "3,600 s or 4,608,000 kB".
func lifetime(seconds, kilobytes uint64) string {
	var parts []string
	if seconds > 0 {
		parts = append(parts, count(int64(seconds))+glue+"s")
	}
	if kilobytes > 0 {
		parts = append(parts, count(int64(kilobytes))+glue+"kB")
	}
	return strings.Join(parts, " or ")
}

// phase1Proposal writes one offer or choice of phase 1.
func phase1Proposal(p *ikestate.Proposal) string {
	parts := []string{algorithm(p.Encryption), algorithm(p.HashName), algorithm(p.GroupName), authMethod(p.Auth)}
	if l := lifetime(p.LifetimeSeconds, p.LifetimeKilobytes); l != "" {
		parts = append(parts, l)
	}
	return strings.Join(parts, ", ")
}

// protection writes the algorithms of an IPsec SA: "3DES-CBC + HMAC-SHA1-96".
func protection(encryption, integrity string) string {
	var parts []string
	if encryption != "" {
		parts = append(parts, algorithm(encryption))
	}
	if integrity != "" && integrity != "none" {
		parts = append(parts, algorithm(integrity))
	}
	return strings.Join(parts, " + ")
}

// exchangeName writes the exchange type of a message.
func exchangeName(t isakmp.ExchangeType) string {
	if s, ok := exchangeWords[t]; ok {
		return s
	}
	if s := t.String(); strings.HasPrefix(s, "ike_") || strings.HasPrefix(s, "create_") || strings.HasPrefix(s, "gsa_") {
		return strings.ToUpper(s)
	}
	return t.String()
}

var exchangeWords = map[isakmp.ExchangeType]string{
	isakmp.ExchangeBase:           "Base Mode",
	isakmp.ExchangeMain:           "Main Mode",
	isakmp.ExchangeAggressive:     "Aggressive Mode",
	isakmp.ExchangeInformational:  "Informational",
	isakmp.ExchangeInformational2: "INFORMATIONAL",
	isakmp.ExchangeTransaction:    "Transaction",
	isakmp.ExchangeQuick:          "Quick Mode",
	isakmp.ExchangeNewGroup:       "New Group Mode",
}
