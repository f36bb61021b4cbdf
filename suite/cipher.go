package suite

import (
	"crypto/cipher"
	"slices"
)

// Cipher is one encryption algorithm with its key length resolved.
// All lengths are in octets. The zero value is no algorithm.
type Cipher struct {
	Name       string // with the key length: "aes-cbc-128", "aes-gcm-16-256", "3des-cbc", "null"
	Mode       Mode
	KeyLen     int  // of the cipher key, salt excluded
	SaltLen    int  // of the salt (nonce) that follows the key in KEYMAT
	IVLen      int  // of the explicit IV in an ESP packet
	BlockLen   int  // alignment of the ESP plaintext; 1 for stream and AEAD modes
	ICVLen     int  // of the AEAD tag; 0 when integrity is a separate algorithm
	ImplicitIV bool // the IV is the sequence number and is not sent, RFC 8750

	// NewBlock makes the block cipher from KeyLen octets of key. Any other
	// length is a *KeyLengthError. It is nil for null and ChaCha20.
	NewBlock func(key []byte) (cipher.Block, error)
}

// KeymatLen returns how many octets of KEYMAT the cipher takes: key, then salt.
func (c Cipher) KeymatLen() int { return c.KeyLen + c.SaltLen }

// IsZero reports whether c is no algorithm at all (not even null).
func (c Cipher) IsZero() bool { return c.Name == "" }

// AEAD reports whether the cipher also protects integrity, so that no
// separate integrity algorithm belongs to it.
func (c Cipher) AEAD() bool { return c.ICVLen > 0 }

// Ciphers returns all rows, each key length being one row.
func Ciphers() []Cipher { return slices.Clone(cipherRows) }

// CipherByName returns the row of a name such as "aes-cbc-128". The name
// "aes-cbc" without its length is not a row.
func CipherByName(name string) (Cipher, bool) {
	c, ok := ciphersByName[name]
	return c, ok
}

// family is a cipher before its key length is known: a row of the table from
// which the rows of Ciphers are made.
type family struct {
	name        string // without key length
	mode        Mode
	keyBits     []int // permitted values; one value: the name carries no length
	defaultBits int   // when the Key Length attribute is absent
	saltLen     int
	ivLen       int
	blockLen    int
	icvLen      int
	implicitIV  bool
	alsoBits    []int // other Key Length values seen for a fixed length cipher
	newBlock    func(key []byte) (cipher.Block, error)
}

// cipher returns the family's row for one key length in bits.
func (f *family) cipher(bits int) Cipher {
	c := Cipher{
		Name: f.name, Mode: f.mode, KeyLen: bits / 8, SaltLen: f.saltLen, IVLen: f.ivLen,
		BlockLen: f.blockLen, ICVLen: f.icvLen, ImplicitIV: f.implicitIV,
	}
	if len(f.keyBits) > 1 {
		c.Name = lengthName(f.name, bits)
	}
	if f.newBlock != nil {
		c.NewBlock = exactKey(c.Name, bits/8, f.newBlock)
	}
	return c
}

// resolve returns the row for a Key Length attribute in bits, 0 when the
// attribute is absent.
func (f *family) resolve(bits int) (Cipher, bool) {
	switch {
	case bits == 0:
		bits = f.defaultBits
	case slices.Contains(f.alsoBits, bits):
		bits = f.keyBits[0]
	}
	if !slices.Contains(f.keyBits, bits) {
		return Cipher{}, false
	}
	return CipherByName(f.cipherName(bits))
}

func (f *family) cipherName(bits int) string {
	if len(f.keyBits) > 1 {
		return lengthName(f.name, bits)
	}
	return f.name
}

var (
	familiesByName = indexFamilies(families)
	cipherRows     = expandFamilies(families)
	ciphersByName  = indexCiphers(cipherRows)
)

func indexFamilies(fs []family) map[string]*family {
	m := make(map[string]*family, len(fs))
	for i := range fs {
		m[fs[i].name] = &fs[i]
	}
	return m
}

func expandFamilies(fs []family) []Cipher {
	var rows []Cipher
	for i := range fs {
		for _, bits := range fs[i].keyBits {
			rows = append(rows, fs[i].cipher(bits))
		}
	}
	return rows
}

func indexCiphers(rows []Cipher) map[string]Cipher {
	m := make(map[string]Cipher, len(rows))
	for _, c := range rows {
		m[c.Name] = c
	}
	return m
}

// cipherOf finds the row for a number of one registry's table.
func cipherOf(table []number, id uint16, keyBits int) (Cipher, bool) {
	f, ok := familiesByName[nameOf(table, id)]
	if !ok {
		return Cipher{}, false
	}
	return f.resolve(keyBits)
}
