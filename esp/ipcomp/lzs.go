package ipcomp

// bits reads a string of bits, most significant first.
type bits struct {
	b    []byte
	at   int // in bits
	over bool
}

func (r *bits) read(n int) (v int) {
	for range n {
		if r.at >= len(r.b)*8 {
			r.over = true
			return 0
		}
		v = v<<1 | int(r.b[r.at/8]>>(7-r.at%8)&1)
		r.at++
	}
	return v
}

// expandLZS appends to dst what b expands to (RFC 2395, section 2; the coding is
// that of ANSI X3.241):
//
//	compressed := { "0" octet | "1" offset length } end
//	offset     := "1" 7 bits | "0" 11 bits       (from 1; 7-bit zero is the end)
//	length     := "00".."10" 2..4 | "1100".."1110" 5..7 | "1111" 4 bits, and on
func expandLZS(dst, b []byte) ([]byte, error) {
	r := &bits{b: b}
	for {
		if r.read(1) == 0 {
			dst = append(dst, byte(r.read(8)))
		} else {
			offset, end := r.offset()
			if end {
				return dst, nil
			}
			n := r.length()
			if r.over || offset > len(dst) || offset == 0 {
				return nil, ErrData
			}
			if len(dst)+n > MaxExpanded {
				return nil, ErrTooLong
			}
			for range n {
				dst = append(dst, dst[len(dst)-offset])
			}
		}
		switch {
		case r.over:
			return nil, ErrData
		case len(dst) > MaxExpanded:
			return nil, ErrTooLong
		}
	}
}

// offset reads how far back a string starts; end is the end marker, an offset of
// seven zero bits.
func (r *bits) offset() (n int, end bool) {
	if r.read(1) == 0 {
		return r.read(11), false
	}
	n = r.read(7)
	return n, n == 0 && !r.over
}

// length reads the length of a string: 2 to 7 have short codes, longer ones are a
// row of groups of four bits, of which all but the last are 15.
func (r *bits) length() int {
	if n := r.read(2); n < 3 {
		return n + 2
	}
	if n := r.read(2); n < 3 {
		return n + 5
	}
	for n := 8; n <= MaxExpanded; n += 15 {
		if g := r.read(4); g < 15 {
			return n + g
		}
	}
	r.over = true
	return 0
}
