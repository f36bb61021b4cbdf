package secrets

import (
	"bytes"

	"ikescope/keymat"
)

// OpenIKED, run as "iked -d -vvv", prints the keys of an IKE SA as a line that names them and their length, and lines of hex
// in groups of four octets:
//
//	spi=0x245e4b744d7d6234: ikev2_sa_keys: DHSECRET with 256 bytes
//	5d1d5569 dd2a0f80 1f9c04d0 ...
//	ikev2_sa_keys: SKEYSEED with 32 bytes
//	spi=0x245e4b744d7d6234: ikev2_sa_keys: S with 80 bytes          Ni, Nr, SPIi, SPIr
//	ikev2_sa_keys: SK_d with 32 bytes

type openiked struct {
	c      *collector
	name   string // of the value that the next lines hold, "" none
	at     int
	size   int
	octets []byte
	keys   ikeSAKeys
}

func newOpenIKED(c *collector) LineReader { return &openiked{c: c} }

var openikedKeys = []byte("ikev2_sa_keys: ")

func (r *openiked) Line(n int, text []byte) {
	if r.name != "" {
		if line := bytes.TrimSpace(lastField(text)); hexLine(line) {
			r.octets, _ = hexRun(r.octets, line, r.size-len(r.octets))
			if len(r.octets) == r.size {
				r.value()
			}
			return
		}
		r.name = ""
		r.c.warn(r.at, endsEarly)
	}
	at := bytes.Index(text[:min(len(text), maxFront)], openikedKeys)
	if at < 0 {
		return
	}
	name, rest, ok := bytes.Cut(text[at+len(openikedKeys):], []byte(" with "))
	size, _, isNumber := decimal(rest)
	if !ok || !isNumber || size == 0 || size > maxDump || len(name) > len("DHSECRET") {
		return
	}
	r.c.recognised()
	r.name, r.at, r.size, r.octets = string(name), n, size, r.octets[:0]
}

// lastField is what follows the last ": ", which syslog puts in front of each line.
func lastField(text []byte) []byte {
	if at := bytes.LastIndex(text, []byte(": ")); at >= 0 {
		return text[at+2:]
	}
	return text
}

// value takes what was printed. DHSECRET begins a set, SK_pr ends it.
func (r *openiked) value() {
	v := keymat.NewSecret(r.octets)
	name := r.name
	r.name = ""
	if r.keys.line == 0 {
		r.keys.line = r.at
	}
	switch name {
	case "DHSECRET":
		r.end()
		r.c.dh(r.at, DH{Shared: v})
	case "S":
		if n := len(r.octets); n >= 16 {
			i, responder := [8]byte(r.octets[n-16:n-8]), [8]byte(r.octets[n-8:])
			r.keys.keys.SPIi, r.keys.keys.SPIr = &i, &responder
		}
	default:
		if key := r.keys.keys.key(name); key != nil {
			*key = v
		}
	}
	if name == "SK_pr" {
		r.end()
	}
}

func (r *openiked) end() {
	r.keys.hand(r.c)
	r.keys = ikeSAKeys{}
}

func (r *openiked) Close() { r.end() }
