// Package ipcomp expands IP payloads that were compressed before encryption (RFC
// 3173): DEFLATE (RFC 2394) and LZS (RFC 2395).
package ipcomp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// HeaderLen is the length of the IPComp header in octets (RFC 3173, section 3).
const HeaderLen = 4

// MaxExpanded is the most octets that a payload may expand to: no IP datagram is
// longer, and a hostile one would expand a thousandfold.
const MaxExpanded = 65535

// Algorithm is an IPComp transform identifier (RFC 2407, section 4.4.5). As CPIs
// the same numbers are well known (RFC 3173, section 3.3).
type Algorithm uint8

// Algorithms that are in use.
const (
	OUI     Algorithm = 1
	DEFLATE Algorithm = 2
	LZS     Algorithm = 3
	LZJH    Algorithm = 4 // RFC 3051; named only
)

// Header is the IPComp header.
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+---------------+---------------+-------------------------------+
//	|  Next Header  |     Flags     | Compression Parameter Index   |
//	+---------------+---------------+-------------------------------+
type Header struct {
	NextHeader uint8
	CPI        uint16
}

// Errors of this package.
var (
	ErrShort     = errors.New("ipcomp: shorter than its header")
	ErrAlgorithm = errors.New("ipcomp: algorithm is not known")
	ErrTooLong   = fmt.Errorf("ipcomp: expands to more than %d octets", MaxExpanded)
	ErrData      = errors.New("ipcomp: compressed data is damaged")
)

// ParseHeader reads the header; payload is what follows it.
func ParseHeader(b []byte) (h Header, payload []byte, err error) {
	if len(b) < HeaderLen {
		return Header{}, nil, ErrShort
	}
	return Header{b[0], binary.BigEndian.Uint16(b[2:])}, b[HeaderLen:], nil
}

// WellKnown returns the algorithm of a well-known CPI (1 to 63), 0 for a
// negotiated one.
func WellKnown(cpi uint16) Algorithm {
	if cpi < 64 {
		return Algorithm(cpi)
	}
	return 0
}

// Expander expands payloads. It keeps its memory from one to the next; the zero
// value is ready, and it is not safe for concurrent use.
type Expander struct {
	inflate inflater
	out     []byte
}

// Expand returns the expanded payload, valid until the next call.
func (e *Expander) Expand(a Algorithm, payload []byte) ([]byte, error) {
	if e.out == nil {
		e.out = make([]byte, 0, MaxExpanded+1)
	}
	var err error
	switch a {
	case DEFLATE:
		e.out, err = e.inflate.expand(e.out[:0], payload)
	case LZS:
		e.out, err = expandLZS(e.out[:0], payload)
	default:
		return nil, ErrAlgorithm
	}
	if err != nil {
		return nil, err
	}
	return e.out, nil
}
