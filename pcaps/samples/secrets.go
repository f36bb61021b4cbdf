package samples

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Hex is an octet string that JSON holds in hex. A missing leading zero digit is
// put back.
type Hex []byte

// UnmarshalText reads hex digits.
func (h *Hex) UnmarshalText(text []byte) error {
	s := string(text)
	if len(s)%2 == 1 {
		s = "0" + s
	}
	b, err := hex.DecodeString(s)
	*h = b
	return err
}

func (h Hex) String() string { return hex.EncodeToString(h) }

// Secrets is a sample's secrets.json: what the daemons and the kernels knew.
type Secrets struct {
	PSK     []string `json:"psk"`
	IKE     []IKE    `json:"ike"`
	OtherDH []DH     `json:"other_dh"` // of Quick Modes with PFS
	ESP     []ESP    `json:"esp"`
	XAUTH   struct {
		User     string `json:"user"`
		Password string `json:"password"`
	} `json:"xauth"`
}

// DH is one Diffie-Hellman computation.
type DH struct {
	Shared  Hex `json:"dh_shared"`
	Private struct {
		A Hex `json:"a"` // initiator of phase 1
		B Hex `json:"b"`
	} `json:"dh_private"`
}

// IKE is an ISAKMP SA and its keys.
type IKE struct {
	DH
	CookieI   Hex `json:"initiator_cookie"`
	CookieR   Hex `json:"responder_cookie"`
	SKEYID    Hex `json:"skeyid"`
	SKEYIDd   Hex `json:"skeyid_d"`
	SKEYIDa   Hex `json:"skeyid_a"`
	SKEYIDe   Hex `json:"skeyid_e"`
	CipherKey Hex `json:"enc_key"`
	InitialIV Hex `json:"initial_iv"`

	SKd  Hex `json:"sk_d"` // of version 2
	SKai Hex `json:"sk_ai"`
	SKar Hex `json:"sk_ar"`
	SKei Hex `json:"sk_ei"`
	SKer Hex `json:"sk_er"`
}

// ESP is an SA as the kernel had it. Behind a NAT an SA stands here once for each
// address.
type ESP struct {
	Src     string `json:"src"`
	Dst     string `json:"dst"`
	Proto   string `json:"proto"` // esp, ah or comp
	SPIText string `json:"spi"`
	Mode    string `json:"mode"`
	EncKey  Hex    `json:"enc_key"`
	AuthKey Hex    `json:"auth_key"`
}

// SPI is the SA's SPI, or an error where the file is damaged.
func (e ESP) SPI() (uint32, error) {
	v, err := strconv.ParseUint(e.SPIText, 0, 32)
	return uint32(v), err
}

// Secrets reads the sample's secrets.json.
func (s Sample) Secrets() (Secrets, error) {
	b, err := os.ReadFile(s.Path("secrets.json"))
	if err != nil {
		return Secrets{}, err
	}
	var out Secrets
	if err := json.Unmarshal(b, &out); err != nil {
		return out, fmt.Errorf("%s/secrets.json: %w", s.Name, err)
	}
	return out, nil
}

// Know is what the user of a test knows besides the pre-shared keys.
type Know uint8

// The private values of one side, or the shared secrets.
const (
	PrivateA Know = iota // of the initiator of phase 1
	PrivateB
	Shared
)

// Knows lists every Know.
var Knows = []Know{PrivateA, PrivateB, Shared}

func (k Know) String() string { return [...]string{"initiator", "responder", "shared"}[k] }

// of is the value of a computation that the user knows, and its key in a secrets
// file.
func (k Know) of(d DH) (key string, value Hex) {
	switch k {
	case PrivateA:
		return "private", d.Private.A
	case PrivateB:
		return "private", d.Private.B
	}
	return "shared", d.Shared
}

// TOML is a secrets file with all pre-shared keys, and of every Diffie-Hellman
// computation the value that k names.
func (s Secrets) TOML(k Know) string {
	var b strings.Builder
	for _, psk := range s.PSK {
		fmt.Fprintf(&b, "[[psk]]\nsecret = %q\n\n", psk)
	}
	exchanges := make([]DH, 0, len(s.IKE)+len(s.OtherDH))
	for _, ike := range s.IKE {
		exchanges = append(exchanges, ike.DH)
	}
	for _, d := range append(exchanges, s.OtherDH...) {
		key, value := k.of(d)
		if len(value) == 0 {
			continue // a computation of which this was not logged
		}
		fmt.Fprintf(&b, "[[dh]]\n%s = %q\n\n", key, value)
	}
	return b.String()
}
