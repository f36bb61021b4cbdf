package secrets

import (
	"bytes"

	"ikescope/keymat"
)

// shortestPrivate is the length in octets of the shortest private value. Versions with NSS print a pointer of 4 or 8
// octets under its name.
const shortestPrivate = 16

// value takes a named value.
func (r *pluto) value(label string, v keymat.Secret) {
	switch label {
	case "psk":
		r.c.psk(r.at, PSK{Secret: v})
	case "private":
		if v.Len() >= shortestPrivate {
			r.c.dh(r.at, DH{Private: v})
		}
	case "shared":
		if v.Len() >= shortestPrivate {
			r.keys.gxy = v
			r.c.dh(r.at, DH{Shared: v})
		}
	case initialIVName:
		r.phase1IV(v)
	case "our keymat":
		r.child.ours(r.c, r.at, v)
	case "peer keymat":
		r.child.peers(r.at, v)
	default:
		if key := r.keys.keys.key(label); key != nil {
			r.phase1Key(label, key, v)
		} else {
			r.ikeValue(label, v)
		}
	}
}

// phase1Key takes a key of phase 1. SKEYID begins a set.
func (r *pluto) phase1Key(label string, key *keymat.Secret, v keymat.Secret) {
	if label == "SKEYID" {
		if !key.IsZero() {
			r.endPhase1()
		}
		r.keys.line = r.at
	}
	*key = v
}

// phase1IV ends a set. pluto prints a whole hash, of which the cipher's block is the beginning; IVs of later messages have
// the same name.
func (r *pluto) phase1IV(v keymat.Secret) {
	if r.keys.line == 0 {
		return
	}
	block := 16
	if n := r.keys.keys.CipherKey.Len(); n == 8 || n == 24 { // DES or 3DES; an AES-192 key has 24 octets too
		block = 8
	}
	if v.Len() >= block {
		r.keys.keys.InitialIV = keymat.NewSecret(v.Bytes()[:block])
	}
	r.endPhase1()
}

func (r *pluto) endPhase1() {
	if r.keys.line != 0 {
		r.phase1.add(r.keys)
	}
	r.keys = phase1Keys{}
}

// ikeValue takes a value of an IKE SA, as Openswan prints it or as it was extracted from NSS.
func (r *pluto) ikeValue(label string, v keymat.Secret) {
	if r.ike.line == 0 {
		r.ike.line = r.at
	}
	switch label {
	case "salt i":
		r.nss.saltI = v
	case "salt r":
		r.nss.saltR = v
	case "i to r":
		r.child.pair(r.at, v, true)
	case "r to i":
		r.child.pair(r.at, v, false)
	default:
		r.ikeKey(label, v)
	}
}

// ikeKey takes a key of an IKE SA. SKEYSEED begins a set; Openswan, which prints it, prints SK_pr last.
func (r *pluto) ikeKey(label string, v keymat.Secret) {
	key := r.ike.keys.key(label)
	if key == nil {
		return
	}
	if label == "SKEYSEED" {
		r.endIKE()
		r.ike.line = r.at
	}
	*key = v
	if label == "SK_pr" && !r.ike.keys.SKEYSEED.IsZero() {
		r.endIKE()
	}
}

// plutoNSS is what was taken out of NSS.
type plutoNSS struct {
	label        string // of the octets that come behind "unwrapped:"
	at, size     int
	saltI, saltR keymat.Secret
}

// plutoExtracts are the names in front of "extracting all N bytes of key@" or "extracted len N bytes".
var plutoExtracts = map[string]string{
	"section 5 keymat": "our keymat", "initiator salt": "salt i", "responder salt": "salt r",
	"ei": "SK_ei", "er": "SK_er", "ai": "SK_ai", "ar": "SK_ar", "SK_ei": "SK_ei", "SK_er": "SK_er", "SK_ai": "SK_ai", "SK_ar": "SK_ar",
	"chunk_SK_pi": "SK_pi", "chunk_SK_pr": "SK_pr", "initiator to responder keys": "i to r", "responder to initiator keys": "r to i",
}

// extracting reads "ei extracting all 32 bytes of key@0x55..." and "ei extracted len 32 bytes at 0x...".
func (r *pluto) extracting(n int, message []byte) bool {
	for _, verb := range [][]byte{[]byte(" extracting all "), []byte(" extracted len ")} {
		name, rest, ok := bytes.Cut(message, verb)
		if !ok {
			continue
		}
		size, _, ok := decimal(rest)
		label := plutoExtracts[string(bytes.TrimSuffix(name, []byte(":")))]
		if label != "" && ok && size > 0 && size <= maxDump {
			r.nss.label, r.nss.at, r.nss.size = label, n, size
		} else {
			r.nss.label = ""
		}
		return true
	}
	return false
}

// summary reads "I 0xSPIi 0xSPIr none: aes_gcm_16256:0xKEY", a line for each direction: it has the SPIs, but no salt.
func (r *pluto) summary(n int, text []byte) {
	before, ok := r.ike.direction(n, text)
	if !ok {
		return
	}
	if before != nil {
		before.hand(r.c)
	}
	k := &r.ike.keys
	if text[0] == 'R' {
		if k.SKer.Len() != k.SKei.Len() { // cut off
			k.SKer = keymat.Secret{}
		}
		k.SKei, k.SKer = joined(k.SKei, r.nss.saltI), joined(k.SKer, r.nss.saltR)
		r.endIKE()
	}
}

func (r *pluto) endIKE() {
	r.ike.hand(r.c)
	r.ike, r.nss = ikeSAKeys{}, plutoNSS{}
}

// joined is one value behind the other.
func joined(a, b keymat.Secret) keymat.Secret {
	if a.IsZero() || b.IsZero() {
		return a
	}
	out := append([]byte(nil), a.Bytes()...)
	return keymat.NewSecret(append(out, b.Bytes()...))
}
