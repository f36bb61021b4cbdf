package isakmp_test

import (
	"encoding/hex"
	"errors"
	"fmt"

	"ikescope/decode/isakmp"
)

// The answer to a first message of Main Mode whose proposals were all refused.
const refusal = "d91bcda4c0e1c3e5a9e2f5a4e3b6c7d8" + // cookies
	"0b100500" + "a1b2c3d4" + "00000038" + // a notification, informational, 56 octets
	"0000001c" + "00000001" + "0110000e" + // IPSEC DOI, ISAKMP, 16 octets of SPI, type 14
	"d91bcda4c0e1c3e5a9e2f5a4e3b6c7d8" // both cookies

func Example() {
	b, _ := hex.DecodeString(refusal)
	m, err := isakmp.ParseMessage(b)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(m.Exchange, m.CookieI)
	for _, p := range m.Payloads {
		fmt.Println(p.Type, p.Summary())
	}
	// Output:
	// informational d91bcda4c0e1c3e5
	// notify NO-PROPOSAL-CHOSEN
}

func ExampleParseMessage_damage() {
	b, _ := hex.DecodeString(refusal)
	b = b[:50] // as a capture with a small snap length keeps it
	_, err := isakmp.ParseMessage(b)
	var e *isakmp.Error
	if errors.As(err, &e) && errors.Is(err, isakmp.ErrTruncated) {
		fmt.Println(e.Layer, e.Field, e.Offset)
	}
	fmt.Println(err)
	// Output:
	// header length 24
	// isakmp: header: length at octet 24: cut short: 56 octets announced, 50 are there
}

func ExampleVendorName() {
	for _, digits := range []string{
		"afcad71368a1f1c96b8696fc77570100",
		"4048b7d56ebce88525e7de7f00d6c2d380000000",
		"0102030405060708",
	} {
		id, _ := hex.DecodeString(digits)
		fmt.Println(isakmp.VendorName(id))
	}
	// Output:
	// DPD 1.0 true
	// IKE fragmentation (main, aggressive) true
	// 0102030405060708 false
}

func ExampleTransform_Phase1() {
	attributes, _ := hex.DecodeString("80010007" + "800e0080" + "80020002" + "80030001" + "800b0001" + "000c000400015180")
	as, err := isakmp.ParseAttributeList(attributes)
	if err != nil {
		fmt.Println(err)
	}
	p := isakmp.Transform{Attributes: as}.Phase1()
	seconds, _ := p.Lifetime(isakmp.LifeSeconds)
	fmt.Println(p.Encryption, p.KeyLength, p.Hash, p.Auth, seconds)
	// Output: 7 128 2 psk 86400
}
