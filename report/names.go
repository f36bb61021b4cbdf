package report

import (
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// algorithm writes the name of an algorithm or a group as people do, see
// [suite.Title]; a name with its number is not parted at a line's end.
func algorithm(name string) string {
	s := suite.Title(name)
	if strings.Count(s, " ") == 1 && strings.ContainsAny(s, "0123456789") {
		return glued(s)
	}
	return s
}

// authMethod writes an authentication method in words.
func authMethod(a isakmp.AuthMethod) string { return suite.Title(a.String()) }

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

// keyExchanges writes the methods of key exchanges that follow each other: "Curve25519 +
// ML-KEM-768" (RFC 9370).
func keyExchanges(first string, further []string) string {
	parts := make([]string, 0, 1+len(further))
	for _, name := range append([]string{first}, further...) {
		if name != "" {
			parts = append(parts, algorithms(name))
		}
	}
	return strings.Join(parts, " + ")
}

// phase1Proposal writes one offer or choice of phase 1.
func phase1Proposal(p *ikestate.Proposal) string {
	parts := []string{algorithm(p.Encryption), algorithm(p.HashName), keyExchanges(p.GroupName, p.Additional), authMethod(p.Auth)}
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
