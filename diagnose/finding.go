package diagnose

import (
	"net/netip"

	"ikescope/secrets"
)

// Severity ranks findings.
type Severity uint8

// Notice: worth knowing; Warning: works, but should not stay so; Error: something
// failed.
const (
	Notice Severity = iota
	Warning
	Error
)

var severityNames = [...]string{"notice", "warning", "error"}

func (s Severity) String() string { return severityNames[min(s, Error)] }

// MarshalText gives the name that contract and command line use.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// SeverityOf returns the severity of a name.
func SeverityOf(name string) (Severity, bool) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), true
		}
	}
	return 0, false
}

// Certainty says how a finding is known.
type Certainty uint8

// Probable: the likeliest explanation of what is seen; Proved: by cryptography or
// by a peer's own words.
const (
	Probable Certainty = iota
	Proved
)

func (c Certainty) String() string { return [...]string{"probable", "proved"}[c&1] }

// MarshalText gives the name that JSON uses.
func (c Certainty) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Code names a kind of finding. Scripts rely on the names.
type Code string

// Finding is one thing worth telling.
type Finding struct {
	Code      Code
	Severity  Severity
	Certainty Certainty
	Summary   string  // one sentence
	Detail    string  // the evidence, with packet numbers
	Advice    string  // what to do
	Frames    []int64 // 1-based packet numbers
	SA        string  // id of the ISAKMP or IPsec SA, "" if of none
	Ref       string  // RFC and section

	Peers [2]netip.Addr // the two ends, the lower address first; invalid where it is of no two

	// Alike holds the findings that say the same of other SAs, for which this one
	// speaks, in their order, and this one without them as the first of them; nil
	// where it speaks for itself alone. More counts those that are not kept.
	Alike []Finding
	More  int64

	Secrets []secrets.Source // of the user, besides those that opened a conversation, on which the evidence rests
}
