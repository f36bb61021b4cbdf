package ikestate

import (
	"bytes"
	//lint:ignore SA1019 DSS signatures are one of RFC 2409's methods
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"

	"ikescope/keymat"
	"ikescope/suite"
)

// signable is a value that a peer may have signed: HASH_I or HASH_R under a hash.
type signable struct {
	octets []byte
	hash   suite.Hash
}

// maxKeyBits bounds the keys with which signatures are checked.
const maxKeyBits = 16384

// verifySignature checks a signature over one of the values and names the form that
// fits; why says what stood in the way of a check.
func verifySignature(key any, sig []byte, values []signable) (form string, v Verdict, why string) {
	switch kind, bits := keyOf(key); {
	case kind == "":
		return "", Unchecked, "the certificate's key is of an unknown kind"
	case bits > maxKeyBits:
		return "", Unchecked, "the certificate's key is too long"
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		form = verifyRSA(k, sig, values)
	case *dsa.PublicKey:
		form = verifyDSS(k, sig, values)
	case *ecdsa.PublicKey:
		form = verifyECDSA(k, sig, values)
	default:
		return "", Unchecked, "the certificate's key signs nothing in version 1"
	}
	return form, verdictOf(form != ""), ""
}

// verifyRSA opens a signature of PKCS #1 block type 1 (RFC 8017, section 9.2).
// RFC 2409, section 5.1 has the hash alone in it, without the DigestInfo that names
// the algorithm; some senders put that in.
func verifyRSA(k *rsa.PublicKey, sig []byte, values []signable) string {
	s := new(big.Int).SetBytes(sig)
	if len(sig) != k.Size() || s.Cmp(k.N) >= 0 || k.N.Bit(0) == 0 || k.E < 3 {
		return ""
	}
	block := s.Exp(s, big.NewInt(int64(k.E)), k.N).FillBytes(make([]byte, k.Size()))
	content, ok := unpadType1(block)
	if !ok {
		return ""
	}
	for _, v := range values {
		if bytes.Equal(content, v.octets) {
			return "rsa"
		}
		if info, named := digestInfo[v.hash.Name]; named && bytes.Equal(content, append(info[:len(info):len(info)], v.octets...)) {
			return "rsa with " + v.hash.Name
		}
	}
	return ""
}

// unpadType1 returns what stands behind 00 01 FF .. FF 00 with at least eight FF.
func unpadType1(block []byte) ([]byte, bool) {
	const least = 2 + 8 + 1
	if len(block) < least || block[0] != 0 || block[1] != 1 {
		return nil, false
	}
	rest := bytes.TrimLeft(block[2:], "\xff")
	if len(block)-2-len(rest) < 8 || len(rest) == 0 || rest[0] != 0 {
		return nil, false
	}
	return rest[1:], true
}

// digestInfo holds what stands before a hash in EMSA-PKCS1-v1_5 (RFC 8017, section
// 9.2, notes).
var digestInfo = map[string][]byte{
	"md5":      []byte("\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10"),
	"sha1":     []byte("\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"),
	"sha2-256": []byte("\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"),
	"sha2-384": []byte("\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"),
	"sha2-512": []byte("\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"),
}

// pairs reads the two numbers of a DSS or ECDSA signature: r and s of n octets each
// (RFC 2409, section 5.1; RFC 4754, section 7), or the ASN.1 sequence that
// certificates have.
func pairs(sig []byte, n int) (all [][2]*big.Int) {
	if len(sig) == 2*n {
		all = append(all, [2]*big.Int{new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:])})
	}
	var seq struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(sig, &seq); err == nil && len(rest) == 0 {
		all = append(all, [2]*big.Int{seq.R, seq.S})
	}
	return all
}

// verifyDSS checks a signature of FIPS 186.
func verifyDSS(k *dsa.PublicKey, sig []byte, values []signable) string {
	n := (k.Q.BitLen() + 7) / 8
	for _, p := range pairs(sig, n) {
		for _, v := range values {
			if dsa.Verify(k, v.octets[:min(n, len(v.octets))], p[0], p[1]) {
				return "dss with " + v.hash.Name
			}
		}
	}
	return ""
}

// verifyECDSA checks a signature of RFC 4754. It has HASH_I or HASH_R hashed once
// more, by the hash of the method, which need not be that of the negotiated PRF;
// strongSwan signs them as they are.
func verifyECDSA(k *ecdsa.PublicKey, sig []byte, values []signable) string {
	for _, p := range pairs(sig, (k.Curve.Params().BitSize+7)/8) {
		for _, v := range values {
			if ecdsa.Verify(k, v.octets, p[0], p[1]) {
				return "ecdsa"
			}
			for _, name := range rehashes(v, values[0]) {
				h, ok := suite.HashByName(name)
				if !ok || !h.Computable() {
					continue
				}
				sum := h.New()
				sum.Write(v.octets)
				if ecdsa.Verify(k, sum.Sum(nil), p[0], p[1]) {
					return "ecdsa with " + name
				}
			}
		}
	}
	return ""
}

// rehashes names the hashes with which v may be hashed before it is signed: any that
// a method has for the value under the negotiated PRF, which is the first one, else
// its own.
func rehashes(v, first signable) []string {
	if v.hash.Name == first.hash.Name {
		return append([]string{v.hash.Name}, signableHashes...)
	}
	return []string{v.hash.Name}
}

// signableHashes are the hashes under which a signature may be made: the
// negotiated one, and those that signature methods are tied to (RFC 2409, section
// 5.1: SHA for DSS; RFC 4754: SHA-2).
var signableHashes = []string{"sha1", "sha2-256", "sha2-384", "sha2-512"}

// signables computes what a side may have signed; with returns HASH_I or HASH_R of
// phase 1 values.
func signables(m keymat.Phase1, with func(keymat.Phase1) [][]byte) (all []signable) {
	for _, b := range with(m) {
		all = append(all, signable{b, m.Hash})
	}
	for _, name := range signableHashes {
		if h, ok := suite.HashByName(name); ok && name != m.Hash.Name {
			tied := m
			tied.PRF = suite.HMAC(h)
			for _, b := range with(tied) {
				all = append(all, signable{b, h})
			}
		}
	}
	return all
}
