package ikestate

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"ikescope/decode/isakmp"
)

// signedData is the content type of RFC 2315, section 14.
var signedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}

// contentInfo is RFC 2315, section 7.
type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
}

var errNoCertificates = errors.New("ikestate: PKCS #7 without certificates")

// unwrapPKCS7 returns the certificates of a degenerate SignedData (RFC 2315,
// section 9.1), DER each.
func unwrapPKCS7(der []byte) (ders [][]byte, err error) {
	if len(der) > isakmp.MaxCertificate {
		return nil, fmt.Errorf("ikestate: PKCS #7 of %d octets, at most %d are parsed", len(der), isakmp.MaxCertificate)
	}
	var outer contentInfo
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		return nil, fmt.Errorf("ikestate: PKCS #7: %w", err)
	}
	if !outer.Type.Equal(signedData) {
		return nil, errNoCertificates
	}
	var inner asn1.RawValue
	if _, err := asn1.Unmarshal(outer.Content.Bytes, &inner); err != nil {
		return nil, fmt.Errorf("ikestate: PKCS #7: %w", err)
	}
	return certificatesOf(inner.Bytes)
}

// certificatesOf looks through the fields of a SignedData for the implicitly
// tagged [0], the set of certificates.
func certificatesOf(fields []byte) (ders [][]byte, err error) {
	for len(fields) > 0 {
		var f asn1.RawValue
		if fields, err = asn1.Unmarshal(fields, &f); err != nil {
			return nil, fmt.Errorf("ikestate: PKCS #7: %w", err)
		}
		if f.Class != asn1.ClassContextSpecific || f.Tag != 0 {
			continue
		}
		for set := f.Bytes; len(set) > 0 && len(ders) < maxCertificates; {
			var cert asn1.RawValue
			if set, err = asn1.Unmarshal(set, &cert); err != nil {
				return ders, fmt.Errorf("ikestate: PKCS #7: %w", err)
			}
			ders = append(ders, cert.FullBytes)
		}
		break
	}
	if len(ders) == 0 {
		return nil, errNoCertificates
	}
	return ders, nil
}
