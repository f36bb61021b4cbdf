package esp_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log"
	"net/netip"

	"ikescope/esp"
	"ikescope/suite"
)

// The first ESP packet of the sample mm-psk-3des-sha1-modp1024, from its SPI to its ICV.
const packet = "c7a8cc9e" + "00000001" + "987adf2765db574c" + // SPI, sequence number, IV
	"21233737c5a0a0d193e96b2edd2456019a6016b0b3d35b7cf1cc6694502cce4dba994b7189991006518e23e3482c78fc" +
	"b2f9c5cad4ed1a78e0fe65b716e772faea82cab534805eadf535b24169aa41e95afd6a653eb2" +
	"433e010cdd2c4b9e0dc5272d16cf" // the last 12 octets are the ICV

func unhex(digits string) []byte {
	b, err := hex.DecodeString(digits)
	if err != nil {
		log.Fatal(err)
	}
	return b
}

// An SA is made once; workers open packets with it, batch by batch. The keys are those that the kernel of the
// sample's gateway had.
func Example() {
	cipher, _ := suite.CipherByName("3des-cbc")
	integrity, _ := suite.IntegrityByName("hmac-sha1-96")
	sa, err := esp.NewSA(esp.Params{
		SPI:    0xc7a8cc9e,
		Cipher: cipher, CipherKey: unhex("18a0c72b285b3aa9294711851b942386f551c87b37a2423d"),
		Integrity: integrity, IntegrityKey: unhex("2664143449f6d86931e8336209fd6067ca92932a"),
	})
	if err != nil {
		log.Fatal(err)
	}
	forged := unhex(packet)
	forged[20] ^= 1
	batch := []esp.Packet{{Data: unhex(packet)}, {Data: forged}}
	var w esp.Worker
	w.Open(sa, batch)

	in := batch[0].Inner
	fmt.Println(batch[0].Verdict, batch[0].NextHeader == esp.NextHeaderIPv4)
	fmt.Println(netip.AddrFrom4([4]byte(in[12:])), "to", netip.AddrFrom4([4]byte(in[16:])), binary.BigEndian.Uint16(in[2:]), "octets")
	fmt.Println(batch[1].Verdict, batch[1].Inner == nil)
	// Output:
	// ok true
	// 10.1.0.10 to 10.2.0.10 84 octets
	// icv failed true
}
