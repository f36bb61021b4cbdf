package keymat_test

import (
	"encoding/hex"
	"fmt"
	"log"

	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/suite"
)

// A user knows SKEYID and g^xy of a recorded conversation, and climbs from there to the key that opens its messages.
func Example() {
	known, err := samples.ByName("mm-psk-3des-sha1-modp1024").Secrets()
	if err != nil {
		log.Fatal(err)
	}
	ike := known.IKE[0]
	hash, _ := suite.HashByName("sha1")
	cipher, _ := suite.CipherByName("3des-cbc")
	prf := suite.HMAC(hash)

	skeyid := keymat.SKEYIDFrom(keymat.NewSecret(ike.SKEYID))
	keys := skeyid.Derive(keymat.Phase1{PRF: prf, CookieI: [8]byte(ike.CookieI), CookieR: [8]byte(ike.CookieR)}, keymat.NewSecret(ike.Shared))
	key := keys.E.CipherKey(prf, cipher)

	fmt.Println(keys.D) // no rung prints itself
	fmt.Println("SKEYID_d", keys.D.Secret().Hex())
	fmt.Println("SKEYID_e", keys.E.Secret().Hex())
	fmt.Println("cipher key", key.Secret().Hex())
	// Output:
	// [redacted]
	// SKEYID_d a59bb6590be0dfe4324bef9b34c3ef0a6ba68940
	// SKEYID_e 2b4c4fbb5aec6591e1e40a2d52ea04c0f2be8c99
	// cipher key ac30bed75616858b389af0ea8b66de371fbc500523186a62
}

// Each direction of an SA has KEYMAT of its own, because of its SPI.
func ExampleSKEYIDd_Keymat() {
	hash, _ := suite.HashByName("sha1")
	secret, _ := hex.DecodeString("a59bb6590be0dfe4324bef9b34c3ef0a6ba68940")
	d := keymat.SKEYIDdFrom(keymat.NewSecret(secret))
	in := keymat.QuickMode{Protocol: 3, NiB: make([]byte, 16), NrB: make([]byte, 16)}
	in.SPI = []byte{0xc7, 0xa8, 0xcc, 0x9e}
	there := d.Keymat(suite.HMAC(hash), in, 44) // 24 octets for 3DES, 20 for HMAC-SHA1
	in.SPI = []byte{0xc9, 0x03, 0x23, 0x30}
	back := d.Keymat(suite.HMAC(hash), in, 44)
	fmt.Println(there.Len(), back.Len(), there.Equal(back))
	// Output: 44 44 false
}
