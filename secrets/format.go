package secrets

import "io"

// LineReader takes what it recognises from a file's lines and lets everything else pass. Several of them are given the
// lines of one file, so that a support bundle may hold several formats, in any order, between text of any kind.
//
// A LineReader keeps a bounded amount of text, whatever it is given.
type LineReader interface {
	// Line is given line n, counted from 1, without its line ending (LF or CRLF). Lines beyond 256 KiB are left out.
	// text is valid until Line returns.
	Line(n int, text []byte)
	// Close is called once after the last line: what is open ends here.
	Close()
}

// blockReader is a LineReader of entries of several lines, which says of lines inside an entry that they can be nothing
// else. Other readers are not given them: where entries are many that is most of the work.
type blockReader interface {
	LineReader
	inside(text []byte) bool
}

// Format is one row of the table of formats: a name and one of the two ways of reading.
type Format struct {
	Name string // for messages: "ip xfrm state"
	// Gives says in a line which secrets such a file holds; commands stand between backquotes.
	Gives string

	// detect says how sure it is that a file that begins with head is all of this format: 0 no, 100 yes. Formats that
	// have it read the file alone. nil: one of those that are given every line beside others.
	detect func(head []byte) int
	// read takes a whole file. An error that it returns is an *Error or one of r.
	read func(c *collector, r io.Reader) error
	// lines makes a reader for a file taken line by line; either read or lines is set.
	lines func(c *collector) LineReader
	// keepCR leaves the CR of a CRLF ending to a reader that has the file alone.
	keepCR bool
	// printed says that a program wrote the lines to a log or a terminal: they come cleaned (see cleaner).
	printed bool
}

// sureLines is how sure the line formats are together of a file when one of them recognises something in its head;
// a detect that outdoes it must not be deceived by a log that quotes its format.
const sureLines = 50

// formats is the table. The order matters only for messages.
var formats = []Format{
	{Name: "TOML secrets file", Gives: "everything; `ikescope keys --format toml` writes it", detect: detectTOML, read: readTOML},
	{Name: "keys in JSON", Gives: "the same; `keys --format json` or `report --format json --show-keys`", detect: detectKeysJSON, read: readKeysJSON},
	{Name: "ipsec.secrets", Gives: "pre-shared keys of strongSwan and libreswan, post-quantum ones too", lines: newIPsecSecrets},
	{Name: "swanctl.conf", Gives: "the same of strongSwan", lines: newSwanctl},
	{Name: "psk.txt", Gives: "pre-shared keys of racoon", detect: detectPSKTxt, lines: newPSKTxt, keepCR: true},
	{Name: "PEM private key", Gives: "RSA keys, for public key encryption in phase 1", lines: newPEM},
	{Name: "ip xfrm state", Gives: "keys of ESP and AH, Linux; also `ip xfrm monitor`", lines: newXfrm, printed: true},
	{Name: "ip xfrm state add", Gives: "the same as commands", lines: newXfrmCommand, printed: true},
	{Name: "setkey -D", Gives: "the same, ipsec-tools and BSD", lines: newSetkey, printed: true},
	{Name: "ipsecctl -sk", Gives: "the same, OpenBSD", lines: newIPsecctl, printed: true},
	{Name: "strongSwan log", Gives: "g^xy, SKEYID to cipher key, SK_*, keys of ESP; needs ike = 4, chd = 4", lines: newCharon, printed: true},
	{Name: "racoon or RouterOS log", Gives: "everything, private values included", lines: newRacoon, printed: true},
	{Name: "RouterOS installed-sa", Gives: "keys of ESP", lines: newRouterOS, printed: true},
	{Name: "pluto log (libreswan, Openswan)", Gives: "keys of ESP, SK_* of IKEv2; before libreswan 3.14 also SKEYID and its keys", lines: newPluto, printed: true},
	{Name: "vpnc log", Gives: "group password, g^xy to cipher key, keys of ESP", lines: newVpnc, printed: true},
	{Name: "OpenIKED log", Gives: "g^xy and SK_*", lines: newOpenIKED, printed: true},
	{Name: "FortiGate tunnel list or IKE debug", Gives: "keys of ESP; the debug output also cipher keys of IKE", lines: newFortigate, printed: true},
	{Name: "VPP show ikev2 sa details", Gives: "SK_* and keys of ESP", lines: newVPP, printed: true},
	{Name: "Wireshark key tables", Gives: "cipher keys of IKE, keys of ESP; strongSwan's save-keys writes them", lines: newWireshark},
	{Name: "tcpdump -E file", Gives: "keys of ESP, SK_* of IKEv2", lines: newTcpdump},
	{Name: "SIP security agreement (IMS)", Gives: "keys of ESP, from a registration's challenge and agreement", lines: newSIP, printed: true},
}

// Formats returns the formats that Read recognises.
func Formats() []Format { return append([]Format(nil), formats...) }
