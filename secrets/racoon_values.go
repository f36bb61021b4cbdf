package secrets

import (
	"bytes"

	"ikescope/keymat"
)

// racoonLabel is a value that racoon or RouterOS prints.
type racoonLabel uint8

const (
	racoonNothing racoonLabel = iota
	racoonPSK
	racoonPrivate
	racoonShared
	racoonSKEYID
	racoonSKEYIDd
	racoonSKEYIDa
	racoonSKEYIDe
	racoonCipherKey
	racoonIV
	racoonSeed
	racoonKeymat
	racoonSKEYSEED
	racoonSKd
	racoonSKai
	racoonSKar
	racoonSKei
	racoonSKer
	racoonSKpi
	racoonSKpr
	racoonChildKeymat
)

// racoonLabels are the lines that name values, in lower case, without " computed" and what ends them.
var racoonLabels = map[string]racoonLabel{
	"psk":                  racoonPSK,
	"compute dh's private": racoonPrivate,
	"compute dh's shared":  racoonShared,
	"shared secret":        racoonShared,
	"skeyid":               racoonSKEYID,
	"skeyid_d":             racoonSKEYIDd,
	"skeyid_a":             racoonSKEYIDa,
	"skeyid_e":             racoonSKEYIDe,
	"final encryption key": racoonCipherKey,
	"encryption key":       racoonCipherKey,
	"iv":                   racoonIV,
	"keymat compute with":  racoonSeed,
	"skeyseed":             racoonSKEYSEED,
	"keymat":               racoonSKd, // RouterOS calls the first part of its IKEv2 key stream so
	"sk_d":                 racoonSKd,
	"sk_ai":                racoonSKai,
	"sk_ar":                racoonSKar,
	"sk_ei":                racoonSKei,
	"sk_er":                racoonSKer,
	"sk_pi":                racoonSKpi,
	"sk_pr":                racoonSKpr,
	"child keymat":         racoonChildKeymat,
}

// racoonLabelOf reads a line that names a value: "SKEYID computed:", "compute DH's private.", "=> SK_ai (size 0x14)". size
// is the number of octets, 0 if the line does not say it.
func racoonLabelOf(message []byte) (label racoonLabel, size int) {
	var lower [40]byte
	text := bytes.TrimPrefix(message, []byte("=> "))
	if at := bytes.Index(text, []byte(" (size 0x")); at >= 0 {
		n, ok := hex32(bytes.TrimSuffix(text[at+len(" (size "):], []byte(")")))
		if !ok || n > maxDump {
			return racoonNothing, 0
		}
		text, size = text[:at], int(n)
	}
	text = bytes.TrimRight(text, ":. ")
	if bytes.HasPrefix(text, []byte("generating K1")) {
		return racoonKeymat, 0
	}
	text = bytes.TrimSuffix(text, []byte(" computed"))
	if len(text) > len(lower) {
		return racoonNothing, 0
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
func (r *racoon) value(label racoonLabel, v keymat.Secret) {
	switch label {
	case racoonPSK:
		r.c.psk(r.at, PSK{Secret: v})
	case racoonPrivate:
		r.c.dh(r.at, DH{Private: v})
	case racoonShared:
		r.gxy = v
		r.keys.gxy = v
		r.c.dh(r.at, DH{Shared: v})
	case racoonSeed:
		r.child = racoonChild{line: r.at}
		r.child.protocol, r.child.spi = keymatSeed(v, r.gxy)
	case racoonKeymat:
		r.child.hand(r.c, v)
		r.child = racoonChild{}
	case racoonChildKeymat:
		r.pair.end(r.c)
		r.pair = racoonPair{line: r.at, keymat: v}
	case racoonSKEYID, racoonSKEYIDd, racoonSKEYIDa, racoonSKEYIDe, racoonCipherKey, racoonIV:
		r.phase1Value(label, v)
	default:
		r.ikeValue(label, v)
	}
}

// phase1Value takes a key of phase 1. SKEYID begins a set; base mode prints it in front of g^xy, other modes behind.
func (r *racoon) phase1Value(label racoonLabel, v keymat.Secret) {
	k := &r.keys.keys
	switch label {
	case racoonSKEYID:
		if !k.SKEYID.IsZero() {
			r.endPhase1()
		}
		k.SKEYID = v
	case racoonSKEYIDd:
		k.SKEYIDd = v
	case racoonSKEYIDa:
		k.SKEYIDa = v
	case racoonSKEYIDe:
		k.SKEYIDe = v
	case racoonCipherKey:
		k.CipherKey = v
	case racoonIV:
		k.InitialIV = v
	}
	if r.keys.line == 0 {
		r.keys.line = r.at
	}
	if label == racoonIV {
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

// ikeValue takes a key of an IKE SA. SKEYSEED begins a set, SK_pr ends it.
func (r *racoon) ikeValue(label racoonLabel, v keymat.Secret) {
	k := &r.ike.keys
	switch label {
	case racoonSKEYSEED:
		r.endIKE()
		k.SKEYSEED = v
	case racoonSKd:
		k.SKd = v
	case racoonSKai:
		k.SKai = v
	case racoonSKar:
		k.SKar = v
	case racoonSKei:
		k.SKei = v
	case racoonSKer:
		k.SKer = v
	case racoonSKpi:
		k.SKpi = v
	case racoonSKpr:
		k.SKpr = v
	}
	if r.ike.line == 0 {
		r.ike.line = r.at
	}
	if label == racoonSKpr {
		r.endIKE()
	}
}

func (r *racoon) endIKE() {
	r.ike.hand(r.c)
	r.ike = ikeSAKeys{}
}

// hand hands over a set, if there is one.
func (k ikeSAKeys) hand(c *collector) {
	if k.line == 0 || k.keys.SKEYSEED.IsZero() && k.keys.SKd.IsZero() && k.keys.SKei.IsZero() && k.keys.SKer.IsZero() {
		return
	}
	c.ikev2(k.line, k.keys)
}
