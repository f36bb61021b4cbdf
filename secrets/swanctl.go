package secrets

import (
	"bytes"
	"strings"

	"ikescope/keymat"
)

// swanctl.conf is strongSwan's file. Of it the section
//
//	secrets {
//	  ike-name {
//	    secret = "text"       # or 0xHEX, 0sBASE64
//	    id-peer = 192.0.2.1   # any number of keys that begin with id
//	  }
//	}
//
// is read, and sections named ppk of the same form; the rest passes by. A value goes on to the end of the line, a # or a };
// blanks between its words count as one blank, and quotes keep blanks and take the escapes \n, \r, \t and
// backslash-character. A quoted value may also begin with 0x or 0s.

// Sections of secrets that are passed over, by the beginning of their names.
var swanctlOthers = []struct{ prefix, what string }{
	{"eap", "EAP and XAUTH passwords"}, {"xauth", "EAP and XAUTH passwords"}, {"ntlm", "NTLM hashes"},
	{"private", "private keys"}, {"rsa", "private keys"}, {"ecdsa", "private keys"},
	{"bliss", "private keys"}, {"pkcs8", "private keys"}, {"pkcs12", "private keys"}, {"token", "smart card PINs"},
}

const maxSwanctlDepth = 8 // sections in each other, secrets included

// What the next octet belongs to.
type swanctlMode uint8

const (
	swanctlOutside swanctlMode = iota // not in the secrets section
	swanctlBegun                      // "secrets" was read, the { is on a line below
	swanctlNames                      // names, braces, =
	swanctlValue                      // words behind =
	swanctlString                     // in quotes behind =
)

type swanctl struct {
	c         *collector
	mode      swanctlMode
	depth     int
	words     []string // names read that no brace or = followed yet
	key       string   // of the value being read
	value     []byte
	valueLine int  // of the =
	gap       bool // blanks or quotes end a word of the value: the next begins with one blank
	esc       bool // a backslash came last, in a string

	section    string // of depth 2
	secret     []byte
	secretLine int
	ids        []string
}

func newSwanctl(c *collector) LineReader { return &swanctl{c: c} }

func (s *swanctl) Line(n int, text []byte) {
	if s.mode == swanctlOutside || s.mode == swanctlBegun {
		if text = s.begin(text); text == nil {
			return
		}
	}
	for i := 0; i < len(text) && s.mode != swanctlOutside; i++ {
		if text[i] == '#' && s.mode != swanctlString {
			break
		}
		s.octet(n, text[i])
	}
	s.lineEnd(n)
}

// begin looks for the section's head and returns what stands behind its brace, nil if it is not open.
func (s *swanctl) begin(text []byte) []byte {
	rest := bytes.TrimLeft(text, " \t")
	if s.mode == swanctlOutside {
		if !bytes.HasPrefix(rest, []byte("secrets")) {
			return nil
		}
		rest = bytes.TrimLeft(rest[len("secrets"):], " \t")
		if len(rest) == 0 || rest[0] == '#' {
			s.mode = swanctlBegun
			return nil
		}
	} else if len(rest) == 0 || rest[0] == '#' {
		return nil
	}
	if rest[0] != '{' {
		s.mode = swanctlOutside
		return nil
	}
	s.c.recognised()
	*s = swanctl{c: s.c, mode: swanctlNames, depth: 1, words: s.words[:0]}
	return rest[1:]
}

func (s *swanctl) octet(n int, c byte) {
	switch s.mode {
	case swanctlNames:
		s.nameOctet(n, c)
	case swanctlValue:
		s.valueOctet(n, c)
	case swanctlString:
		s.stringOctet(n, c)
	}
}

func (s *swanctl) nameOctet(n int, c byte) {
	switch c {
	case ' ', '\t', '\r':
		s.gap = true
	case '{':
		s.openSection(n)
	case '}':
		s.closeSection(n)
	case '=':
		s.key, s.words, s.mode = s.lastWord(), s.words[:0], swanctlValue
		s.value, s.valueLine, s.gap = s.value[:0], n, false
	case '"':
		s.giveUp(n)
	default:
		s.addToWord(n, c)
	}
}

// addToWord adds an octet of a name. More words than a name with its references can have are no swanctl.conf.
func (s *swanctl) addToWord(n int, c byte) {
	const maxWords, maxWord = 64, 256
	if s.gap || len(s.words) == 0 {
		s.words = append(s.words, "")
		s.gap = false
	}
	last := &s.words[len(s.words)-1]
	if *last += string([]byte{c}); len(*last) > maxWord || len(s.words) > maxWords {
		s.giveUp(n)
	}
}

func (s *swanctl) lastWord() string {
	if len(s.words) == 0 {
		return ""
	}
	return s.words[len(s.words)-1]
}

