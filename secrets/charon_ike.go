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
	case authOctets, authOctets + " + IntAuth":
		r.ikeSAs.prove(t.proof, d.octets)
	case "PPK", "derive keys using PPK":
		if !value.IsZero() {
			r.c.ppk(d.at, PPK{Secret: value})
		}
	case furtherSecret:
		if !value.IsZero() {
			r.c.followed(d.at, t.gxyLine, DH{Shared: t.keys.gxy, Further: value})
		}
	default:
		if !r.sharedSecret(t, value) && !r.phase1Key(t, value) && !r.ikeSAKey(t, value) {
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

// charonKeys are the labels of keys, with the names of the RFCs.
var charonKeys = map[string]string{
	"SKEYID": "SKEYID", "SKEYID_d": "SKEYID_d", "SKEYID_a": "SKEYID_a", "SKEYID_e": "SKEYID_e",
	"encryption key Ka": cipherKeyName, "initial IV": initialIVName,
	"SKEYSEED": "SKEYSEED", "Sk_d secret": "SK_d", "Sk_ai secret": "SK_ai", "Sk_ar secret": "SK_ar",
	"Sk_ei secret": "SK_ei", "Sk_er secret": "SK_er", "Sk_pi secret": "SK_pi", "Sk_pr secret": "SK_pr",
}

// sharedSecret takes g^xy, which begins a set.
func (r *charon) sharedSecret(t *charonThread, value keymat.Secret) bool {
	if label := t.dump.label; label != "shared Diffie Hellman secret" && label != "key exchange secret" {
		return false
	}
	r.endPhase1(t)
	r.endIKESA(t)
	t.keys.gxy, t.gxyLine = value, t.dump.at
	if !value.IsZero() {
		r.c.dh(t.dump.at, DH{Shared: value})
	}
	return true
}

// phase1Key takes a value of phase 1 (RFC 2409 section 5). SKEYID begins a set where no shared secret did, the IV ends it.
func (r *charon) phase1Key(t *charonThread, value keymat.Secret) bool {
	name := charonKeys[t.dump.label]
	key := t.keys.keys.key(name)
	if key == nil {
		return false
	}
	if name == "SKEYID" && !key.IsZero() {
		r.endPhase1(t)
	}
	*key = value
	if t.keys.line == 0 {
		t.keys.line = t.dump.at
	}
	if name == initialIVName {
		r.endPhase1(t)
	}
	return true
}

func (r *charon) endPhase1(t *charonThread) {
	if t.keys.line != 0 {
		r.phase1.add(t.keys)
	}
	t.keys = phase1Keys{}
}

// ikeSAKey takes a value of an IKE SA. SKEYSEED begins a set, SK_pr ends it.
func (r *charon) ikeSAKey(t *charonThread, value keymat.Secret) bool {
	name := charonKeys[t.dump.label]
	key := t.ike.keys.key(name)
	if key == nil {
		return false
	}
	if name == "SKEYSEED" {
		r.endIKESA(t)
	}
	*key = value
	if t.ike.line == 0 {
		t.ike.line = t.dump.at
	}
	if name == "SK_pr" {
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
	k.hand(s.c)
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
