package ikestate

// Verdict is the outcome of a cryptographic check.
type Verdict uint8

// A check was not possible, succeeded, or failed.
const (
	Unchecked Verdict = iota
	Verified
	Refuted
)

func (v Verdict) String() string {
	return [...]string{"unchecked", "verified", "refuted"}[min(v, Refuted)]
}

func verdictOf(ok bool) Verdict {
	if ok {
		return Verified
	}
	return Refuted
}

// Rung is the step of the key ladder on which the user's secrets entered. From a
// rung everything below it follows; nothing above it does.
type Rung uint8

// The rungs of IKEv1, highest last.
const (
	RungNone Rung = iota
	RungCipherKey
	RungSKEYIDe
	RungSKEYID
	RungDHShared
	RungDHPrivate
)

var rungNames = [...]string{"none", "encryption_key", "skeyid_e", "skeyid", "dh-shared", "dh-private"}

func (r Rung) String() string { return rungNames[min(r, RungDHPrivate)] }

// PSKVerdict says what the capture tells about the pre-shared keys at hand.
type PSKVerdict uint8

// PSKUnused: none was needed or given; PSKUnverified: one was used, and no hash
// that covers it could be checked; PSKRefuted: none of those given fits.
const (
	PSKUnused PSKVerdict = iota
	PSKUnverified
	PSKVerified
	PSKRefuted
)

func (v PSKVerdict) String() string {
	return [...]string{"unused", "unverified", "verified", "refuted"}[min(v, PSKRefuted)]
}
