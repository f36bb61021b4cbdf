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
	k := &r.keys.keys
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
	case "skeyid":
		if !k.SKEYID.IsZero() {
			r.endPhase1()
		}
		k.SKEYID, r.keys.line = v, r.at
	case "skeyid_d":
		k.SKEYIDd = v
	case "skeyid_a":
		k.SKEYIDa = v
	case "skeyid_e":
		k.SKEYIDe = v
	case "enc key":
		k.CipherKey = v
	case "iv":
		r.phase1IV(v)
	case "our keymat":
		r.child.ours(r.c, r.at, v)
	case "peer keymat":
		r.child.peers(r.at, v)
	default:
		r.ikeValue(label, v)
	}
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

// ikeValue takes a key of an IKE SA, as Openswan prints it or as it was extracted from NSS.
func (r *pluto) ikeValue(label string, v keymat.Secret) {
	if r.ike.line == 0 {
		r.ike.line = r.at
	}
	k := &r.ike.keys
	switch label {
	case "skeyseed":
		r.endIKE()
		r.ike.line, r.ike.keys.SKEYSEED = r.at, v
	case "SK_d":
		k.SKd = v
	case "SK_ai":
		k.SKai = v
	case "SK_ar":
		k.SKar = v
	case "SK_ei":
		k.SKei = v
	case "SK_er":
		k.SKer = v
	case "SK_pi":
		k.SKpi = v
	case "SK_pr":
		k.SKpr = v
		if !k.SKEYSEED.IsZero() { // Openswan's order: this is the last
			r.endIKE()
		}
	case "salt i":
		r.nss.saltI = v
	case "salt r":
		r.nss.saltR = v
	case "i to r":
		r.child.pair(r.at, v, true)
	case "r to i":
		r.child.pair(r.at, v, false)
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
