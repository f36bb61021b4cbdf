package secrets

import (
	"bytes"
	"net/netip"
	"strings"

	"ikescope/keymat"
)

// Wireshark keeps keys in tables of a profile, which strongSwan's save-keys plugin writes too. A row is a line of fields
// between commas; texts stand in quotes, with \x and two hex digits for what is no plain text, and hex may stand without:
//
//	esp_sa                  "IPv4","192.0.2.1","192.0.2.2","0xc5795e9d","AES-CBC [RFC3602]","0x4d4e...","HMAC-SHA-1-96 [RFC2404]","0xc7c5..."
//	                        and since Wireshark 4.2 the size of sequence numbers and their high half: ,"32-bit","0"
//	ikev1_decryption_table  4562ba538471429a,12b55486...                         cookie of the initiator, cipher key
//	ikev2_decryption_table  f183b2faa721534b,a7cac983326883eb,SK_ei,SK_er,"AES-CBC-128 [RFC3602]",SK_ai,SK_ar,"HMAC_SHA1_96 [RFC2404]"

type wireshark struct{ c *collector }

func newWireshark(c *collector) LineReader { return wireshark{c} }

func (wireshark) Close() {}

// shortestKey is the length in octets below which nothing is the key of a cipher in phase 1.
const shortestKey = 5

// maxFields is more than a row of any of the tables has.
const maxFields = 10

func (r wireshark) Line(n int, text []byte) {
	if bytes.IndexByte(text, ',') < 0 || len(text) < 16 {
		return
	}
	text = bytes.TrimSpace(text)
	switch {
	case startsFold(text, `"ipv4"`) || startsFold(text, `"ipv6"`) || startsFold(text, `"any"`):
		if f, ok := uatFields(text); ok && (len(f) == 8 || len(f) == 10) {
			r.esp(n, f)
		}
	case len(text) > 17 && (text[16] == ',' || text[0] == '"' && text[17] == '"'):
		if f, ok := uatFields(text); ok && len(f) == 2 {
			r.ikev1(n, f)
		} else if ok && len(f) == 8 {
			r.ikev2(n, f)
		}
	}
}

// startsFold reports whether text begins with prefix, whatever the case of its letters.
func startsFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(string(text[:len(prefix)]), prefix)
}

// uatFields splits a row. Octets in quotes may be escaped.
func uatFields(text []byte) (fields []string, ok bool) {
	for {
		if len(fields) == maxFields {
			return nil, false
		}
		field, rest, ok := uatField(text)
		if !ok {
			return nil, false
		}
		fields = append(fields, field)
		if len(rest) == 0 {
			return fields, true
		}
		if rest[0] != ',' {
			return nil, false
		}
		text = rest[1:]
	}
}

// uatField reads the field that text begins with.
func uatField(text []byte) (field string, rest []byte, ok bool) {
	if len(text) == 0 || text[0] != '"' {
		end := bytes.IndexByte(text, ',')
		if end < 0 {
			end = len(text)
		}
		return string(bytes.TrimSpace(text[:end])), text[end:], true
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return b.String(), text[i+1:], true
		case text[i] == '\\' && i+3 < len(text) && text[i+1] == 'x' && digitValue(text[i+2]) >= 0 && digitValue(text[i+3]) >= 0:
			b.WriteByte(byte(digitValue(text[i+2])<<4 | digitValue(text[i+3])))
			i += 3
		case text[i] == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(text[i])
		}
	}
	return "", nil, false
}

// esp takes a row of esp_sa. Addresses and SPI may be "*", which means any, and SPIs may have wildcards inside, which this
// program takes as not known.
func (r wireshark) esp(n int, f []string) {
	cipher, ok := wiresharkCiphers[uatName(f[4])]
	if !ok {
		return
	}
	r.c.recognised()
	e := ESP{Protocol: 50, Src: uatAddr(f[1]), Dst: uatAddr(f[2])}
	e.SPI, _ = hex32([]byte(strings.TrimPrefix(strings.ToLower(f[3]), "0x")))
	encKey, err1 := uatKey(f[5])
	authKey, err2 := uatKey(f[7])
	if err1 != nil || err2 != nil {
		r.c.bad(n, "esp_sa", "a key is not hex")
		return
	}
	auth, known := wiresharkAuths[uatName(f[6])]
	if !known {
		r.c.bad(n, "esp_sa", "authentication algorithm that this program does not know")
		return
	}
	e.ESN = len(f) == 10 && strings.HasPrefix(f[8], "64")
	e.EncryptionKey = encKey
	if e.Encryption, ok = cipherOfLength(cipher.family(auth), encKey.Len()); !ok {
		r.c.bad(n, "esp_sa", "the key is not as long as the keys of its cipher are")
		return
	}
	switch {
	case cipherIsAEAD(e.Encryption):
	case auth.anyBits != 0:
		e.UncheckedICV = auth.anyBits / 8
	default:
		e.Integrity, e.IntegrityKey = auth.name, authKey
	}
	r.c.esp(n, e)
}

// ikev1 takes a row of ikev1_decryption_table.
func (r wireshark) ikev1(n int, f []string) {
	cookie, ok := hex64([]byte(f[0]))
	key, err := uatKey("0x" + f[1])
	if !ok || err != nil || key.Len() < shortestKey {
		return
	}
	r.c.isakmp(n, ISAKMP{CookieI: &cookie, CipherKey: key})
}

// ikev2 takes a row of ikev2_decryption_table.
func (r wireshark) ikev2(n int, f []string) {
	i, ok1 := hex64([]byte(f[0]))
	responder, ok2 := hex64([]byte(f[1]))
	cipher, named := wiresharkIKEv2[uatName(f[4])]
	if !ok1 || !ok2 || !named {
		return
	}
	k := IKEv2{SPIi: &i, SPIr: &responder, Encryption: cipher}
	for at, slot := range map[int]*keymat.Secret{2: &k.SKei, 3: &k.SKer, 5: &k.SKai, 6: &k.SKar} {
		v, err := uatKey("0x" + f[at])
		if err != nil {
			r.c.bad(n, "ikev2_decryption_table", "a key is not hex")
			return
		}
		*slot = v
	}
	if a, ok := wiresharkIKEv2Auth[uatName(f[7])]; ok && !cipherIsAEAD(cipher) {
		k.Integrity = a
	}
	r.c.ikev2(n, k)
}

// uatName is an algorithm's name without the RFC in brackets, in lower case: Wireshark itself does not mind the case, and
// its versions differ in it.
func uatName(text string) string {
	name, _, _ := strings.Cut(strings.ToLower(text), "[")
	return strings.TrimSpace(name)
}

// uatAddr is an address, the zero Addr for "*" and for what has wildcards.
func uatAddr(text string) netip.Addr {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}
	}
	return a.WithZone("").Unmap()
}

// uatKey reads a key: hex with 0x in front, or else text. Nothing behind 0x is no key.
func uatKey(text string) (keymat.Secret, error) {
	if strings.EqualFold(text, "0x") || text == "" {
		return keymat.Secret{}, nil
	}
	if len(text) > 2 && (strings.HasPrefix(text, "0x") || strings.HasPrefix(text, "0X")) {
		return parseHex(text)
	}
	return secretOf([]byte(text))
}
