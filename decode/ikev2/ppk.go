package ikev2

import (
	"strconv"
	"unicode/utf8"

	"ikescope/decode/isakmp"
)

// PPKID names a post-quantum pre-shared key: what the initiator sends in
// PPK_IDENTITY (RFC 8784, section 5.1).
type PPKID struct {
	Type uint8 // 1 opaque, 2 fixed
	Data []byte
}

// ParsePPKID reads the data of a PPK_IDENTITY notification, which a responder
// leaves empty.
func ParsePPKID(data []byte) (PPKID, error) {
	if len(data) == 0 {
		return PPKID{}, damage("notify", "ppk identity", 0, isakmp.ErrTruncated)
	}
	return PPKID{Type: data[0], Data: data[1:]}, nil
}

// maxPPKIDText is how many octets of an identity String shows.
const maxPPKIDText = 64

// String is the identity as text where all of it is printable, else in hex.
func (p PPKID) String() string {
	d := p.Data[:min(len(p.Data), maxPPKIDText)]
	text := string(d)
	if q := strconv.Quote(text); !utf8.ValidString(text) || len(q) != len(text)+2 {
		text = octets(d)
	}
	if len(d) < len(p.Data) {
		text += "..."
	}
	return text
}
