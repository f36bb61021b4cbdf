package diagnose

import (
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// weak is an algorithm that should not be used any more, with what the RFCs say
// of it.
type weak struct {
	name     string // contract name, or its beginning up to the key length
	title    string
	verdict  string
	severity Severity
}

// Ciphers: RFC 8221, section 5, for ESP; RFC 8247, section 2.1, for IKE, which
// differs for 3DES only (MAY); RFC 9395, section 5, deprecates the others.
var weakCiphers = []weak{
	{"des-cbc", "DES", "MUST NOT", Warning},
	{"des-iv64-cbc", "DES", "MUST NOT", Warning},
	{"des-iv32-cbc", "DES", "MUST NOT", Warning},
	{"3des-cbc", "3DES", "SHOULD NOT", Warning},
	{"blowfish-cbc", "Blowfish", "MUST NOT", Warning},
	{"3idea-cbc", "3IDEA", "MUST NOT", Warning},
	{"idea-cbc", "IDEA", "deprecated", Warning},
	{"cast-cbc", "CAST-128", "deprecated", Warning},
	{"rc4", "RC4", "deprecated", Warning},
	{"rc5", "RC5", "deprecated", Warning},
	{"null-auth-aes-gmac", "no encryption (GMAC)", "integrity only", Warning},
	{"null", "no encryption (NULL)", "integrity only", Warning},
}

// Hashes, PRFs and MACs: RFC 8247, sections 2.2 and 2.3; RFC 8221, section 6.
var weakHashes = []weak{
	{"md5", "MD5", "MUST NOT", Warning},
	{"hmac-md5", "MD5", "MUST NOT", Warning},
	{"sha1", "SHA-1", "MUST-, to become MUST NOT", Notice},
	{"hmac-sha1", "SHA-1", "MUST-, to become MUST NOT", Notice},
	{"tiger", "Tiger", "deprecated", Warning},
	{"des-mac", "DES-MAC", "MUST NOT", Warning},
	{"kpdk", "KPDK-MD5", "MUST NOT", Warning},
}

// Groups: RFC 8247, section 2.4.
var weakGroups = []weak{
	{"modp768", "MODP 768", "MUST NOT", Warning},
	{"modp1024s160", "MODP 1024 with a subgroup of 160 bits", "MUST NOT", Warning},
	{"modp1024", "MODP 1024", "SHOULD NOT", Warning},
	{"modp1536", "MODP 1536", "SHOULD NOT", Notice},
	{"modp2048s224", "MODP 2048 with a subgroup of 224 bits", "SHOULD NOT", Notice},
	{"modp2048s256", "MODP 2048 with a subgroup of 256 bits", "SHOULD NOT", Notice},
	{"ec2n", "EC2N", "deprecated", Warning},
}

// find returns the row of an algorithm.
func find(table []weak, name string) (weak, bool) {
	for _, w := range table {
		if rest, ok := strings.CutPrefix(name, w.name); ok && (rest == "" || rest[0] == '-' || w.name == "ec2n" || w.name == "rc5") {
			return w, true
		}
	}
	return weak{}, false
}

// audit tells of weak choices, each once for two peers.
func (x *examiner) audit() {
	a := auditor{x: x, places: map[weakness]*place{}}
	for _, v := range x.views {
		a.phase1(v)
		for _, s := range v.sas {
			a.ipsec(v.id, v.between, s)
		}
		x.certificatesUsed(v)
		x.validity(v)
		x.shortKey(v)
	}
	for _, v := range x.v2s {
		a.phase1(v)
		x.validity(v)
		x.shortKey(v)
	}
	for i := range x.SAs {
		if s := &x.SAs[i]; x.byConv[s.Conversation] == nil && !s.foreignKeys() {
			a.ipsec(x.saID(s), x.pairOf(s), s)
		}
	}
	x.plainTraffic()
	a.tell()
}

// foreignKeys reports whether the keys that were supplied for an SA open none of its
// packets, so that their algorithms need not be its own.
func (s *SA) foreignKeys() bool {
	return s.Given != nil && s.Decrypted+s.Unverified == 0 && s.ICVFailed > 0
}

// auditor collects where weak algorithms are used.
type auditor struct {
	x      *examiner
	places map[weakness]*place
	order  []weakness
}

type weakness struct {
	between peers
	code    Code
	title   string
	v2      bool
}

type place struct {
	id     string
	weak   weak
	phases [4]bool
	frames []int64
}

// The places where an algorithm is used: of version 1, then of version 2.
const (
	inPhase1 = iota
	inPhase2
	inIKE
	inChild
)

// placeNames are the places by whether the SA that negotiates, those negotiated, or
// both use an algorithm.
var placeNames = [2][3]string{
	{"phase 1", "phase 2", "phases 1 and 2"},
	{"the IKE SA", "the child SAs", "the IKE SA and its children"},
}

func (a *auditor) note(id string, between peers, code Code, w weak, phase int, m *ikestate.Message) {
	k := weakness{between, code, w.title, phase >= inIKE}
	p := a.places[k]
	if p == nil {
		p = &place{id: id, weak: w}
		a.places[k] = p
		a.order = append(a.order, k)
	}
	if m != nil && !p.phases[phase] {
		p.frames = append(p.frames, m.Frame)
	}
	p.phases[phase] = true
}

func (a *auditor) check(id string, between peers, code Code, table []weak, name string, phase int, m *ikestate.Message) {
	if w, ok := find(table, name); ok {
		a.note(id, between, code, w, phase, m)
	}
}

func (a *auditor) phase1(v *view) {
	c := v.Phase1.Chosen
	if c == nil {
		return
	}
	var m *ikestate.Message
	if len(v.Phase1.Flights) > 1 {
		m = v.Phase1.Flights[1]
	}
	phase := inPhase1
	if v.IKEv2 != nil {
		phase = inIKE
		a.check(v.id, v.between, WeakHash, weakHashes, c.IntegrityName, phase, m)
	}
	a.check(v.id, v.between, WeakEncryption, weakCiphers, c.Encryption, phase, m)
	a.check(v.id, v.between, WeakHash, weakHashes, c.HashName, phase, m)
	a.check(v.id, v.between, WeakGroup, weakGroups, c.GroupName, phase, m)
}

// noPFS and noIntegrity are weaknesses by absence: RFC 2409, section 8, and RFC
// 8221, section 4.
var (
	noPFS       = weak{"none", "no PFS", "one secret opens all", Notice}
	noIntegrity = weak{"none", "ESP without integrity", "MUST NOT", Warning}
)

func (a *auditor) ipsec(id string, between peers, s *SA) {
	if s.Protocol == isakmp.ProtocolIPComp {
		return
	}
	phase := inPhase2
	if s.Conversation != nil && s.Conversation.IKEv2 != nil {
		phase = inChild
	}
	if !s.recognised() { // else told as what the packets show
		a.check(id, between, WeakEncryption, weakCiphers, s.Encryption, phase, s.Made)
	}
	a.check(id, between, WeakHash, weakHashes, s.IntegrityName, phase, s.Made)
	a.check(id, between, WeakGroup, weakGroups, s.PFSGroup, phase, s.Made)
	if s.Made != nil && s.PFSGroup == "" && a.x.byConv[s.Conversation] != nil {
		a.note(id, between, WeakGroup, noPFS, phase, s.Made)
	}
	unprotected := s.Protocol == isakmp.ProtocolESP && !s.Cipher.IsZero() && !s.Cipher.AEAD() && s.Integrity.ICVLen == 0
	if unprotected && s.IntegrityName == "none" && !a.x.bundled(s) {
		a.note(id, between, WeakHash, noIntegrity, phase, s.Made)
	}
}

// bundled reports whether the Quick Mode of an SA also made AH, which protects
// what ESP does not.
func (x *examiner) bundled(s *SA) bool {
	v := x.byConv[s.Conversation]
	if v == nil {
		return false
	}
	for _, o := range v.sas {
		if o.MessageID == s.MessageID && o.Protocol == isakmp.ProtocolAH {
			return true
		}
	}
	return false
}

// tell makes the findings, short enough to be read in one line with others.
func (a *auditor) tell() {
	for _, k := range a.order {
		p := a.places[k]
		where := placesOf(p)
		d := about(k.code, Proved, p.id, k.between).as(p.weak.severity).on(p.frames...)
		if p.weak == noPFS {
			d.says("no PFS in phase 2").line("Who learns the keys of phase 1 later can derive all keys of the IPsec SAs as well.")
			d.Ref, d.Advice = "RFC 2409, section 8", "Ask for a PFS group at both ends.\n"+pfsGroups.String()
		} else {
			d.says("%s in %s", k.title, where).alike(d.Summary).line("%s and %s use %s in %s: %s.", k.between.low, k.between.high, k.title, where, p.weak.verdict)
		}
		a.x.add(d)
	}
}

func placesOf(p *place) string {
	version, negotiates, negotiated := 0, p.phases[inPhase1], p.phases[inPhase2]
	if p.phases[inIKE] || p.phases[inChild] {
		version, negotiates, negotiated = 1, p.phases[inIKE], p.phases[inChild]
	}
	switch {
	case negotiates && negotiated:
		return placeNames[version][2]
	case negotiated:
		return placeNames[version][1]
	default:
		return placeNames[version][0]
	}
}
