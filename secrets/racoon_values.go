package secrets

import (
	"bytes"

	"ikescope/keymat"
)

// racoonLabels are the lines that name values, in lower case, without " computed" and what ends them; with names of ours,
// for keys those of the RFCs.
var racoonLabels = map[string]string{
	"psk":                  "psk",
	"compute dh's private": "private",
	"compute dh's shared":  "shared",
	"shared secret":        "shared",
	"skeyid":               "SKEYID",
	"skeyid_d":             "SKEYID_d",
	"skeyid_a":             "SKEYID_a",
	"skeyid_e":             "SKEYID_e",
	"final encryption key": cipherKeyName,
	"encryption key":       cipherKeyName,
	"iv":                   initialIVName,
	"keymat compute with":  "seed",
	"skeyseed":             "SKEYSEED",
	"keymat":               "SK_d", // RouterOS calls the first part of its IKEv2 key stream so
	"sk_d":                 "SK_d",
	"sk_ai":                "SK_ai",
	"sk_ar":                "SK_ar",
	"sk_ei":                "SK_ei",
	"sk_er":                "SK_er",
	"sk_pi":                "SK_pi",
	"sk_pr":                "SK_pr",
	"child keymat":         "child keymat",
}

// racoonLabelOf reads a line that names a value: "SKEYID computed:", "compute DH's private.", "=> SK_ai (size 0x14)". size
// is the number of octets, 0 if the line does not say it.
func racoonLabelOf(message []byte) (label string, size int) {
	var lower [40]byte
	text := bytes.TrimPrefix(message, []byte("=> "))
	if at := bytes.Index(text, []byte(" (size 0x")); at >= 0 {
		n, ok := hex32(bytes.TrimSuffix(text[at+len(" (size "):], []byte(")")))
		if !ok || n > maxDump {
			return "", 0
		}
		text, size = text[:at], int(n)
	}
	text = bytes.TrimRight(text, ":. ")
	if bytes.HasPrefix(text, []byte("generating K1")) {
		return "keymat", 0
	}
	text = bytes.TrimSuffix(text, []byte(" computed"))
	if len(text) > len(lower) {
		return "", 0
	}
	for i, c := range text {
		if isUpper(c) {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	return racoonLabels[string(lower[:len(text)])], size
}

// value takes what was printed.
func (r *racoon) value(label string, v keymat.Secret) {
	switch label {
	case "psk":
		r.c.psk(r.at, PSK{Secret: v})
	case "private":
		r.c.dh(r.at, DH{Private: v})
	case "shared":
		r.gxy = v
		r.keys.gxy = v
		r.c.dh(r.at, DH{Shared: v})
	case "seed":
		r.child = racoonChild{line: r.at}
		r.child.protocol, r.child.spi = keymatSeed(v, r.gxy)
	case "keymat":
		r.child.hand(r.c, v)
		r.child = racoonChild{}
	case "child keymat":
		r.pair.end(r.c)
		r.pair = racoonPair{line: r.at, keymat: v}
	default:
		if key := r.keys.keys.key(label); key != nil {
			r.phase1Key(label, key, v)
		} else if key := r.ike.keys.key(label); key != nil {
			r.ikeKey(label, key, v)
		}
	}
}

// phase1Key takes a key of phase 1. SKEYID begins a set; base mode prints it in front of g^xy, other modes behind.
func (r *racoon) phase1Key(label string, key *keymat.Secret, v keymat.Secret) {
	if label == "SKEYID" && !key.IsZero() {
		r.endPhase1()
	}
	*key = v
	if r.keys.line == 0 {
		r.keys.line = r.at
	}
	if label == initialIVName {
		r.endPhase1()
	}
}

func (r *racoon) endPhase1() {
	if r.keys.line != 0 {
		if r.keys.gxy.IsZero() {
			r.keys.gxy = r.gxy
		}
		r.phase1.add(r.keys)
	}
	r.keys = phase1Keys{}
}

// ikeKey takes a key of an IKE SA. SKEYSEED begins a set, SK_pr ends it.
func (r *racoon) ikeKey(label string, key *keymat.Secret, v keymat.Secret) {
	if label == "SKEYSEED" {
		r.endIKE()
	}
	*key = v
	if r.ike.line == 0 {
		r.ike.line = r.at
	}
	if label == "SK_pr" {
		r.endIKE()
	}
}

func (r *racoon) endIKE() {
	r.ike.hand(r.c)
	r.ike = ikeSAKeys{}
}
