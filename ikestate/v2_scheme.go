package ikestate

import (
	"crypto/x509/pkix"
	"encoding/asn1"
)

// schemes are the algorithms that a digital signature may name (RFC 7427, appendix
// A; RFC 8420), by object identifier.
var schemes = map[string]scheme{
	"1.2.840.113549.1.1.5":   {kind: "rsa", hashes: []string{"sha1"}},
	"1.2.840.113549.1.1.11":  {kind: "rsa", hashes: []string{"sha2-256"}},
	"1.2.840.113549.1.1.12":  {kind: "rsa", hashes: []string{"sha2-384"}},
	"1.2.840.113549.1.1.13":  {kind: "rsa", hashes: []string{"sha2-512"}},
	"1.2.840.10040.4.3":      {kind: "dsa", hashes: []string{"sha1"}},
	"2.16.840.1.101.3.4.3.2": {kind: "dsa", hashes: []string{"sha2-256"}},
	"1.2.840.10045.4.1":      {kind: "ecdsa", hashes: []string{"sha1"}},
	"1.2.840.10045.4.3.2":    {kind: "ecdsa", hashes: []string{"sha2-256"}},
	"1.2.840.10045.4.3.3":    {kind: "ecdsa", hashes: []string{"sha2-384"}},
	"1.2.840.10045.4.3.4":    {kind: "ecdsa", hashes: []string{"sha2-512"}},
	"1.3.101.112":            {kind: "ed25519"},
	"1.3.101.113":            {kind: "ed448"},
}

// unchecked are algorithms that are known by name only.
var unchecked = map[string]string{
	"1.2.840.113549.1.1.14":   "RSA with SHA2-224",
	"1.2.840.10045.4.3.1":     "ECDSA with SHA2-224",
	"2.16.840.1.101.3.4.3.17": "ML-DSA-44",
	"2.16.840.1.101.3.4.3.18": "ML-DSA-65",
	"2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}

// hashOIDs are the hashes that parameters of RSASSA-PSS name (RFC 8017, appendix
// A.2.1).
var hashOIDs = map[string]string{
	"1.3.14.3.2.26":          "sha1",
	"2.16.840.1.101.3.4.2.1": "sha2-256",
	"2.16.840.1.101.3.4.2.2": "sha2-384",
	"2.16.840.1.101.3.4.2.3": "sha2-512",
}

const (
	oidPSS  = "1.2.840.113549.1.1.10"
	oidMGF1 = "1.2.840.113549.1.1.8"
)

// identifiedScheme reads an AlgorithmIdentifier; why says why its signatures cannot
// be checked.
func identifiedScheme(der []byte) (x scheme, why string) {
	var id pkix.AlgorithmIdentifier
	if rest, err := asn1.Unmarshal(der, &id); err != nil || len(rest) > 0 {
		return x, "its algorithm cannot be read"
	}
	oid := id.Algorithm.String()
	if oid == oidPSS {
		return pssScheme(id.Parameters.FullBytes)
	}
	if x, ok := schemes[oid]; ok {
		return x, ""
	}
	return x, "signatures by " + nameOr(unchecked[oid], "algorithm "+oid) + " are not checked here"
}

// pssScheme reads RSASSA-PSS-params (RFC 8017, appendix A.2.3): what is left out is
// SHA-1 and a salt of 20 octets.
func pssScheme(der []byte) (x scheme, why string) {
	p := struct {
		Hash    pkix.AlgorithmIdentifier `asn1:"explicit,tag:0,optional"`
		Mask    pkix.AlgorithmIdentifier `asn1:"explicit,tag:1,optional"`
		Salt    int                      `asn1:"explicit,tag:2,optional,default:20"`
		Trailer int                      `asn1:"explicit,tag:3,optional,default:1"`
	}{Salt: 20, Trailer: 1}
	const broken = "the parameters of its algorithm cannot be read"
	if len(der) > 0 {
		if rest, err := asn1.Unmarshal(der, &p); err != nil || len(rest) > 0 {
			return x, broken
		}
	}
	hash := pssHash(p.Hash)
	mask := "sha1"
	if len(p.Mask.Algorithm) > 0 {
		var of pkix.AlgorithmIdentifier
		if _, err := asn1.Unmarshal(p.Mask.Parameters.FullBytes, &of); err != nil || p.Mask.Algorithm.String() != oidMGF1 {
			return x, broken
		}
		mask = pssHash(of)
	}
	switch {
	case hash == "" || mask == "" || p.Trailer != 1 || p.Salt < 0:
		return x, broken
	case hash != mask:
		return x, "RSASSA-PSS with two hashes is not checked here"
	}
	return scheme{kind: "rsa", hashes: []string{hash}, pss: true, salt: p.Salt}, ""
}

func pssHash(id pkix.AlgorithmIdentifier) string {
	if len(id.Algorithm) == 0 {
		return "sha1"
	}
	return hashOIDs[id.Algorithm.String()]
}
