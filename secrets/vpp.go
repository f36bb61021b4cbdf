package secrets

import (
	"bytes"
	"net/netip"
	"strings"

	"ikescope/keymat"
)

// VPP prints its IKE SAs with their keys on "show ikev2 sa details":
//
//	iip 192.0.2.1 ispi 6f1b2a3c4d5e6f70 rip 192.0.2.2 rspi 8192a3b4c5d6e7f8
//	 encr:aes-cbc-256 prf:hmac-sha2-256 integ:sha1-96 dh-group:modp-2048
//	 nonce i:... and, below, r:...
//	 SK_d    3f...
//	 SK_a  i:91...
//	       r:c0...
//	 SK_e  i: and r:, SK_p  i: and r:
//	   child sa 0:
//	    encr:aes-cbc-256 integ:sha1-96 esn:yes
//	    spi(i) 1e8b4d2a spi(r) 9c3a7f51
//	    SK_e  i:... and r:, SK_a  i:... and r:
//
// SPIs have no leading zeros. AES-GCM keys of a child come without their salt, so that SK_d must open what they cannot.

type vpp struct {
	c     *collector
	ike   ikeSAKeys
	child vppChild
	name  string // of the pair that the next line completes: "SK_e"
	src   netip.Addr
	dst   netip.Addr
}

// vppChild is a pair of IPsec SAs.
type vppChild struct {
	line          int // 0: none
	cipher, integ string
	esn           bool
	spiI, spiR    uint32
	ei, er        keymat.Secret
	ai, ar        keymat.Secret
}

func newVPP(c *collector) LineReader { return &vpp{c: c} }

func (r *vpp) Line(n int, text []byte) {
	text = bytes.TrimSpace(text)
	switch {
	case bytes.HasPrefix(text, []byte("iip ")):
		r.begin(n, text)
	case r.ike.line == 0:
	case bytes.HasPrefix(text, []byte("encr:")), bytes.HasPrefix(text, []byte("integ:")):
		r.algorithms(text)
	case bytes.HasPrefix(text, []byte("child sa ")):
		r.endChild()
		r.child.line = n
	case bytes.HasPrefix(text, []byte("spi(i) ")):
		r.spis(text)
	case bytes.HasPrefix(text, []byte("SK_d ")):
		r.ike.keys.SKd = vppKey(text[len("SK_d "):])
	case bytes.HasPrefix(text, []byte("SK_")) && len(text) > len("SK_e  i:"):
		r.name = string(text[:len("SK_e")])
		r.side(bytes.TrimSpace(text[len("SK_e"):]))
	case bytes.HasPrefix(text, []byte("r:")) && r.name != "":
		r.side(text)
	}
}

// begin reads "iip ADDR ispi HEX rip ADDR rspi HEX".
func (r *vpp) begin(n int, text []byte) {
	f := strings.Fields(string(text))
	if len(f) < 8 || f[2] != "ispi" || f[4] != "rip" || f[6] != "rspi" {
		return
	}
	i, ok1 := paddedSPI(f[3])
	responder, ok2 := paddedSPI(f[7])
	if !ok1 || !ok2 {
		return
	}
	r.end()
	r.c.recognised()
	r.src, _ = netip.ParseAddr(f[1])
	r.dst, _ = netip.ParseAddr(f[5])
	r.ike = ikeSAKeys{line: n, keys: IKEv2{SPIi: &i, SPIr: &responder}}
}

// paddedSPI reads an IKE SPI whose leading zeros were left out.
func paddedSPI(text string) ([8]byte, bool) {
	if len(text) > 16 {
		return [8]byte{}, false
	}
	return hex64([]byte(strings.Repeat("0", 16-len(text)) + text))
}

func vppKey(text []byte) keymat.Secret {
	octets, ok := hexRun(nil, bytes.TrimSpace(text), maxDump)
	if !ok {
		return keymat.Secret{}
	}
	return keymat.NewSecret(octets)
}

