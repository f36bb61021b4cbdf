package ikev2

import (
	"encoding/binary"

	"ikescope/decode/isakmp"
)

// FragmentHeaderLen is the length of fragment number and total in octets.
const FragmentHeaderLen = 4

// Fragment is the head of an Encrypted Fragment payload (RFC 7383, section 2.5).
type Fragment struct {
	Number, Total uint16 // from 1
	Sealed        []byte // IV, ciphertext, ICV
}

// ParseFragment reads the body of an Encrypted Fragment payload.
func ParseFragment(body []byte) (f Fragment, err error) {
	if len(body) < FragmentHeaderLen {
		return f, damage("encrypted-fragment", "number", 0, isakmp.ErrTruncated)
	}
	f = Fragment{binary.BigEndian.Uint16(body), binary.BigEndian.Uint16(body[2:]), body[FragmentHeaderLen:]}
	if f.Number == 0 || f.Number > f.Total {
		return f, damage("encrypted-fragment", "number", 0, isakmp.ErrValue)
	}
	return f, nil
}