func (s *swanctl) openSection(n int) {
	if s.depth++; s.depth > maxSwanctlDepth {
		s.giveUp(n)
		return
	}
	if s.depth == 2 {
		s.section, s.secret, s.ids = "", nil, nil
		if len(s.words) > 0 {
			s.section = s.words[0]
		}
	}
	s.words, s.gap = s.words[:0], false
}

func (s *swanctl) closeSection(n int) {
	if s.depth == 2 {
		s.finishSection(n)
	}
	s.words, s.gap = s.words[:0], false
	if s.depth--; s.depth == 0 {
		s.mode = swanctlOutside
	}
}

// giveUp leaves a section that does not have the file's syntax.
func (s *swanctl) giveUp(n int) {
	s.c.warn(n, "secrets section of swanctl.conf not understood here; the rest of it is left out")
	*s = swanctl{c: s.c}
}

func (s *swanctl) valueOctet(n int, c byte) {
	switch c {
	case ' ', '\t', '\r':
		s.gap = len(s.value) > 0
	case '}':
		s.endValue()
		s.closeSection(n)
	case '"':
		s.space(n)
		s.mode = swanctlString
	default:
		s.space(n)
		s.addToValue(n, c)
	}
}

// space puts one blank between two words of a value.
func (s *swanctl) space(n int) {
	if s.gap {
		s.addToValue(n, ' ')
	}
	s.gap = false
}

// addToValue adds an octet; beyond the longest secret a quote must have been forgotten.
func (s *swanctl) addToValue(n int, c byte) {
	if s.value = append(s.value, c); len(s.value) > maxSecret {
		s.giveUp(n)
	}
}

var swanctlEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t'}

func (s *swanctl) stringOctet(n int, c byte) {
	switch {
	case s.esc:
		s.esc = false
		if e, ok := swanctlEscapes[c]; ok {
			c = e
		}
		s.addToValue(n, c)
	case c == '\\':
		s.esc = true
	case c == '"':
		s.mode, s.gap = swanctlValue, true
	case c != '\r':
		s.addToValue(n, c)
	}
}

// lineEnd is the line feed: it ends a value, belongs to a string, and drops an include or a setting without =.
func (s *swanctl) lineEnd(n int) {
	switch s.mode {
	case swanctlValue:
		s.endValue()
	case swanctlString:
		if !s.esc {
			s.addToValue(n, '\n')
		}
		s.esc = false
	case swanctlNames:
		if len(s.words) > 0 && s.words[0] == "include" {
			s.c.warn(n, "include is not followed: name that file with -k, too")
			s.words = s.words[:0]
		}
		s.gap = true
	}
}

func (s *swanctl) endValue() {
	switch {
	case s.depth != 2:
	case s.key == "secret":
		s.secret, s.secretLine = append([]byte{}, s.value...), s.valueLine
	case strings.HasPrefix(s.key, "id") && len(s.value) > 0 && len(s.ids) < maxIDs:
		s.ids = append(s.ids, string(s.value))
	}
	s.mode, s.key, s.value, s.gap = swanctlNames, "", s.value[:0], false
}

// finishSection hands over what a section of secrets held.
func (s *swanctl) finishSection(n int) {
	if !strings.HasPrefix(s.section, "ike") && !strings.HasPrefix(s.section, "ppk") {
		for _, o := range swanctlOthers {
			if strings.HasPrefix(s.section, o.prefix) {
				s.c.warn(n, o.what+" are not used; section passed over")
				return
			}
		}
		s.c.warn(n, "section of unknown kind passed over; pre-shared keys stand in sections named ike and ppk")
		return
	}
	if s.secret == nil {
		s.c.bad(n, "secret", "missing in its section")
		return
	}
	secret, err := parsePrefixed(string(s.secret))
	if err != nil {
		s.c.bad(s.secretLine, "secret", err.Error())
		return
	}
	s.add(secret)
}

func (s *swanctl) add(secret keymat.Secret) {
	if strings.HasPrefix(s.section, "ppk") {
		s.c.ppk(s.secretLine, PPK{Secret: secret, IDs: peerIDs(s.ids)})
		return
	}
	s.c.psk(s.secretLine, PSK{Secret: secret, IDs: peerIDs(s.ids)})
}

// Close ends the file; a section that is still open is one that was cut off.
func (s *swanctl) Close() {
	if s.mode == swanctlString && s.depth == 2 && s.key == "secret" {
		s.c.bad(s.valueLine, "secret", "text without its second quote")
	}
	if s.depth >= 2 && s.mode == swanctlNames && s.secret != nil {
		s.finishSection(s.secretLine)
	}
}
