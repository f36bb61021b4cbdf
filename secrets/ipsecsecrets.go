package secrets

import (
	"bytes"
	"strings"
	"unicode"
)

// ipsec.secrets is the file of strongSwan's starter and of libreswan. An entry is a line
//
//	selectors : TYPE secret
//
// that libreswan may continue on indented lines. Selectors are identities of the two peers, none or %any for all. TYPE is
// PSK here; other kinds do not help to open IKEv1 and are passed over. The secret is text in quotes, hex with 0x, base64
// with 0s; strongSwan also takes text without quotes, libreswan with 0t.

// Kinds of entry beside PSK, by what their secret looks like.
var ipsecOtherKinds = map[string]string{
	"RSA": "RSA private keys", "ECDSA": "ECDSA private keys", "BLISS": "BLISS private keys",
	"PKCS8": "private keys", "PKCS12": "private keys", "P12": "private keys", "PIN": "smart card PINs",
	"EAP": "EAP passwords", "NTLM": "NTLM hashes", "XAUTH": "XAUTH passwords", "PPK": "post-quantum keys", "PPKS": "post-quantum keys",
}

const (
	maxSelectors = 32      // words in front of the colon
	maxOpenEntry = 4 << 10 // octets of an entry that is continued on the next line
)

type ipsecSecrets struct {
	c    *collector
	open string // an entry that ends with its colon; the rest is on the next, indented, line
	line int    // of open
}

func newIPsecSecrets(c *collector) LineReader { return &ipsecSecrets{c: c} }

func (r *ipsecSecrets) Line(n int, text []byte) {
	if r.open != "" {
		open := r.open
		r.open = ""
		if len(text) > 0 && (text[0] == ' ' || text[0] == '\t') && r.entry(r.line, open+" "+string(text)) {
			return
		}
	}
	if !bytes.ContainsRune(text, ':') {
		r.include(n, text)
		return
	}
	trimmed := bytes.TrimSpace(text)
	if bytes.HasSuffix(trimmed, []byte(":")) {
		if len(trimmed) <= maxOpenEntry && trimmed[0] != '#' {
			r.open, r.line = string(trimmed), n
		}
		return
	}
	if at := ipsecKindAt(trimmed); at >= 0 {
		r.entry(n, string(trimmed))
	}
}

func (r *ipsecSecrets) Close() {}

// include warns of an include line. Other files have such lines, too; this one's name says what it holds.
func (r *ipsecSecrets) include(n int, text []byte) {
	if bytes.HasPrefix(text, []byte("include ")) && bytes.Contains(text, []byte("secrets")) {
		r.c.recognised()
		r.c.warn(n, "include is not followed: name that file with -k, too")
	}
}

// ipsecKindAt returns the place of the colon in front of a known kind, -1 if there is none. It is called for every line
// with a colon of a log and so allocates nothing.
func ipsecKindAt(line []byte) int {
	for at := 0; at < len(line); at++ {
		next := bytes.IndexByte(line[at:], ':')
		if next < 0 {
			return -1
		}
		at += next
		word := firstWord(bytes.TrimLeft(line[at+1:], " \t"))
		if len(word) == 0 || len(word) > len("PKCS12") {
			continue
		}
		if string(word) == "PSK" || string(word) == "psk" {
			return at
		}
		if _, ok := ipsecOtherKinds[string(word)]; ok {
			return at
		}
	}
	return -1
}

// firstWord returns a line's word up to what cannot be in the name of a kind. It looks at no more octets than a name may
// have and one: the caller asks at every colon of a line.
func firstWord(b []byte) []byte {
	b = b[:min(len(b), len("PKCS12")+1)]
	if n := bytes.IndexAny(b, " \t\"'{"); n >= 0 {
		return b[:n]
	}
	return b
}

// entry reads one entry and reports whether the line is one.
func (r *ipsecSecrets) entry(n int, line string) bool {
	at := ipsecKindAt([]byte(line))
	if at < 0 || line[0] == '#' {
		return false
	}
	selectors, ok := ipsecSelectors(line[:at])
	if !ok {
		return false
	}
	rest := strings.TrimLeft(line[at+1:], " \t")
	kind := string(firstWord([]byte(rest)))
	value := strings.TrimLeft(rest[len(kind):], " \t")
	if what, other := ipsecOtherKinds[kind]; other {
		r.c.recognised()
		r.c.warn(n, what+" are not used; entry passed over")
		return true
	}
	r.psk(n, peerIDs(selectors), value)
	return true
}

// ipsecSelectors splits what stands in front of the colon. Without a blank before the colon, the form of libreswan, the
// words have to look like identities, lest a log line be taken for an entry.
func ipsecSelectors(s string) ([]string, bool) {
	var words []string
	for rest := strings.TrimLeft(s, " \t"); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		n := strings.IndexAny(rest, " \t")
		if q := rest[0]; q == '"' || q == '\'' {
			end := strings.IndexByte(rest[1:], q)
			if end < 0 {
				return nil, false
			}
			words = append(words, rest[1:1+end])
			rest = rest[end+2:]
			continue
		}
		if n < 0 {
			n = len(rest)
		}
		words = append(words, rest[:n])
		rest = rest[n:]
	}
	if len(words) > maxSelectors {
		return nil, false
	}
	if s == "" || strings.HasSuffix(s, " ") || strings.HasSuffix(s, "\t") {
		return words, !containsLogMark(s)
	}
	for _, w := range words {
		if !likeID(w) {
			return nil, false
		}
	}
	return words, true
}

// containsLogMark reports octets that no selector has and that the fronts of log lines do.
func containsLogMark(s string) bool { return strings.ContainsAny(s, "[]<>(){}|;") }

// psk reads the secret of an entry.
func (r *ipsecSecrets) psk(n int, ids []string, value string) {
	var err error
	p := PSK{IDs: ids}
	switch {
	case value == "":
		err = errEmpty
	case value[0] == '"', value[0] == '\'':
		end := strings.IndexByte(value[1:], value[0])
		if end < 0 {
			r.c.bad(n, "PSK", "text without its second quote")
			return
		}
		p.Secret, err = secretOf([]byte(value[1 : 1+end]))
	default:
		value = value[:wordEnd(value)]
		p.Secret, err = parsePrefixed(value)
		if strings.HasPrefix(value, "0t") && len(value) > 2 {
			r.c.warn(n, "0t in front of a PSK: libreswan takes what follows as the text, strongSwan all of it; both are tried")
			r.c.psk(n, p)
			p.Secret, err = secretOf([]byte(value[2:]))
		}
	}
	if err != nil {
		r.c.bad(n, "PSK", err.Error())
		return
	}
	r.c.psk(n, p)
}

func wordEnd(s string) int {
	if n := strings.IndexFunc(s, unicode.IsSpace); n >= 0 {
		return n
	}
	return len(s)
}
