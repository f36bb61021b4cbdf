package keyout

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"

	"ikescope/keymat"
	"ikescope/report"
	"ikescope/secrets"
)

// Schema is the version of the JSON form.
const Schema = "ikescope/keys/1"

type document struct {
	Schema string       `json:"schema"`
	ISAKMP []jsonISAKMP `json:"isakmp"`
	IKEv2  []jsonIKEv2  `json:"ike"`
	IPsec  []jsonIPsec  `json:"ipsec"`
}

type jsonISAKMP struct {
	CookieI    string  `json:"initiator_cookie"`
	CookieR    string  `json:"responder_cookie"`
	Initiator  string  `json:"initiator"`
	Responder  string  `json:"responder"`
	Encryption *string `json:"encryption"`
	Hash       *string `json:"hash"`
	report.Rungs
}

type jsonIKEv2 struct {
	SPIi       *string `json:"initiator_spi"`
	SPIr       *string `json:"responder_spi"`
	Encryption *string `json:"encryption"`
	Integrity  *string `json:"integrity"`
	report.RungsIKEv2
}

type jsonIPsec struct {
	Protocol      string  `json:"protocol"`
	SPI           string  `json:"spi"`
	Source        *string `json:"source"`
	Destination   *string `json:"destination"`
	Mode          *string `json:"mode"`
	Encapsulation string  `json:"encapsulation"`
	Encryption    *string `json:"encryption"`
	EncryptionKey *string `json:"encryption_key"`
	Integrity     *string `json:"integrity"`
	IntegrityKey  *string `json:"integrity_key"`
	ESN           bool    `json:"esn"`
}

// JSON writes the keys as one JSON object, indented. Hex is lower case without
// 0x, SPIs of IPsec have it; what is not known is null.
func JSON(w io.Writer, k Keys) error {
	d := document{Schema: Schema, ISAKMP: []jsonISAKMP{}, IKEv2: []jsonIKEv2{}, IPsec: []jsonIPsec{}}
	for _, i := range k.ISAKMP {
		d.ISAKMP = append(d.ISAKMP, i.json())
	}
	for _, i := range k.IKEv2 {
		d.IKEv2 = append(d.IKEv2, ikev2JSON(i))
	}
	for _, s := range k.IPsec {
		d.IPsec = append(d.IPsec, s.json())
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return fmt.Errorf("keyout: %w", err)
	}
	return nil
}

func (i ISAKMP) json() jsonISAKMP {
	j := jsonISAKMP{
		CookieI: i.CookieI.String(), CookieR: i.CookieR.String(),
		Initiator: i.Initiator.Addr().String(), Responder: i.Responder.Addr().String(),
		Rungs: report.RungsOf(i.Ladder),
	}
	if p := i.Phase1.Chosen; p != nil {
		j.Encryption, j.Hash = text(p.Encryption), text(p.HashName)
	}
	return j
}

func ikev2JSON(i secrets.IKEv2) jsonIKEv2 {
	return jsonIKEv2{
		SPIi: spiJSON(i.SPIi), SPIr: spiJSON(i.SPIr), Encryption: text(i.Encryption), Integrity: text(i.Integrity),
		RungsIKEv2: report.RungsOfIKEv2(i),
	}
}

func (s IPsec) json() jsonIPsec {
	e := s.secrets()
	return jsonIPsec{
		Protocol: s.protocol(), SPI: spi(s.SPI), Source: address(s.Src), Destination: address(s.Dst),
		Mode: text(s.Mode), Encapsulation: s.Encap.String(),
		Encryption: text(e.Encryption), EncryptionKey: hexOf(e.EncryptionKey),
		Integrity: text(e.Integrity), IntegrityKey: hexOf(e.IntegrityKey), ESN: s.ESN,
	}
}

func spi(n uint32) string { return fmt.Sprintf("0x%08x", n) }

// text is null for an empty text.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func hexOf(s keymat.Secret) *string { return text(s.Hex()) }

func address(a netip.Addr) *string {
	if !a.IsValid() {
		return nil
	}
	return text(a.String())
}

func spiJSON(b *[8]byte) *string {
	if b == nil {
		return nil
	}
	return text(fmt.Sprintf("%x", b[:]))
}