// vppAuths are VPP's names of integrity algorithms.
var vppAuths = map[string]string{
	"md5-96": "hmac-md5-96", "sha1-96": "hmac-sha1-96", "hmac-sha2-256-128": "hmac-sha2-256-128", "sha2-256-128": "hmac-sha2-256-128",
	"hmac-sha2-384-192": "hmac-sha2-384-192", "hmac-sha2-512-256": "hmac-sha2-512-256", "aes-xcbc-96": "aes-xcbc-96",
}

// algorithms reads "encr:aes-cbc-256 integ:sha1-96 esn:yes", of the IKE SA or of a child.
func (r *vpp) algorithms(text []byte) {
	cipher, integ := "", ""
	for word := range bytes.FieldsSeq(text) {
		kind, name, _ := bytes.Cut(word, []byte(":"))
		switch string(kind) {
		case "encr":
			cipher = string(name)
		case "integ":
			integ = vppAuths[string(name)]
		case "esn":
			r.child.esn = string(name) == "yes"
		}
	}
	if r.child.line != 0 {
		r.child.cipher, r.child.integ = cipher, integ
		return
	}
	r.ike.keys.Encryption, r.ike.keys.Integrity = vppCipher(cipher), integ
}

// vppCipher is our name: VPP's "aes-gcm-16-256" and "aes-cbc-256" are the same.
func vppCipher(name string) string {
	if cipherLengths(name).strict {
		return name
	}
	return ""
}

func (r *vpp) spis(text []byte) {
	f := strings.Fields(string(text))
	if len(f) < 4 {
		return
	}
	r.child.spiI, _ = hex32([]byte(f[1]))
	r.child.spiR, _ = hex32([]byte(f[3]))
}

// side reads "i:HEX" or "r:HEX" of the pair that r.name says.
func (r *vpp) side(text []byte) {
	if len(text) < 2 || text[1] != ':' || text[0] != 'i' && text[0] != 'r' {
		return
	}
	key := vppKey(text[2:])
	if r.child.line != 0 {
		r.child.set(r.name+string(text[:1]), key)
	} else if place := r.ike.keys.key(r.name + string(text[:1])); place != nil {
		*place = key
	}
	if text[0] == 'r' {
		r.name = ""
	}
}

func (c *vppChild) set(name string, key keymat.Secret) {
	switch name {
	case "SK_ei":
		c.ei = key
	case "SK_er":
		c.er = key
	case "SK_ai":
		c.ai = key
	case "SK_ar":
		c.ar = key
	}
}

// endChild hands over both directions. The initiator sends to the responder's SPI.
func (r *vpp) endChild() {
	c := r.child
	r.child = vppChild{}
	if c.line == 0 || c.ei.IsZero() {
		return
	}
	want := cipherLengths(c.cipher)
	if !want.strict || want.check(c.ei.Len()) != "" {
		r.c.warn(c.line, "the keys of this child SA lack the salt, or their cipher is not known: SK_d opens it if the capture has the exchange")
		return
	}
	integ := c.integ
	if cipherIsAEAD(c.cipher) {
		integ, c.ai, c.ar = "", keymat.Secret{}, keymat.Secret{}
	}
	base := ESP{Protocol: 50, Encryption: c.cipher, Integrity: integ, ESN: c.esn}
	out, in := base, base
	out.SPI, out.Src, out.Dst, out.EncryptionKey, out.IntegrityKey = c.spiR, r.src, r.dst, c.ei, c.ai
	in.SPI, in.Src, in.Dst, in.EncryptionKey, in.IntegrityKey = c.spiI, r.dst, r.src, c.er, c.ar
	r.c.esp(c.line, out)
	r.c.esp(c.line, in)
}

func (r *vpp) end() {
	r.endChild()
	k := &r.ike
	if k.keys.Encryption != "" && !k.keys.SKei.IsZero() && cipherLengths(k.keys.Encryption).check(k.keys.SKei.Len()) != "" {
		k.keys.SKei, k.keys.SKer = keymat.Secret{}, keymat.Secret{} // without the salt
	}
	k.hand(r.c)
	r.ike = ikeSAKeys{}
}

func (r *vpp) Close() { r.end() }
