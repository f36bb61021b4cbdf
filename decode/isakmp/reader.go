package isakmp

import "encoding/binary"

// reader consumes octets in order and cannot pass their end. A read that does not fit
// records the damage once, empties the reader and returns zero, so a parser reads all its
// fields in a row and asks for the failure at the end.
type reader struct {
	layer string
	b     []byte // not yet read
	off   int    // offset of b[0]
	err   *Error // the first damage
}

// failure returns the first damage as an error, nil when there was none.
func (r *reader) failure() error {
	if r.err == nil {
		return nil
	}
	return r.err
}

// note records damage that does not stop the parser, unless something came earlier.
func (r *reader) note(field string, off int, err error) {
	if r.err == nil {
		r.err = &Error{Layer: r.layer, Field: field, Offset: off, Err: err}
	}
}

// inherit records the damage of a reader of a part.
func (r *reader) inherit(part *reader) {
	if r.err == nil {
		r.err = part.err
	}
}

// octets reads n octets.
func (r *reader) octets(field string, n int) []byte {
	if n < 0 || n > len(r.b) {
		r.note(field, r.off, detail(ErrTruncated, "needs %d octets, %d are left", n, len(r.b)))
		r.off += len(r.b)
		r.b = nil
		return nil
	}
	v := r.b[:n:n]
	r.b, r.off = r.b[n:], r.off+n
	return v
}

// rest reads all that is left.
func (r *reader) rest() []byte { return r.octets("", len(r.b)) }

// u8 reads one octet.
func (r *reader) u8(field string) uint8 {
	if v := r.octets(field, 1); v != nil {
		return v[0]
	}
	return 0
}

// u16 reads two octets, most significant first.
func (r *reader) u16(field string) uint16 {
	if v := r.octets(field, 2); v != nil {
		return binary.BigEndian.Uint16(v)
	}
	return 0
}

// u32 reads four octets, most significant first.
func (r *reader) u32(field string) uint32 {
	if v := r.octets(field, 4); v != nil {
		return binary.BigEndian.Uint32(v)
	}
	return 0
}

// end notes octets that are left over.
func (r *reader) end(field string) {
	if len(r.b) > 0 {
		r.note(field, r.off, detail(ErrTrailing, "%d octets", len(r.b)))
	}
}
