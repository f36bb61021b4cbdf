package isakmp

// Hash is the body of a Hash payload, as long as the negotiated hash. RFC 2408 section 3.11.
type Hash struct {
	Data []byte
}

// ParseHash reads the body of a Hash payload; an empty one is [ErrLength].
func ParseHash(body []byte) (Hash, error) {
	data, err := value("hash", body)
	return Hash{data}, err
}
