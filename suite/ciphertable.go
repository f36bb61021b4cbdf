package suite

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"

	//lint:ignore SA1019 captures contain it
	"golang.org/x/crypto/blowfish"
	//lint:ignore SA1019 captures contain it
	"golang.org/x/crypto/cast5"

	"ikescope/suite/camellia"
	"ikescope/suite/cast"
)

var (
	bits128to256 = []int{128, 192, 256}
	bitsCAST     = bitsRange(40, 128) // RFC 2144 section 2.5
	bitsBlowfish = bitsRange(40, 448) // RFC 2451 section 2.2
)

// families are the ciphers that this program can compute. Sources: RFC 2405
// (DES), RFC 2451 (3DES, CAST, Blowfish), RFC 3602 (AES-CBC), RFC 3686
// (AES-CTR), RFC 4106 (GCM), RFC 4309 (CCM), RFC 4543 (GMAC), RFC 4312 and
// RFC 5529 (Camellia), RFC 7634 (ChaCha20-Poly1305), RFC 8750 (implicit IV).
// The default length of a cipher that requires the Key Length attribute is
// its shortest, which RFC 3602 section 5.1 and RFC 4312 section 5.1 give too.
var families = []family{
	{name: "null", mode: ModeNull, keyBits: []int{0}, blockLen: 1},
	{name: "des-cbc", mode: ModeCBC, keyBits: []int{64}, defaultBits: 64, alsoBits: []int{56}, ivLen: 8, blockLen: 8, newBlock: des.NewCipher},
	{name: "3des-cbc", mode: ModeCBC, keyBits: []int{192}, defaultBits: 192, alsoBits: []int{168}, ivLen: 8, blockLen: 8, newBlock: des.NewTripleDESCipher},
	{name: "blowfish-cbc", mode: ModeCBC, keyBits: bitsBlowfish, defaultBits: 128, ivLen: 8, blockLen: 8, newBlock: newBlowfish},
	{name: "cast-cbc", mode: ModeCBC, keyBits: bitsCAST, defaultBits: 128, ivLen: 8, blockLen: 8, newBlock: newCAST},
	{name: "aes-cbc", mode: ModeCBC, keyBits: bits128to256, defaultBits: 128, ivLen: 16, blockLen: 16, newBlock: aes.NewCipher},
	{name: "camellia-cbc", mode: ModeCBC, keyBits: bits128to256, defaultBits: 128, ivLen: 16, blockLen: 16, newBlock: camellia.NewCipher},
	{name: "aes-ctr", mode: ModeCTR, keyBits: bits128to256, defaultBits: 128, saltLen: 4, ivLen: 8, blockLen: 1, newBlock: aes.NewCipher},
	{name: "camellia-ctr", mode: ModeCTR, keyBits: bits128to256, defaultBits: 128, saltLen: 4, ivLen: 8, blockLen: 1, newBlock: camellia.NewCipher},
	{name: "aes-gcm-8", mode: ModeGCM, keyBits: bits128to256, defaultBits: 128, saltLen: 4, ivLen: 8, blockLen: 1, icvLen: 8, newBlock: aes.NewCipher},
	{name: "aes-gcm-12", mode: ModeGCM, keyBits: bits128to256, defaultBits: 128, saltLen: 4, ivLen: 8, blockLen: 1, icvLen: 12, newBlock: aes.NewCipher},
	{name: "aes-gcm-16", mode: ModeGCM, keyBits: bits128to256, defaultBits: 128, saltLen: 4, ivLen: 8, blockLen: 1, icvLen: 16, newBlock: aes.NewCipher},
	{name: "aes-gcm-16-iiv", mode: ModeGCM, keyBits: bits128to256, defaultBits: 128, saltLen: 4, blockLen: 1, icvLen: 16, implicitIV: true, newBlock: aes.NewCipher},
	{name: "aes-ccm-8", mode: ModeCCM, keyBits: bits128to256, defaultBits: 128, saltLen: 3, ivLen: 8, blockLen: 1, icvLen: 8, newBlock: aes.NewCipher},
	{name: "aes-ccm-12", mode: ModeCCM, keyBits: bits128to256, defaultBits: 128, saltLen: 3, ivLen: 8, blockLen: 1, icvLen: 12, newBlock: aes.NewCipher},
	{name: "aes-ccm-16", mode: ModeCCM, keyBits: bits128to256, defaultBits: 128, saltLen: 3, ivLen: 8, blockLen: 1, icvLen: 16, newBlock: aes.NewCipher},
	{name: "aes-ccm-8-iiv", mode: ModeCCM, keyBits: bits128to256, defaultBits: 128, saltLen: 3, blockLen: 1, icvLen: 8, implicitIV: true, newBlock: aes.NewCipher},
	{name: "camellia-ccm-8", mode: ModeCCM, keyBits: bits128to256, defaultBits: 128, saltLen: 3, ivLen: 8, blockLen: 1, icvLen: 8, newBlock: camellia.NewCipher},
	{name: "camellia-ccm-12", mode: ModeCCM, keyBits: bits128to256, defaultBits: 128, saltLen: 3, ivLen: 8, blockLen: 1, icvLen: 12, newBlock: camellia.NewCipher},
	{name: "camellia-ccm-16", mode: ModeCCM, keyBits: bits128to256, defaultBits: 128, saltLen: 3, ivLen: 8, blockLen: 1, icvLen: 16, newBlock: camellia.NewCipher},
	{name: "null-auth-aes-gmac", mode: ModeGMAC, keyBits: bits128to256, defaultBits: 128, saltLen: 4, ivLen: 8, blockLen: 1, icvLen: 16, newBlock: aes.NewCipher},
	{name: "chacha20-poly1305", mode: ModeChaCha20Poly1305, keyBits: []int{256}, defaultBits: 256, saltLen: 4, ivLen: 8, blockLen: 1, icvLen: 16},
	{name: "chacha20-poly1305-iiv", mode: ModeChaCha20Poly1305, keyBits: []int{256}, defaultBits: 256, saltLen: 4, blockLen: 1, icvLen: 16, implicitIV: true},
}

// bitsRange lists the whole-octet key lengths from low to high, in bits.
func bitsRange(low, high int) []int {
	var bits []int
	for b := low; b <= high; b += 8 {
		bits = append(bits, b)
	}
	return bits
}

func newBlowfish(key []byte) (cipher.Block, error) { return blowfish.NewCipher(key) }

// newCAST makes CAST-128 from a key of 5 to 16 octets. A shorter key is padded
// with zero octets on the right; one of up to 80 bits has 12 rounds instead of 16,
// which x/crypto does not offer (RFC 2144, section 2.5).
func newCAST(key []byte) (cipher.Block, error) {
	if len(key) <= 10 {
		return cast.NewCipher(key)
	}
	var padded [cast5.KeySize]byte
	copy(padded[:], key)
	return cast5.NewCipher(padded[:])
}
