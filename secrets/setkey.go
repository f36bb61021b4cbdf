package secrets

import (
	"bytes"
	"net/netip"
	"strings"

	"ikescope/keymat"
)

// setkey -D lists the IPsec SAs of KAME and its descendants: the BSDs, ipsec-tools on Linux, macOS. An SA is
//
//	192.0.2.1 192.0.2.2
//		esp mode=tunnel spi=125494118(0x077ae366) reqid=0(0x00000000)
//		E: 3des-cbc  3bcc21f0 96f74b30 6a1e94bf 797c6bdd 710a6c44 bab7fe26
//		A: hmac-sha1  f6293fc5 956f39a7 944e1d7e da744d8d 14a6abbf
//		seq=0x00000000 replay=4 flags=0x00000000 state=mature
//
// Behind a NAT the addresses have ports in brackets and the protocol is esp-udp. An SA without keys has no E: and A:.

// setkeyCiphers are KAME's names and ours without a key length; GCM counts its salt as key (RFC 4106).
var setkeyCiphers = map[string]string{
	"des-cbc": "des-cbc", "3des-cbc": "3des-cbc", "blowfish-cbc": "blowfish-cbc", "cast128-cbc": "cast-cbc", "cast-cbc": "cast-cbc",
	"aes-cbc": "aes-cbc", "rijndael-cbc": "aes-cbc", "camellia-cbc": "camellia-cbc", "aes-ctr": "aes-ctr",
	"aes-gcm-16": "aes-gcm-16", "aes-gmac": "null-auth-aes-gmac", "chacha20-poly1305": "chacha20-poly1305",
	"null": "null", "simple": "null",
}

// setkeyAuths are KAME's names of integrity algorithms.
var setkeyAuths = map[string]string{
	"hmac-md5": "hmac-md5-96", "hmac-sha1": "hmac-sha1-96", "hmac-sha2-256": "hmac-sha2-256-128", "hmac-sha256": "hmac-sha2-256-128",
	"hmac-sha2-384": "hmac-sha2-384-192", "hmac-sha384": "hmac-sha2-384-192", "hmac-sha2-512": "hmac-sha2-512-256",
	"hmac-sha512": "hmac-sha2-512-256", "aes-xcbc-mac": "aes-xcbc-96", "null": noIntegrity,
}

type setkey struct {
	c       *collector
	src     netip.Addr
	dst     netip.Addr
	between bool // the line before named two hosts
	open    bool
	line    int
	sa      ESP
	fault   string // of the open SA
}

func newSetkey(c *collector) LineReader { return &setkey{c: c} }

func (r *setkey) Line(n int, text []byte) {
	if len(text) == 0 {
		return
	}
	if text[0] != '\t' && text[0] != ' ' {
		r.Close()
		r.between = r.hosts(text)
		return
	}
	if r.between {
		r.between = false
		r.begin(n, text)
		return
	}
	if r.open {
		r.field(text)
	}
}

// hosts reads "192.0.2.1[4500] 192.0.2.2[4500]". Policies have prefix lengths, and other lines have other words.
func (r *setkey) hosts(text []byte) bool {
	src, dst, two := bytes.Cut(bytes.TrimRight(text, " "), []byte(" "))
	if !two || len(dst) == 0 || bytes.IndexByte(dst, ' ') >= 0 || !addressLike(src) || !addressLike(dst) {
		return false
	}
	var ok1, ok2 bool
	r.src, ok1 = setkeyHost(string(src))
	r.dst, ok2 = setkeyHost(string(dst))
	return ok1 && ok2
}

func setkeyHost(text string) (netip.Addr, bool) {
	text, _, _ = strings.Cut(text, "[")
	a, err := netip.ParseAddr(text)
	return a.WithZone("").Unmap(), err == nil
}

// begin reads "esp mode=tunnel spi=125494118(0x077ae366) reqid=...".
func (r *setkey) begin(n int, text []byte) {
	f := strings.Fields(string(text))
	if len(f) < 3 || !strings.HasPrefix(f[1], "mode=") {
		return
	}
	r.sa = ESP{Src: r.src, Dst: r.dst}
	switch f[0] {
	case "esp", "esp-udp", "esp-old":
		r.sa.Protocol = 50
	case "ah", "ah-old":
		r.sa.Protocol = 51
	case "ipcomp", "tcp", "x-ipip":
		r.c.recognised()
		return
	default:
		return
	}
	_, hex, ok := strings.Cut(f[2], "(")
	spi, isSPI := hex32([]byte(strings.TrimSuffix(hex, ")")))
	if !ok || !isSPI || !strings.HasPrefix(f[2], "spi=") {
		return
	}
	r.c.recognised()
	r.sa.SPI = spi
	r.open, r.line, r.fault = true, n, ""
}

// field reads a key's line.
func (r *setkey) field(text []byte) {
	text = bytes.TrimLeft(text, " \t")
	if len(text) < 3 || text[1] != ':' || text[2] != ' ' || text[0] != 'E' && text[0] != 'A' {
		return
	}
	name, hex, _ := bytes.Cut(bytes.TrimLeft(text[2:], " "), []byte(" "))
	octets, ok := hexRun(nil, bytes.TrimSpace(hex), maxDump)
	if !ok {
		r.fault = "a key is not hex"
		return
	}
	key := keymat.NewSecret(octets)
	if text[0] == 'A' {
		r.sa.Integrity, r.sa.IntegrityKey = setkeyAuths[string(name)], key
		if r.sa.Integrity == "" {
			r.fault = "integrity algorithm that this program does not know"
		}
		return
	}
	r.sa.EncryptionKey = key
	if r.sa.Encryption, ok = cipherOfLength(setkeyCiphers[string(name)], key.Len()); !ok {
		r.fault = "cipher that this program does not know, or a key that is not as long as its keys are"
	}
}

// Close ends an SA. One without keys is larval.
func (r *setkey) Close() {
	open := r.open
	r.open, r.between = false, false
	if !open || r.sa.Encryption == "" && r.sa.Integrity == "" && r.fault == "" {
		return
	}
	if r.fault != "" {
		r.c.bad(r.line, "setkey SA", r.fault)
		return
	}
	if cipherIsAEAD(r.sa.Encryption) {
		r.sa.Integrity, r.sa.IntegrityKey = "", keymat.Secret{}
	}
	r.c.esp(r.line, r.sa)
}
