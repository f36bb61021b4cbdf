package isakmp

// Nonce is the body of a Nonce payload. RFC 2408 section 3.13.
type Nonce struct {
	Data []byte // Ni_b or Nr_b of RFC 2409
}

// ParseNonce reads the body of a Nonce payload. One outside [MinNonce] to [MaxNonce]
// octets is returned with [ErrLength].
func ParseNonce(body []byte) (Nonce, error) {
	r := reader{layer: "nonce", b: body}
	if n := len(body); n < MinNonce || n > MaxNonce {
		r.note("data", 0, detail(ErrLength, "%d octets, allowed are %d to %d", n, MinNonce, MaxNonce))
	}
	return Nonce{body}, r.failure()
}
