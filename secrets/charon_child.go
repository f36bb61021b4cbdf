package secrets

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strings"

	"ikescope/keymat"
)

// charonChild is the two SAs of an exchange: that on which its initiator sends, and that on which its responder does.
type charonChild struct {
	line              int
	pfs               keymat.Secret // g(qm)^xy
	encryption, integ []byte        // strongSwan's names, nil: none yet
	initiator         charonSA
	responder         charonSA
	inbound, outbound charonEnd
	adding            *charonEnd // that the next SPI line is about
	protocol          uint8
	esn               bool
}

// charonSA is one direction's keys. IKEv1 names its SPI before them.
type charonSA struct {
	spi               uint32
	protocol          uint8
	encryption, integ keymat.Secret
}

// charonEnd is an SA as the kernel gets it.
type charonEnd struct {
	spi      uint32
	src, dst netip.Addr
}

// childKey takes a value of a CHILD_SA.
func (r *charon) childKey(t *charonThread, value keymat.Secret) {
	c := &t.child
	switch t.dump.label {
	case "DH secret":
		if c.pfs = value; !value.IsZero() {
			r.c.dh(t.dump.at, DH{Shared: value})
		}
		return
	case "initiator SA seed":
		c.initiator.seed(value, c.pfs)
	case "responder SA seed":
		c.responder.seed(value, c.pfs)
	case "encryption initiator key":
		c.initiator.encryption = value
	case "encryption responder key":
		c.responder.encryption = value
	case "integrity initiator key":
		c.initiator.integ = value
	case "integrity responder key":
		c.responder.integ = value
	}
	if c.line == 0 {
		c.line = t.dump.at
	}
}

// seed finds protocol and SPI in [g(qm)^xy |] protocol | SPI | Ni_b | Nr_b (RFC 2409 section 5.5).
func (s *charonSA) seed(seed, pfs keymat.Secret) {
	s.protocol, s.spi = keymatSeed(seed, pfs)
}

// keymatSeed returns IP protocol and SPI of what KEYMAT is computed from, 0 if it is something else.
func keymatSeed(seed, pfs keymat.Secret) (protocol uint8, spi uint32) {
	const head = 5 // octets of protocol and SPI
	b := bytes.TrimPrefix(seed.Bytes(), pfs.Bytes())
	if len(b) < head {
		return 0, 0
	}
	switch b[0] { // RFC 2407 section 4.4.1
	case 2:
		protocol = 51
	case 3:
		protocol = 50
	default:
		return 0, 0
	}
	return protocol, binary.BigEndian.Uint32(b[1:])
}

// statement takes a line that is no dump.
func (r *charon) statement(n int, t *charonThread, text []byte) {
	text = bytes.TrimLeft(text, " ")
	switch {
	case bytes.HasPrefix(text, []byte("using ")):
		r.using(n, t, text[len("using "):])
	case bytes.HasPrefix(text, []byte("SPI 0x")):
		r.spiLine(t, text)
	case bytes.HasPrefix(text, []byte("adding ")):
		r.adding(t, text)
	case bytes.HasPrefix(text, []byte("parsed ")):
		t.initiator = charonRole(text)
	case bytes.HasPrefix(text, []byte("selected proposal: ")):
		t.proposal.read(text[len("selected proposal: "):])
		if t.proposal.encryption != "" {
			r.proposal = t.proposal
		}
	case bytes.HasSuffix(text, []byte(" IKE_SPI")):
		if _, rule, ok := bytes.Cut(text, []byte(" rule ")); ok && len(rule) > 0 {
			t.rule = int(rule[0] - '0')
			if t.rule != 0 && t.rule != 1 {
				t.rule = -1
			}
		}
	}
}

// charonRole reads "parsed CREATE_CHILD_SA request 2 [ ... ]": who gets a request is the responder of its exchange.
func charonRole(text []byte) role {
	words := strings.Fields(string(text[:min(len(text), 64)]))
	if len(words) < 3 {
		return roleUnknown
	}
	switch words[2] {
	case "request":
		return roleResponder
	case "response":
		return roleInitiator
	}
	return roleUnknown
}

