package secrets

import (
	"bytes"
	"net/netip"

	"ikescope/keymat"
)

// A FortiGate prints the keys of its IPsec SAs with "diagnose vpn tunnel list":
//
//	name=office ver=1 serial=1 192.0.2.1:0->192.0.2.2:0
//	  dec: spi=24c2ab68 esp=aes key=16 3de80d9ea806f7d02167116ef729d135
//	       ah=sha1 key=20 f05476e4cee8fab25811105c92ea6e5ccf8fd1e4
//	  enc: spi=0dd3fc4c esp=aes key=16 def29e57dd9b54801a3f31b9a6a920cb
//	       ah=sha1 key=20 adbfb39e5fe95fb385215da6a73113902bed6c4f
//
// dec is the SA on which it receives. "diagnose debug application ike -1" has keys in lines of its own:
//
//	ike 0:office:14: ISAKMP SA 12f2cbed073d6dba/21c98f93c506f466 key 16:3B0F...
//	ike 0:office:14:lan: IPsec SA dec spi 24c2ab68 key 16:3DE8... auth 20:F054...
//	ike 0:office:5: IKE SA 0640897749c18520/91e5a0b7c2d3f846 SK_ei 16:91C2...

type fortigate struct {
	c             *collector
	local, remote netip.Addr
	open          bool // an SA whose ah= is on the next line
	line          int
	sa            ESP
	esn           bool // of the SA whose keys follow
	ike           ikeSAKeys
}

func newFortigate(c *collector) LineReader { return &fortigate{c: c} }

func (r *fortigate) Line(n int, text []byte) {
	trimmed := bytes.TrimLeft(text, " \t")
	switch {
	case bytes.HasPrefix(trimmed, []byte("name=")):
		r.tunnel(trimmed)
	case bytes.HasPrefix(trimmed, []byte("seqno=")):
		r.esn = bytes.Contains(trimmed, []byte(" esn=1"))
	case bytes.HasPrefix(trimmed, []byte("dec: spi=")):
		r.begin(n, trimmed[len("dec: "):], r.remote, r.local)
	case bytes.HasPrefix(trimmed, []byte("enc: spi=")):
		r.begin(n, trimmed[len("enc: "):], r.local, r.remote)
	case r.open && bytes.HasPrefix(trimmed, []byte("ah=")):
		r.auth(trimmed)
	case r.open:
		r.end()
	default:
		r.debug(n, text)
	}
}

// tunnel reads "name=office ver=1 serial=1 192.0.2.1:0->192.0.2.2:0 ...".
func (r *fortigate) tunnel(text []byte) {
	r.end()
	r.local, r.remote = netip.Addr{}, netip.Addr{}
	for word := range bytes.FieldsSeq(text) {
		local, remote, ok := bytes.Cut(word, []byte("->"))
		if !ok {
			continue
		}
		r.local, r.remote = hostOf(local), hostOf(remote)
		return
	}
}

// hostOf is the address of "192.0.2.1:0", the zero Addr if there is none.
func hostOf(text []byte) netip.Addr {
	if p, err := netip.ParseAddrPort(string(text)); err == nil {
		return p.Addr().WithZone("").Unmap()
	}
	if at := bytes.LastIndexByte(text, ':'); at > 0 { // IPv6 without brackets
		if a, err := netip.ParseAddr(string(text[:at])); err == nil {
			return a.WithZone("")
		}
	}
	return netip.Addr{}
}

// fortigateCiphers are FortiOS's names and ours without a key length. Keys of AEADs end with the salt.
var fortigateCiphers = map[string]string{
	"aes": "aes-cbc", "3des": "3des-cbc", "des": "des-cbc", "null": "null", "aes-gcm": "aes-gcm-16", "aesgcm": "aes-gcm-16",
	"chacha20-poly1305": "chacha20-poly1305", "chacha20poly1305": "chacha20-poly1305",
}

// fortigateAuths are FortiOS's names of integrity algorithms.
var fortigateAuths = map[string]string{
	"md5": "hmac-md5-96", "sha1": "hmac-sha1-96", "sha256": "hmac-sha2-256-128", "sha384": "hmac-sha2-384-192",
	"sha512": "hmac-sha2-512-256", "null": noIntegrity,
}

// begin reads "spi=24c2ab68 esp=aes key=16 3de8...".
func (r *fortigate) begin(n int, text []byte, src, dst netip.Addr) {
	r.end()
	spi, rest, _ := bytes.Cut(text[len("spi="):], []byte(" "))
	number, ok := hex32(spi)
	name, key, found := fortigateKey(rest, "esp=")
	if !ok || !found {
		return
	}
	r.c.recognised()
	r.sa = ESP{Protocol: 50, SPI: number, Src: src, Dst: dst, EncryptionKey: key, ESN: r.esn}
	if r.sa.Encryption, ok = cipherOfLength(fortigateCiphers[name], key.Len()); !ok {
		r.c.bad(n, "esp", "cipher that this program does not know, or a key that is not as long as its keys are")
		return
	}
	r.open, r.line = true, n
}

// fortigateKey reads "esp=aes key=16 3de8..."; a key of 0 octets is absent.
func fortigateKey(text []byte, prefix string) (name string, key keymat.Secret, ok bool) {
	text, ok = bytes.CutPrefix(bytes.TrimSpace(text), []byte(prefix))
	word, rest, _ := bytes.Cut(text, []byte(" "))
	rest, hasKey := bytes.CutPrefix(rest, []byte("key="))
	size, hex, isNumber := decimal(rest)
	if !ok || !hasKey || !isNumber {
		return "", keymat.Secret{}, false
	}
	octets, ok := hexRun(nil, bytes.TrimSpace(hex), maxDump)
	if !ok || len(octets) != size {
		return "", keymat.Secret{}, false
	}
	return string(word), keymat.NewSecret(octets), true
}

// auth reads "ah=sha1 key=20 f054...".
func (r *fortigate) auth(text []byte) {
	name, key, ok := fortigateKey(text, "ah=")
	if !ok {
		r.open = false
		r.c.bad(r.line, "ah", "its key is not as long as the line says, or cut off")
		return
	}
	if integ, known := fortigateAuths[name]; known && !cipherIsAEAD(r.sa.Encryption) {
		r.sa.Integrity, r.sa.IntegrityKey = integ, key
	}
	r.end()
}

// end hands over the open SA.
func (r *fortigate) end() {
	if r.open {
		r.open = false
		r.c.esp(r.line, r.sa)
	}
}

func (r *fortigate) Close() {
	r.end()
	r.ike.hand(r.c)
}
