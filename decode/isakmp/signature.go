package isakmp

// Signature is the body of a Signature payload. RFC 2408 section 3.12.
type Signature struct {
	Data []byte
}

// ParseSignature reads the body of a Signature payload; an empty one is [ErrLength].
func ParseSignature(body []byte) (Signature, error) {
	data, err := value("signature", body)
	return Signature{data}, err
}
