package secrets

import (
	"bytes"

	"ikescope/keymat"
)

// pluto is the IKE daemon of FreeS/WAN, Openswan and libreswan. Its debug lines stand behind a bar, with plutodebug=all or
// crypt and private. Openswan and libreswan before 3.14 print values as
//
//	| Skeyid_d:  b1 45 cd 1a  c7 c2 e5 87  f7 3a ce 42  79 c6 c6 f0
//	|   23 b4 d3 3a
//
// Later versions keep keys inside NSS. Under crypt they print those that go to the kernel:
//
//	| section 5 keymat extracting all 44 bytes of key@0x552ad7e0e0
//	| unwrapped:
//	|   92 33 e4 a8  e3 94 83 5f  66 c3 c6 2b  86 db 13 10   .3....._f..+....
//	"lab" #2: IPsec SA established tunnel mode {ESP=>0x9577da71 <0xdd57566a xfrm=3DES_CBC-HMAC_SHA1_96 DPD=passive}
//
// and of IKEv2 the IKE SA's, "ei extracting all 32 bytes of key@...", "initiator salt", with a summary that has the SPIs:
//
//	| ikev2 I 0x736ff1ee633fc942 0x09284c760c05d5a7 none: aes_gcm_16256:0x9cd2...

type pluto struct {
	c      *collector
	phase1 *binder

	label  string // of the value whose octets follow, "" none
	at     int
	size   int // octets that were announced, 0 not
	octets []byte

	icookie, rcookie [8]byte
	keys             phase1Keys
	ike              ikeSAKeys
	nss              plutoNSS
	child            plutoChild
	lines            int // that speak of ISAKMP
}

func newPluto(c *collector) LineReader { return &pluto{c: c, phase1: newBinder(c)} }

var (
	plutoBar   = []byte("| ")
	isakmpName = []byte("ISAKMP")
)

func (r *pluto) Line(n int, text []byte) {
	message, ok := plutoFront(text)
	if !ok {
		if r.label != "" {
			r.endValue()
		}
		r.state(text)
		return
	}
	if bytes.Contains(message, isakmpName) {
		r.lines++
	}
	if r.label != "" && r.dump(message) {
		return
	}
	r.endValue()
	if bytes.HasPrefix(message, []byte("ikev2 ")) {
		r.summary(n, message[len("ikev2 "):])
		return
	}
	r.named(n, message)
}

// plutoFront returns what follows the bar: at the line's beginning, behind a time or behind what syslog writes.
func plutoFront(text []byte) (message []byte, ok bool) {
	if message, ok = bytes.CutPrefix(text, plutoBar); ok {
		return message, true
	}
	at := bytes.Index(text[:min(len(text), maxFront)], []byte(": | "))
	if at < 0 {
		return nil, false
	}
	return text[at+len(": | "):], true
}

// dump takes a line of octets; false if it is none.
func (r *pluto) dump(message []byte) bool {
	const perLine = 16
	if len(message) < 4 || message[0] != ' ' || message[1] != ' ' || digitValue(message[2]) < 0 {
		return false
	}
	before := len(r.octets)
	out, ok := hexRun(r.octets, message[2:], perLine)
	if !ok || len(out) == before || len(out) > maxDump {
		return false
	}
	r.octets = out
	if r.size != 0 && len(r.octets) >= r.size {
		r.endValue()
	}
	return true
}

// plutoNames are the values of interest whose octets begin on the line that names them or on the next: the name as
// printed, and ours, for keys that of the RFC.
var plutoNames = map[string]string{
	"Preshared Key": "psk", "Local DH secret": "private", "DH shared-secret": "shared", "DH shared secret": "shared", "shared": "shared",
	"Skeyid": "SKEYID", "Skeyid_d": "SKEYID_d", "Skeyid_a": "SKEYID_a", "Skeyid_e": "SKEYID_e", "enc key": cipherKeyName, "IV": initialIVName,
	"KEYMAT computed": "our keymat", "Peer KEYMAT computed": "peer keymat",
	"our  keymat": "our keymat", "our keymat": "our keymat", "peer keymat": "peer keymat",
	"skeyseed": "SKEYSEED", "SK_d": "SK_d", "SK_ai": "SK_ai", "SK_ar": "SK_ar", "SK_ei": "SK_ei", "SK_er": "SK_er", "SK_pi": "SK_pi", "SK_pr": "SK_pr",
	"natd_hash: icookie=": "icookie", "natd_hash: rcookie=": "rcookie",
	"NATD_HASH: icookie=": "icookie", "NATD_HASH: rcookie=": "rcookie",
}

// named looks for a value in a line: its name alone, its name and octets, or "NAME extracting all N bytes of key@".
func (r *pluto) named(n int, message []byte) {
	message = bytes.TrimLeft(message, " ")
	if r.extracting(n, message) {
		return
	}
	name, inline := plutoName(message)
	label := plutoNames[string(name)]
	if label == "" {
		if string(message) == "unwrapped:" && r.nss.label != "" {
			r.label, r.at, r.size, r.octets = r.nss.label, r.nss.at, r.nss.size, r.octets[:0]
			r.nss.label = ""
		}
		return
	}
	r.label, r.at, r.size, r.octets = label, n, 0, r.octets[:0]
	if len(inline) > 0 {
		var ok bool
		if r.octets, ok = hexRun(r.octets, inline, 16); !ok {
			r.label = ""
		}
	}
}

// plutoName parts a line into a name and octets, before which there are two blanks: "Skeyid_d:  b1 45", "our  keymat  92 33".
func plutoName(message []byte) (name, octets []byte) {
	message = bytes.TrimRight(message, " ")
	for at := 0; at < len(message); at++ {
		next := bytes.Index(message[at:], []byte("  "))
		if next < 0 {
			break
		}
		at += next
		rest := bytes.TrimLeft(message[at:], " ")
		if len(rest) >= 2 && digitValue(rest[0]) >= 0 && digitValue(rest[1]) >= 0 && (len(rest) == 2 || rest[2] == ' ') {
			return bytes.TrimSuffix(message[:at], []byte(":")), rest
		}
		at = len(message) - len(rest) - 1
	}
	return bytes.TrimSuffix(message, []byte(":")), nil
}

// endValue takes the value that was printed.
func (r *pluto) endValue() {
	label, octets := r.label, r.octets
	r.label = ""
	if label == "" || len(octets) == 0 {
		return
	}
	if r.size != 0 {
		if len(octets) < r.size {
			r.c.warn(r.at, endsEarly)
			return
		}
		octets = octets[:r.size]
	}
	v := keymat.NewSecret(octets)
	switch label {
	case "icookie":
		copy(r.icookie[:], octets)
	case "rcookie":
		copy(r.rcookie[:], octets)
		r.phase1.saw(cookiePair{r.icookie, r.rcookie})
	default:
		r.c.recognised()
		r.value(label, v)
	}
}

func (r *pluto) Close() {
	if r.label != "" && r.size == 0 && cutOff(r.c, r.at, len(r.octets)) {
		r.label = ""
	}
	r.endValue()
	r.endPhase1()
	r.endIKE()
	r.child.end(r.c)
	r.phase1.close()
	if r.lines >= enoughLines {
		r.c.withoutKeys("a pluto log without keys; libreswan prints those of ESP with plutodebug=crypt, or see ip xfrm state")
	}
}
