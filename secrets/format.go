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
	{Name: "TOML secrets file", detect: detectTOML, read: readTOML},
	{Name: "keys in JSON", detect: detectKeysJSON, read: readKeysJSON},
	{Name: "ipsec.secrets", lines: newIPsecSecrets},
	{Name: "swanctl.conf", lines: newSwanctl},
	{Name: "psk.txt", detect: detectPSKTxt, lines: newPSKTxt, keepCR: true},
	{Name: "PEM private key", lines: newPEM},
	{Name: "ip xfrm state", lines: newXfrm, printed: true},
	{Name: "strongSwan log", lines: newCharon, printed: true},
	{Name: "Wireshark key tables", lines: newWireshark},
	{Name: "setkey -D", lines: newSetkey, printed: true},
	{Name: "ip xfrm state add", lines: newXfrmCommand, printed: true},
	{Name: "racoon or RouterOS log", lines: newRacoon, printed: true},
	{Name: "RouterOS installed-sa", lines: newRouterOS, printed: true},
	{Name: "pluto log (libreswan, Openswan)", lines: newPluto, printed: true},
	{Name: "vpnc log", lines: newVpnc, printed: true},
	{Name: "OpenIKED log", lines: newOpenIKED, printed: true},
	{Name: "FortiGate tunnel list or IKE debug", lines: newFortigate, printed: true},
	{Name: "VPP show ikev2 sa details", lines: newVPP, printed: true},
	{Name: "ipsecctl -sk", lines: newIPsecctl, printed: true},
	{Name: "tcpdump -E file", lines: newTcpdump},
	{Name: "SIP security agreement (IMS)", lines: newSIP, printed: true},
}

// Formats returns the formats that Read recognises.
func Formats() []Format { return append([]Format(nil), formats...) }
