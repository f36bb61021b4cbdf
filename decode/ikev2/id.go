package ikev2

import (
	"ikescope/decode/isakmp"
)

// ParseID reads the body of an IDi or IDr payload (RFC 7296, section 3.5). The
// identification types of both versions have the same numbers.
func ParseID(body []byte) (isakmp.ID, error) {
	if len(body) < 4 {
		return isakmp.ID{}, damage("id", "type", 0, isakmp.ErrTruncated)
	}
	return isakmp.ID{Type: isakmp.IDType(body[0]), Data: body[4:]}, nil
}

func idSummary(body []byte) string {
	id, _ := ParseID(body)
	return id.Type.String() + " " + id.String()
}

func idTree(b *branch, body []byte) error {
	id, err := ParseID(body)
	b.add("type", id.Type.String())
	b.add("data", id.String())
	return err
}
