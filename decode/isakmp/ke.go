package isakmp

// KE is the body of a Key Exchange payload: the sender's public Diffie-Hellman value,
// as long as the group's prime. RFC 2408 section 3.7, RFC 2409 section 5.
type KE struct {
	Data []byte // big-endian, leading zeros kept
}

// ParseKE reads the body of a Key Exchange payload; an empty one is [ErrLength]. Whether
// the value fits its group is for package suite.
func ParseKE(body []byte) (KE, error) {
	data, err := value("ke", body)
	return KE{data}, err
}

// value takes a body that is one value and must not be empty.
func value(layer string, body []byte) ([]byte, error) {
	r := reader{layer: layer, b: body}
	if len(body) == 0 {
		r.note("data", 0, detail(ErrLength, "empty"))
	}
	return body, r.failure()
}
