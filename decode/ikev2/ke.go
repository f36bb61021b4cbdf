package ikev2

import (
	"encoding/binary"
	"fmt"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// KE is a Key Exchange payload (RFC 7296, section 3.4).
type KE struct {
	Group uint16
	Data  []byte // public value
}

// ParseKE reads the body of a Key Exchange payload.
func ParseKE(body []byte) (KE, error) {
	if len(body) < 4 {
		return KE{}, damage("ke", "group", 0, isakmp.ErrTruncated)
	}
	return KE{Group: binary.BigEndian.Uint16(body), Data: body[4:]}, nil
}

func keSummary(body []byte) string {
	ke, _ := ParseKE(body)
	return fmt.Sprintf("%s, %d octets", suite.GroupName(ke.Group), len(ke.Data))
}

func keTree(b *branch, body []byte) error {
	ke, err := ParseKE(body)
	b.add("group", suite.GroupName(ke.Group))
	b.add("public value", octets(ke.Data))
	return err
}
