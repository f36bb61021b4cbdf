package isakmp

import (
	"encoding/asn1"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

// attributeKeywords are the names that RFC 4514 section 3 gives to attribute types, and the
// e-mail address of PKCS #9.
var attributeKeywords = map[string]string{
	"2.5.4.3":                    "CN",
	"2.5.4.5":                    "serialNumber",
	"2.5.4.6":                    "C",
	"2.5.4.7":                    "L",
	"2.5.4.8":                    "ST",
	"2.5.4.9":                    "STREET",
	"2.5.4.10":                   "O",
	"2.5.4.11":                   "OU",
	"0.9.2342.19200300.100.1.1":  "UID",
	"0.9.2342.19200300.100.1.25": "DC",
	"1.2.840.113549.1.9.1":       "emailAddress",
}

// DistinguishedName writes a DER encoded distinguished name as RFC 4514 text, most specific
// part first. ok is false where der is no name, holds more than one, or is longer than
// [MaxCertificate].
func DistinguishedName(der []byte) (text string, ok bool) {
	if len(der) > MaxCertificate {
		return "", false
	}
	var rdns []rdnSET
	if rest, err := asn1.Unmarshal(der, &rdns); err != nil || len(rest) > 0 {
		return "", false
	}
	parts := make([]string, 0, len(rdns))
	for _, rdn := range slices.Backward(rdns) {
		parts = append(parts, rdnText(rdn))
	}
	return strings.Join(parts, ","), true
}

// rdnSET is a relative distinguished name. Unlike the types of crypto/x509/pkix it keeps each
// value as received, so that one of an unknown kind can be shown; the ending of its name
// tells encoding/asn1 that it is a SET.
type rdnSET []struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}

// rdnText writes one relative distinguished name, its parts joined by "+".
func rdnText(rdn rdnSET) string {
	parts := make([]string, len(rdn))
	for i, av := range rdn {
		keyword, known := attributeKeywords[av.Type.String()]
		if !known {
			keyword = av.Type.String()
		}
		var s string
		if rest, err := asn1.Unmarshal(av.Value.FullBytes, &s); known && err == nil && len(rest) == 0 {
			parts[i] = keyword + "=" + escapeDN(s)
		} else {
			parts[i] = keyword + "=#" + hex.EncodeToString(av.Value.FullBytes)
		}
	}
	return strings.Join(parts, "+")
}

// escapeDN escapes a value as RFC 4514 section 2.4 asks.
func escapeDN(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		edge := i == 0 && (c == ' ' || c == '#') || i == len(s)-1 && c == ' '
		switch {
		case c == 0:
			b.WriteString(`\00`)
			continue
		case edge || strings.IndexByte(`"+,;<>\`, c) >= 0:
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// generalName writes a GeneralName of RFC 5280 section 4.2.1.6 with its kind in front.
func generalName(der []byte) (text string, ok bool) {
	var v asn1.RawValue
	if len(der) > MaxCertificate {
		return "", false
	}
	rest, err := asn1.Unmarshal(der, &v)
	if err != nil || len(rest) > 0 || v.Class != asn1.ClassContextSpecific {
		return "", false
	}
	switch v.Tag {
	case 1, 2, 6:
		kind := map[int]string{1: "email:", 2: "dns:", 6: "uri:"}[v.Tag]
		return kind + string(v.Bytes), utf8.Valid(v.Bytes)
	case 4:
		text, ok = DistinguishedName(v.Bytes)
		return "dirname:" + text, ok
	case 7:
		addr, ok := netip.AddrFromSlice(v.Bytes)
		return "ip:" + addr.String(), ok
	}
	return "", false
}
