package secrets

import (
	"bytes"
	"crypto/sha256"

	"ikescope/keymat"
)

// finish takes a dump whose octets are all there.
func (r *charon) finish(t *charonThread) {
	d := &t.dump
	d.open = false
	if d.label == "" {
		r.cookie(t, d.octets)
		return
	}
	value := keymat.NewSecret(d.octets)
	switch d.label {
	case "natd_chunk": // CKY-I, CKY-R, address, port (RFC 3947 section 3.2)
		if len(d.octets) == 16 {
			r.sawSPIs([8]byte(d.octets[:8]), [8]byte(d.octets[8:]))
		}
	case "secret":
		if !value.IsZero() {
			r.c.psk(d.at, PSK{Secret: value})
		}
	case "SK_p":
		t.proof = fingerprint(d.octets)
	case "octets = message + nonce + prf(Sk_px, IDx')":
		r.ikeSAs.prove(t.proof, d.octets)
	default:
		if !r.phase1Key(t, value) && !r.ikeSAKey(t, value) {
			r.childKey(t, value)
		}
	}
}

// cookie takes a cookie of a message header, which ENC prints at level 3.
func (r *charon) cookie(t *charonThread, octets []byte) {
	if len(octets) != 8 {
		return
	}
	if t.rule == 0 {
		t.spiI = [8]byte(octets)
	} else {
		r.sawSPIs(t.spiI, [8]byte(octets))
	}
	t.rule = -1
}

// sawSPIs notes the cookies of an SA.
func (r *charon) sawSPIs(i, responder [8]byte) { r.phase1.saw(cookiePair{i, responder}) }

// phase1Key takes a value of phase 1 (RFC 2409 section 5). A shared secret begins a set, the IV ends it.
func (r *charon) phase1Key(t *charonThread, value keymat.Secret) bool {
	k := &t.keys
	switch t.dump.label {
	case "shared Diffie Hellman secret", "key exchange secret":
		r.endPhase1(t)
		r.endIKESA(t)
		k.gxy = value
		if !value.IsZero() {
			r.c.dh(t.dump.at, DH{Shared: value})
		}
		return true
	case "SKEYID":
		if !k.keys.SKEYID.IsZero() {
			r.endPhase1(t)
		}
		k.keys.SKEYID = value
	case "SKEYID_d":
		k.keys.SKEYIDd = value
	case "SKEYID_a":
		k.keys.SKEYIDa = value
	case "SKEYID_e":
		k.keys.SKEYIDe = value
	case "encryption key Ka":
		k.keys.CipherKey = value
	case "initial IV":
		k.keys.InitialIV = value
		r.startPhase1(t)
		r.endPhase1(t)
		return true
	default:
		return false
	}
	r.startPhase1(t)
	return true
}

// startPhase1 notes where the set begins.
func (r *charon) startPhase1(t *charonThread) {
	if t.keys.line == 0 {
		t.keys.line = t.dump.at
	}
}

func (r *charon) endPhase1(t *charonThread) {
	if t.keys.line != 0 {
		r.phase1.add(t.keys)
	}
	t.keys = phase1Keys{}
}

// ikeSAKeys is the keys of an IKE SA (RFC 7296 section 2.14).
type ikeSAKeys struct {
	line int
	keys IKEv2
}

// ikeSAKey takes a value of an IKE SA. SKEYSEED begins a set, SK_pr ends it.
func (r *charon) ikeSAKey(t *charonThread, value keymat.Secret) bool {
	k := &t.ike.keys
	switch t.dump.label {
	case "SKEYSEED":
		r.endIKESA(t)
		k.SKEYSEED = value
	case "Sk_d secret":
		k.SKd = value
	case "Sk_ai secret":
		k.SKai = value
	case "Sk_ar secret":
		k.SKar = value
	case "Sk_ei secret":
		k.SKei = value
	case "Sk_er secret":
		k.SKer = value
	case "Sk_pi secret":
		k.SKpi = value
	case "Sk_pr secret":
		k.SKpr = value
	default:
		return false
	}
	if t.ike.line == 0 {
		t.ike.line = t.dump.at
	}
	if t.dump.label == "Sk_pr secret" {
		r.endIKESA(t)
	}
	return true
}