// using reads "AES_CBC for encryption", "HMAC_SHA1_96 for integrity" and "extended sequence numbers (ESN)".
func (r *charon) using(n int, t *charonThread, text []byte) {
	c := &t.child
	if name, ok := bytes.CutSuffix(text, []byte(" for encryption")); ok {
		r.endChild(t)
		c.line, c.encryption, c.esn = n, bytes.Clone(name), t.proposal.esn
		return
	}
	if name, ok := bytes.CutSuffix(text, []byte(" for integrity")); ok {
		if c.encryption == nil || c.integ != nil { // AH has no encryption
			r.endChild(t)
			c.line, c.esn = n, t.proposal.esn
		}
		c.integ = bytes.Clone(name)
		return
	}
	if bytes.HasPrefix(text, []byte("extended sequence numbers")) {
		c.esn = true
	}
}

// adding reads "adding inbound ESP SA".
func (r *charon) adding(t *charonThread, text []byte) {
	c := &t.child
	switch {
	case bytes.HasPrefix(text, []byte("adding inbound ")):
		c.adding = &c.inbound
	case bytes.HasPrefix(text, []byte("adding outbound ")):
		c.adding = &c.outbound
	default:
		return
	}
	switch {
	case bytes.HasSuffix(text, []byte(" ESP SA")):
		c.protocol = 50
	case bytes.HasSuffix(text, []byte(" AH SA")):
		c.protocol = 51
	}
}

// spiLine reads "SPI 0xcba380e2, src 192.0.2.2 dst 192.0.2.1". The second of them completes a pair.
func (r *charon) spiLine(t *charonThread, text []byte) {
	c := &t.child
	f := strings.Fields(string(text))
	if c.adding == nil || len(f) < 6 || f[2] != "src" || f[4] != "dst" {
		return
	}
	spi, ok := hex32([]byte(strings.TrimSuffix(f[1], ",")))
	if !ok {
		return
	}
	c.adding.spi = spi
	c.adding.src, _ = netip.ParseAddr(f[3])
	c.adding.dst, _ = netip.ParseAddr(f[5])
	c.adding = nil
	if c.inbound.spi != 0 && c.outbound.spi != 0 {
		r.endChild(t)
	}
}

// endChild hands over the SAs of which there are keys.
func (r *charon) endChild(t *charonThread) {
	c := t.child
	t.child = charonChild{}
	if c.initiator.empty() && c.responder.empty() {
		return
	}
	if c.initiator.spi != 0 || c.responder.spi != 0 { // IKEv1
		r.handSA(&c, &c.initiator, c.end(c.initiator.spi))
		r.handSA(&c, &c.responder, c.end(c.responder.spi))
		return
	}
	// An SA's packets go to who chose its SPI: the initiator sends on the responder's outbound SA.
	if t.initiator != roleResponder {
		r.handSA(&c, &c.initiator, c.outbound)
		r.handSA(&c, &c.responder, c.inbound)
	}
	if t.initiator != roleInitiator && c.inbound.spi != 0 {
		r.handSA(&c, &c.initiator, c.inbound)
		r.handSA(&c, &c.responder, c.outbound)
	}
}

func (s *charonSA) empty() bool { return s.encryption.IsZero() && s.integ.IsZero() }

// end returns what the kernel was told of an SPI.
func (c *charonChild) end(spi uint32) charonEnd {
	switch spi {
	case c.inbound.spi:
		return c.inbound
	case c.outbound.spi:
		return c.outbound
	}
	return charonEnd{spi: spi}
}

// handSA hands over one direction. Keys whose algorithms the log does not name are handed over without.
func (r *charon) handSA(c *charonChild, s *charonSA, end charonEnd) {
	if s.empty() {
		return
	}
	e := ESP{
		Protocol: c.protocol, SPI: end.spi, Src: end.src.WithZone(""), Dst: end.dst.WithZone(""), ESN: c.esn,
		EncryptionKey: s.encryption, IntegrityKey: s.integ,
	}
	if e.Protocol == 0 {
		e.Protocol = max(s.protocol, 50)
	}
	if c.encryption != nil && e.Protocol == 50 {
		e.Encryption = registryCipher(c.encryption, s.encryption.Len())
	}
	if c.integ != nil {
		e.Integrity = registryIntegrity(c.integ)
	}
	r.c.esp(c.line, e)
}
