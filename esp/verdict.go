package esp

import "strconv"

// Verdict is what became of a packet.
type Verdict uint8

// Verdicts. The zero value is a packet that was not opened yet.
const (
	Unopened    Verdict = iota
	OK                  // the ICV verified and the packet was opened
	NotVerified         // opened, but the SA has no integrity algorithm: the key may be wrong
	ICVFailed           // the ICV is not the one that the key gives
	TooShort            // shorter than header, IV, one trailer and ICV
	Unaligned           // the ciphertext is no whole number of cipher blocks
	BadPadding          // the pad length exceeds the plaintext (RFC 4303, section 2.4)
	Cut                 // the capture does not hold the packet's end
)

var verdictNames = [...]string{
	Unopened:    "unopened",
	OK:          "ok",
	NotVerified: "not verified",
	ICVFailed:   "icv failed",
	TooShort:    "too short",
	Unaligned:   "unaligned",
	BadPadding:  "bad padding",
	Cut:         "cut",
}

// String returns the verdict in words.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "verdict " + strconv.Itoa(int(v))
}