func (r *charon) endIKESA(t *charonThread) {
	if t.ike.line != 0 {
		t.proposal.nameIKE(&t.ike.keys)
		if t.ike.keys.Encryption == "" {
			r.proposal.nameIKE(&t.ike.keys) // another thread may have chosen
		}
		r.ikeSAs.add(t.ike)
	}
	t.ike = ikeSAKeys{}
}

// charonIKESAs finds the SPIs of IKE SAs: to compute AUTH a daemon prints SK_p of a side, then its first message, which
// begins with the SPIs (RFC 7296 section 2.15).
type charonIKESAs struct {
	c       *collector
	waiting []ikeSAKeys
}

func newCharonIKESAs(c *collector) *charonIKESAs { return &charonIKESAs{c: c} }

func (s *charonIKESAs) add(k ikeSAKeys) {
	if len(s.waiting) == maxWaiting {
		s.hand(0)
	}
	s.waiting = append(s.waiting, k)
}

// prove takes the beginning of a message under the fingerprint of the SK_p that signs it. The responder's SPI is zero in
// the initiator's first message.
func (s *charonIKESAs) prove(proof [20]byte, message []byte) {
	if len(message) != 16 {
		return
	}
	for at := range s.waiting {
		k := &s.waiting[at].keys
		if fingerprint(k.SKpi.Bytes()) != proof && fingerprint(k.SKpr.Bytes()) != proof {
			continue
		}
		i := [8]byte(message[:8])
		k.SPIi = &i
		if r := [8]byte(message[8:]); r != ([8]byte{}) {
			k.SPIr = &r
			s.hand(at)
		}
		return
	}
}

func (s *charonIKESAs) hand(at int) {
	k := s.waiting[at]
	s.waiting = append(s.waiting[:at], s.waiting[at+1:]...)
	if k.keys.SKEYSEED.IsZero() && k.keys.SKd.IsZero() && k.keys.SKei.IsZero() && k.keys.SKer.IsZero() {
		return
	}
	s.c.ikev2(k.line, k.keys)
}

func (s *charonIKESAs) close() {
	for len(s.waiting) > 0 {
		s.hand(0)
	}
}

// fingerprint stands for a key where only sameness matters.
func fingerprint(key []byte) (f [20]byte) {
	if len(key) == 0 {
		return f
	}
	sum := sha256.Sum256(key)
	copy(f[:], sum[:])
	return f
}

// charonProposal is what "selected proposal: IKE:AES_CBC_256/HMAC_SHA2_256_128/..." said last.
type charonProposal struct {
	encryption, integrity string
	esn                   bool
}

// read takes the proposal's text behind "selected proposal: ".
func (p *charonProposal) read(text []byte) {
	protocol, rest, ok := bytes.Cut(text, []byte(":"))
	if !ok {
		return
	}
	if string(protocol) != "IKE" {
		p.esn = bytes.Contains(rest, []byte("/EXT_SEQ"))
		return
	}
	p.encryption, p.integrity = "", ""
	for word := range bytes.SplitSeq(rest, []byte("/")) {
		name := registryName(word)
		if p.encryption == "" {
			p.encryption = name
		} else if p.integrity == "" {
			p.integrity = registryIntegrity(word)
		}
	}
}

// nameIKE gives keys the algorithms of the proposal where their lengths agree.
func (p *charonProposal) nameIKE(k *IKEv2) {
	if p.encryption == "" || k.SKei.IsZero() || cipherLengths(p.encryption).check(k.SKei.Len()) != "" {
		return
	}
	if lengths := cipherLengths(p.encryption); !lengths.strict {
		return
	}
	k.Encryption = p.encryption
	if p.integrity != "" && !k.SKai.IsZero() && integrityLengths(p.integrity).check(k.SKai.Len()) == "" {
		k.Integrity = p.integrity
	}
}
