package secrets

import (
	"bytes"
	"strings"
)

// psk.txt is racoon's and ipsec-tools' file of pre-shared keys (racoon.conf: path pre_shared_key). A line is an identity,
// blanks, and the key up to the end of the line, blanks inside included; 0x in front of the key means hex. A # in the first
// column begins a comment. The identity is what the peer is found by: address, name, user name, or * for any.

// detectPSKTxt takes a file whose lines all have the form, and of which one at least begins with what can only be an
// identity; "name = value" is a line of something else. That is weak: any format that finds something of its own goes first.
func detectPSKTxt(head []byte) int {
	sure := false
	lines := bytes.Lines(head)
	for line := range lines {
		if len(bytes.TrimSpace(line)) == 0 || line[0] == '#' {
			continue
		}
		id, key := splitPSK(line)
		if len(bytes.TrimSpace(key)) == 0 || key[0] == '=' || id == "" || !plainName(id, false) && !likeID(id) {
			return 0
		}
		sure = sure || likeID(id)
	}
	if !sure {
		return 0
	}
	return 30
}

// splitPSK parts a line at its first blanks; the key keeps what stands behind it up to the line feed.
func splitPSK(line []byte) (id string, key []byte) {
	n := bytes.IndexAny(line, " \t")
	if n < 0 {
		return "", nil
	}
	key = bytes.TrimLeft(line[n:], " \t")
	return string(line[:n]), bytes.TrimSuffix(key, []byte("\n"))
}

type pskTxt struct{ c *collector }

func newPSKTxt(c *collector) LineReader { return pskTxt{c} }

func (p pskTxt) Line(n int, text []byte) {
	if len(bytes.TrimSpace(text)) == 0 || text[0] == '#' {
		return
	}
	id, key := splitPSK(text)
	stripped := bytes.TrimRight(key, " \t\r\v\f")
	if id == "" || len(stripped) == 0 {
		p.c.bad(n, "psk.txt line", "no identity, blanks and key")
		return
	}
	ids := peerIDs([]string{id})
	p.key(n, ids, string(stripped))
	if len(stripped) < len(key) && !strings.HasPrefix(string(key), "0x") {
		p.c.warn(n, "blanks or a CR behind the key: racoon takes them as part of it, so the key is tried without and with them")
		p.key(n, ids, string(key))
	}
}

func (pskTxt) Close() {}

// key hands over one key. Only 0x is special to racoon, not 0s.
func (p pskTxt) key(n int, ids []string, text string) {
	secret, err := secretOf([]byte(text))
	if strings.HasPrefix(text, "0x") {
		secret, err = parseHex(text)
	}
	if err != nil {
		p.c.bad(n, "key", err.Error())
		return
	}
	p.c.psk(n, PSK{Secret: secret, IDs: ids})
}
