package keyout

import (
	"fmt"
	"io"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/suite"
)

// The names of the Linux kernel's crypto API (net/xfrm/xfrm_algo.c).
var (
	xfrmCiphers = []struct {
		family string // contract name up to the key length; the first that fits counts
		name   string
		kind   string // of the ip xfrm option
	}{
		{"des-cbc", "cbc(des)", "enc"},
		{"3des-cbc", "cbc(des3_ede)", "enc"},
		{"aes-cbc", "cbc(aes)", "enc"},
		{"camellia-cbc", "cbc(camellia)", "enc"},
		{"blowfish-cbc", "cbc(blowfish)", "enc"},
		{"cast-cbc", "cbc(cast5)", "enc"},
		{"aes-ctr", "rfc3686(ctr(aes))", "enc"},
		{"aes-gcm", "rfc4106(gcm(aes))", "aead"},
		{"aes-ccm", "rfc4309(ccm(aes))", "aead"},
		{"null-auth-aes-gmac", "rfc4543(gcm(aes))", "aead"},
		{"chacha20-poly1305", "rfc7539esp(chacha20,poly1305)", "aead"},
		{"null", "ecb(cipher_null)", "enc"},
	}
	xfrmAuth = map[string]string{
		"md5": "hmac(md5)", "sha1": "hmac(sha1)", "sha2-256": "hmac(sha256)", "sha2-384": "hmac(sha384)",
		"sha2-512": "hmac(sha512)", "xcbc": "xcbc(aes)", "cmac": "cmac(aes)",
	}
)

// XFRM writes the SAs as ip xfrm state commands of Linux.
func XFRM(w io.Writer, k Keys) ([]Skipped, error) {
	return k.lines(w, xfrmLine)
}

func xfrmLine(s IPsec) (line, reason string) {
	args := []string{
		"ip xfrm state add", "src", s.Src.String(), "dst", s.Dst.String(),
		"proto", s.protocol(), "spi", spi(s.SPI), "mode", modeOr(s.Mode),
	}
	if s.Protocol == isakmp.ProtocolESP {
		enc, ok := xfrmCipher(s.Cipher, s.Keys.Encryption)
		if !ok {
			return "", "the Linux kernel has no name for " + s.Encryption
		}
		args = append(args, enc)
	}
	if i := s.integrity(); !i.IsZero() {
		auth, ok := xfrmIntegrity(i, s.Keys.Integrity)
		if !ok {
			return "", "the Linux kernel has no name for " + i.Name
		}
		args = append(args, auth)
	}
	if s.Encap == ikestate.EncapUDP {
		args = append(args, fmt.Sprintf("encap espinudp %d %d 0.0.0.0", portOr(s.SrcPort), portOr(s.DstPort)))
	}
	if s.ESN {
		args = append(args, "replay-window 32 flag esn")
	}
	return strings.Join(args, " "), ""
}

// modeOr is the mode, tunnel where it is not known.
func modeOr(mode string) string {
	if mode == "" {
		return "tunnel"
	}
	return mode
}

// portOr is the port of UDP encapsulation, 4500 where it is not known (RFC 3948).
func portOr(port uint16) uint16 {
	if port == 0 {
		return 4500
	}
	return port
}

// xfrmCipher is the option for a cipher. AEADs have their ICV length in bits
// behind the key.
func xfrmCipher(c suite.Cipher, key keymat.Secret) (string, bool) {
	for _, x := range xfrmCiphers {
		if c.ImplicitIV || c.Name != x.family && !strings.HasPrefix(c.Name, x.family+"-") {
			continue
		}
		hex := prefixed(key.Hex())
		if hex == "" {
			hex = "''"
		}
		s := x.kind + " '" + x.name + "' " + hex
		if x.kind == "aead" {
			s += fmt.Sprintf(" %d", 8*c.ICVLen)
		}
		return s, true
	}
	return "", false
}

// xfrmIntegrity is the option for an integrity algorithm, with the ICV length in
// bits.
func xfrmIntegrity(i suite.Integrity, key keymat.Secret) (string, bool) {
	name := strings.TrimPrefix(strings.TrimPrefix(i.Name, "hmac-"), "aes-")
	if at := strings.LastIndexByte(name, '-'); at >= 0 {
		name = name[:at]
	}
	kernel, ok := xfrmAuth[name]
	if !ok {
		return "", false
	}
	return fmt.Sprintf("auth-trunc '%s' %s %d", kernel, prefixed(key.Hex()), 8*i.ICVLen), true
}
