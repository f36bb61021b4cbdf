package secrets

import (
	"bytes"
	"strings"
	"unicode"

	"ikescope/keymat"
)

// ipsec.secrets is the file of strongSwan's starter and of libreswan. An entry is a line
//
//	selectors : TYPE secret
//
// that libreswan may continue on indented lines. Selectors are identities of the two peers, none or %any for all. TYPE is
// PSK or, for post-quantum keys, PPK; other kinds open nothing and are passed over. The secret is text in quotes, hex with
// 0x, base64 with 0s; strongSwan also takes text without quotes, libreswan with 0t. Post-quantum keys of libreswan have
// their name in front of them:
//
//	selectors : PPKS "name" "secret"

// Kinds of entry that are not read, by what their secret looks like.
var ipsecOtherKinds = map[string]string{
	"RSA": "RSA private keys", "ECDSA": "ECDSA private keys", "BLISS": "BLISS private keys",
	"PKCS8": "private keys", "PKCS12": "private keys", "P12": "private keys", "PIN": "smart card PINs",
	"EAP": "EAP passwords", "NTLM": "NTLM hashes", "XAUTH": "XAUTH passwords",
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
		switch string(word) {
		case "PSK", "psk", "PPK", "PPKS":
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
	switch kind {
	case "PPK":
		r.ppk(n, peerIDs(selectors), value)
	case "PPKS":
		r.ppks(n, value)
	default:
		r.psk(n, peerIDs(selectors), value)
	}
	return true
}

// ipsecSelectors splits what stands in front of the colon. Without a blank before the colon, the form of libreswan, the
// words have to look like identities, lest a log line be taken for an entry.
func ipsecSelectors(s string) ([]string, bool) {
	var words []string
	for rest := strings.TrimLeft(s, " \t"); rest != ""; {
		word, after, ok := ipsecWord(rest)
		if !ok {
			return nil, false
		}
		words, rest = append(words, word), after
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

// ipsecWord takes the first word of a text that is not empty, in quotes or not, and returns what stands behind it.
func ipsecWord(s string) (word, rest string, ok bool) {
	if s == "" {
		return "", "", false
	}
	n := len(s)
	if q := s[0]; q == '"' || q == '\'' {
		end := strings.IndexByte(s[1:], q)
		if end < 0 {
			return "", "", false
		}
		word, n = s[1:1+end], end+2
	} else {
		if at := strings.IndexAny(s, " \t"); at >= 0 {
			n = at
		}
		word = s[:n]
	}
	return word, strings.TrimLeft(s[n:], " \t"), true
}

// containsLogMark reports octets that no selector has and that the fronts of log lines do.
func containsLogMark(s string) bool { return strings.ContainsAny(s, "[]<>(){}|;") }

// psk reads the secret of an entry.
func (r *ipsecSecrets) psk(n int, ids []string, value string) {
	secret, word, ok := r.secret(n, "PSK", value)
	if !ok {
		return
	}
	p := PSK{Secret: secret, IDs: ids}
	if strings.HasPrefix(word, "0t") && len(word) > 2 {
		r.c.warn(n, "0t in front of a PSK: libreswan takes what follows as the text, strongSwan all of it; both are tried")
		r.c.psk(n, p)
		var err error
		if p.Secret, err = secretOf([]byte(word[2:])); err != nil {
			r.c.bad(n, "PSK", err.Error())
			return
		}
	}
	r.c.psk(n, p)
}

// ppk reads the secret of an entry of strongSwan, whose selectors are names of the key.
func (r *ipsecSecrets) ppk(n int, ids []string, value string) {
	if secret, _, ok := r.secret(n, "PPK", value); ok {
		r.c.ppk(n, PPK{Secret: secret, IDs: ids})
	}
}

// ppks reads name and secret of an entry of libreswan.
func (r *ipsecSecrets) ppks(n int, value string) {
	name, rest, ok := ipsecWord(value)
	if !ok || rest == "" {
		r.c.bad(n, "PPKS", "needs a name and a secret")
		return
	}
	if secret, _, ok := r.secret(n, "PPKS", rest); ok {
		r.c.ppk(n, PPK{Secret: secret, IDs: names(name)})
	}
}

// secret reads a secret in any of its forms. It returns the word where it is not in
// quotes; ok is false for what was refused.
func (r *ipsecSecrets) secret(n int, kind, value string) (secret keymat.Secret, word string, ok bool) {
	var err error
	switch {
	case value == "":
		err = errEmpty
	case value[0] == '"', value[0] == '\'':
		end := strings.IndexByte(value[1:], value[0])
		if end < 0 {
			r.c.bad(n, kind, "text without its second quote")
			return secret, "", false
		}
		secret, err = secretOf([]byte(value[1 : 1+end]))
	default:
		word = value[:wordEnd(value)]
		secret, err = parsePrefixed(word)
	}
	if err != nil {
		r.c.bad(n, kind, err.Error())
	}
	return secret, word, err == nil
}

func wordEnd(s string) int {
	if n := strings.IndexFunc(s, unicode.IsSpace); n >= 0 {
		return n
	}
	return len(s)
}
