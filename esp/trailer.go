package esp

// readTrailers ends a batch: it finds the payload of each decrypted packet.
func (s *SA) readTrailers(batch []Packet) {
	for i := range batch {
		if p := &batch[i]; p.live {
			p.readTrailer(s.body(p))
		}
	}
}

// readTrailer takes payload and next header from the plaintext (RFC 4303,
// sections 2.4 to 2.6):
//
//	Payload | Padding (0-255 octets) | Pad Length | Next Header
func (p *Packet) readTrailer(text []byte) {
	end := len(text) - trailerLen
	padLen := int(text[end])
	if padLen > end {
		if p.Verdict != ICVFailed {
			p.Verdict = BadPadding
		}
		return
	}
	payload := end - padLen
	p.NextHeader = text[end+1]
	p.OddPadding = !monotonic(text[payload:end])
	p.Inner = text[:payload:payload]
}

// monotonic reports whether padding is 1, 2, 3, ...
func monotonic(padding []byte) bool {
	for i, b := range padding {
		if int(b) != i+1 {
			return false
		}
	}
	return true
}
