package secrets

import "bytes"

// charonDump is octets that a thread prints.
type charonDump struct {
	open   bool
	at     int // line of the label
	label  string
	size   int // octets announced
	seen   int // octets printed so far
	keep   int // octets of interest
	octets []byte
}

// charonWanted are the labels of dumps that are of interest, and how many octets of each, 0 for all.
var charonWanted = map[string]int{
	"natd_chunk":                   16,
	"shared Diffie Hellman secret": 0,
	"key exchange secret":          0,
	furtherSecret:                  0,
	"derive keys using PPK":        0,
	"PPK":                          0,
	"SKEYID":                       0,
	"SKEYID_d":                     0,
	"SKEYID_a":                     0,
	"SKEYID_e":                     0,
	"encryption key Ka":            0,
	"initial IV":                   0,
	"SKEYSEED":                     0,
	"Sk_d secret":                  0,
	"Sk_ai secret":                 0,
	"Sk_ar secret":                 0,
	"Sk_ei secret":                 0,
	"Sk_er secret":                 0,
	"Sk_pi secret":                 0,
	"Sk_pr secret":                 0,
	"SK_p":                         0,
	"secret":                       0,
	"DH secret":                    0,
	"initiator SA seed":            0,
	"responder SA seed":            0,
	"encryption initiator key":     0,
	"encryption responder key":     0,
	"integrity initiator key":      0,
	"integrity responder key":      0,
	authOctets:                     16,
	authOctets + " + IntAuth":      16,
}

// Labels that newer versions have: the secrets of all key exchanges but the first, one behind the other, and what AUTH
// covers.
const (
	furtherSecret = "additional key exchange secret"
	authOctets    = "octets = message + nonce + prf(Sk_px, IDx')"
)

// maxDump bounds a dump of interest.
const maxDump = 4 << 10

// charonLabel reads "LABEL => N bytes @ 0xADDR".
func charonLabel(text []byte) (label []byte, size int, ok bool) {
	at := bytes.Index(text, []byte("=> "))
	if at < 0 {
		return nil, 0, false
	}
	size, rest, ok := decimal(text[at+len("=> "):])
	if !ok || !bytes.HasPrefix(rest, []byte(" bytes @ ")) {
		return nil, 0, false
	}
	return bytes.TrimSpace(text[:at]), size, true
}

// begin opens a dump if its label is of interest. Where a rule was announced the label is empty.
func (d *charonDump) begin(n int, label []byte, size int, ruled bool) {
	keep, wanted := charonWanted[string(label)]
	if ruled && len(label) == 0 && size == 8 {
		keep, wanted = 8, true
	}
	if !wanted || size > maxDump && keep == 0 {
		d.open = false
		return
	}
	if keep == 0 {
		keep = size
	}
	*d = charonDump{open: true, at: n, label: string(label), size: size, keep: min(keep, size), octets: d.octets[:0]}
}

// line takes a line of the dump: its offset, ": ", and up to sixteen octets. It is false for anything else.
func (d *charonDump) line(text []byte) bool {
	const perLine = 16
	offset, rest, ok := decimal(bytes.TrimLeft(text, " \t"))
	if !ok || offset != d.seen || !bytes.HasPrefix(rest, []byte(": ")) {
		return false
	}
	n := min(perLine, d.size-d.seen)
	before := len(d.octets)
	out, ok := hexRun(d.octets, rest[2:], n)
	d.octets = out
	if !ok || len(out)-before != n {
		d.octets = out[:before]
		return false
	}
	d.seen += n
	d.octets = d.octets[:min(len(d.octets), d.keep)]
	return true
}

func (d *charonDump) complete() bool { return d.seen == d.size }
