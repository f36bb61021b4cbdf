package analysis

import (
	"runtime"

	"ikescope/ikestate"
	"ikescope/secrets"
)

// Options steer a run. The zero value reads, rebuilds and verifies, and writes
// nothing.
type Options struct {
	Ring       *secrets.Ring
	Limits     ikestate.Limits // zero: ikestate.DefaultLimits
	Workers    int             // goroutines that open packets; 0: one for each CPU
	Lookahead  int             // blocks between collecting and opening a stream; 0: DefaultLookahead
	Sink       Sink            // takes the inner packets; nil: they are verified only
	Select     Selection
	NoFindings bool // leave out the diagnosis
	NoOpening  bool // rebuild the state and find the keys, open nothing
	Unverified bool // also hand over packets whose ICV could not be checked or failed
	IKE        bool // also hand over IKE messages in the clear
	Strict     bool // a panic ends the program instead of becoming a Fault; for tests
	Progress   func(pass Pass, done, total int64)
}

// Pass is a reading of the captures.
type Pass uint8

// Collecting reads IKE and counts; Opening decrypts. A stream has one pass. Trying is
// no reading: guesses are tried, and flows are counted in place of octets.
const (
	Collecting Pass = iota
	Opening
	Trying
)

func (p Pass) String() string { return [...]string{"reading", "decrypting", "trying"}[p%3] }

// DefaultLookahead is how many blocks of a stream are held back, so that ESP up
// to that far in front of its Quick Mode still opens.
const DefaultLookahead = 32

func (o Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (o Options) lookahead() int {
	if o.Lookahead > 0 {
		return o.Lookahead
	}
	return DefaultLookahead
}

func (o Options) limits() ikestate.Limits {
	if o.Limits == (ikestate.Limits{}) {
		return ikestate.DefaultLimits
	}
	return o.Limits
}
