package secrets

import (
	"encoding/asn1"
	"errors"
	"math/big"

	"ikescope/keymat"
)

// RSAKey is an RSA private key: of a side that authenticates with public key encryption (RFC 2409 sections 5.2 and 5.3).
type RSAKey struct {
	Key    keymat.Secret // RSAPrivateKey in DER (RFC 8017 appendix A.1.2)
	Bits   int           // of the modulus
	Source Source
}

// RSAKeys of these sizes in bits are taken. The RFC's time had short ones; nothing here protects anything with them.
const (
	minRSABits = 384
	maxRSABits = 16384

	maxRSAExponent = 64 // bits of the public exponent
)

// RSAPrivate is what opening a ciphertext needs of a private key.
type RSAPrivate struct {
	N, E *big.Int
	d    *big.Int
	crt  *crt
}

// crt holds the values of the Chinese remainder theorem (RFC 8017 section 3.2).
type crt struct{ p, q, dp, dq, qinv *big.Int }

// Size is the length of the modulus in octets.
func (k *RSAPrivate) Size() int { return (k.N.BitLen() + 7) / 8 }

// rsaPrivateKey is RFC 8017 appendix A.1.2.
type rsaPrivateKey struct {
	Version             int
	N, E, D             *big.Int
	P, Q, DP, DQ, QInv  *big.Int
	AdditionalPrimeInfo asn1.RawValue `asn1:"optional"`
}

var (
	errRSAKey     = errors.New("is no RSA private key")
	errRSASize    = errors.New("has a modulus of a size that is not taken")
	errRSABroken  = errors.New("its numbers do not belong together")
	errRSACipher  = errors.New("secrets: ciphertext is not for this key")
	errRSAPadding = errors.New("secrets: no PKCS #1 padding behind the ciphertext")
)

// parseRSAKey reads DER and checks that the numbers belong together.
func parseRSAKey(der []byte) (*RSAPrivate, error) {
	var k rsaPrivateKey
	if rest, err := asn1.Unmarshal(der, &k); err != nil || len(rest) > 0 || k.Version != 0 {
		return nil, errRSAKey
	}
	for _, n := range []*big.Int{k.N, k.E, k.D, k.P, k.Q, k.DP, k.DQ, k.QInv} {
		if n.Sign() <= 0 || n.BitLen() > maxRSABits {
			return nil, errRSASize
		}
	}
	if k.N.BitLen() < minRSABits || k.E.BitLen() > maxRSAExponent {
		return nil, errRSASize
	}
	out := &RSAPrivate{N: k.N, E: k.E, d: k.D, crt: &crt{k.P, k.Q, k.DP, k.DQ, k.QInv}}
	two := big.NewInt(2)
	c := new(big.Int).Exp(two, k.E, k.N)
	if new(big.Int).Mul(k.P, k.Q).Cmp(k.N) != 0 || k.N.Bit(0) == 0 || out.exp(c).Cmp(two) != 0 {
		return nil, errRSABroken
	}
	return out, nil
}

// Private returns the numbers of the key.
func (k RSAKey) Private() (*RSAPrivate, error) { return parseRSAKey(k.Key.Bytes()) }

// exp computes c^d mod n.
func (k *RSAPrivate) exp(c *big.Int) *big.Int {
	m1 := new(big.Int).Exp(c, k.crt.dp, k.crt.p)
	m2 := new(big.Int).Exp(c, k.crt.dq, k.crt.q)
	h := new(big.Int).Sub(m1, m2)
	h.Mul(h, k.crt.qinv).Mod(h, k.crt.p)
	return h.Mul(h, k.crt.q).Add(h, m2)
}

// Decrypt opens an RSAES-PKCS1-v1_5 ciphertext (RFC 8017 section 7.2.2). It takes no care about time: a file does not listen.
// The error says that the ciphertext was made for another key.
func (k *RSAPrivate) Decrypt(ciphertext []byte) ([]byte, error) {
	c := new(big.Int).SetBytes(ciphertext)
	if len(ciphertext) != k.Size() || c.Cmp(k.N) >= 0 {
		return nil, errRSACipher
	}
	block := k.exp(c).FillBytes(make([]byte, k.Size()))
	if block[0] != 0 || block[1] != 2 {
		return nil, errRSAPadding
	}
	for i := 2; i < len(block); i++ {
		if block[i] == 0 && i >= 2+8 {
			return block[i+1:], nil
		} else if block[i] == 0 {
			break
		}
	}
	return nil, errRSAPadding
}
