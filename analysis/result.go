package analysis

import (
	"ikescope/decode"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// Result is everything that a run found out. Its values belong to the caller
// once Run has returned.
type Result struct {
	Captures      []pcaps.CaptureInfo
	Conversations []*ikestate.Conversation // in the order of their first messages
	SAs           []*SA                    // in the order in which they were made or first seen
	Unknown       []*Flow                  // IPsec packets that belong to no SA known here
	UnknownMore   int64                    // packets of flows beyond the bound, counted only
	ICMP          []ICMPError
	ICMPMore      int64 // errors beyond a bound, counted only
	Untried       int64 // attempts of supplied keys and other secrets that were left out
	Decode        decode.Stats
	Dropped       ikestate.Dropped
	Uses          ikestate.Uses
	Ring          *secrets.Ring     // the user's secrets and those that captures hold
	Warnings      []secrets.Warning // about secrets that captures hold
	Findings      []diagnose.Finding
	Opened        Totals
	Faults        Faults

	verdicts []diagnose.SecretVerdict // of Secrets, once they were asked for
}

// SA is an IPsec SA with the traffic that the capture has of it.
type SA struct {
	*ikestate.IPsecSA                 // negotiated parameters; without a conversation where only its keys are known
	Flow              *Flow           // nil: no packet
	Keys              ikestate.SAKeys // those that opened it, or the only ones there are
	KeysKnown         bool
	Opened            Totals
	Order             int          // among the SAs whose packets were opened, from 1; 0: none was
	NullDetected      bool         // read without any key: NULL encryption, nothing verified
	Given             *secrets.ESP // keys that the user supplied for it

	opener *opener
	latest *ikestate.IPsecSA // what the last solve says of it
}

// Totals count what became of packets.
type Totals struct {
	Decrypted  int64 // opened, ICV verified
	Unverified int64 // opened without an ICV that could be checked
	ICVFailed  int64
	Damaged    int64 // cut by the snap length, too short, unaligned, bad padding
	Faulted    int64 // lost to a mistake of this program
	NoKey      int64
	Skipped    int64 // not selected
	Written    int64 // inner packets handed to the sink
	Opaque     int64 // opened, but a protection inside could not be taken off
	Dummy      int64 // next header 59 (RFC 4303, section 2.6)
}

// totals are those of each SA.
type totals map[*SA]*Totals

// of returns the totals of an SA, to be added to.
func (m totals) of(s *SA) *Totals {
	t := m[s]
	if t == nil {
		t = new(Totals)
		m[s] = t
	}
	return t
}

// Add sums totals of parts of a capture.
func (t *Totals) Add(o Totals) {
	t.Decrypted += o.Decrypted
	t.Unverified += o.Unverified
	t.ICVFailed += o.ICVFailed
	t.Damaged += o.Damaged
	t.Faulted += o.Faulted
	t.NoKey += o.NoKey
	t.Skipped += o.Skipped
	t.Written += o.Written
	t.Opaque += o.Opaque
	t.Dummy += o.Dummy
}

// Any reports whether any packet could be read.
func (t Totals) Any() bool { return t.Decrypted+t.Unverified > 0 }
