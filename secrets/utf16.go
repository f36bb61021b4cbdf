package secrets

import (
	"bufio"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Windows PowerShell writes what it redirects into a file as UTF-16, little-endian, with a byte order mark.

// asUTF8 returns the text behind a byte order mark of UTF-16 as UTF-8; other text stays as it is.
func asUTF8(in *bufio.Reader) *bufio.Reader {
	var order binary.ByteOrder
	switch head, _ := in.Peek(2); string(head) {
	case "\xff\xfe":
		order = binary.LittleEndian
	case "\xfe\xff":
		order = binary.BigEndian
	default:
		return in
	}
	_, _ = in.Discard(2) // they were peeked
	return bufio.NewReaderSize(&utf16Reader{in: in, order: order}, maxLine)
}

// utf16Reader reads UTF-16 as UTF-8.
type utf16Reader struct {
	in    *bufio.Reader
	order binary.ByteOrder
}

// Read fills p with whole characters. An odd octet at the end is left out, half a surrogate pair is U+FFFD.
func (u *utf16Reader) Read(p []byte) (n int, err error) {
	for len(p)-n >= utf8.UTFMax {
		unit, err := u.unit()
		if err != nil {
			if n > 0 && err == io.EOF {
				err = nil
			}
			return n, err
		}
		r := rune(unit)
		if utf16.IsSurrogate(r) {
			r = u.pair(r)
		}
		n += utf8.EncodeRune(p[n:], r)
	}
	return n, nil
}

func (u *utf16Reader) unit() (uint16, error) {
	b, err := u.in.Peek(2)
	if len(b) < 2 {
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return 0, err
	}
	_, err = u.in.Discard(2)
	return u.order.Uint16(b), err
}

// pair joins the first half of a surrogate pair with what follows, if that is the other half.
func (u *utf16Reader) pair(first rune) rune {
	b, _ := u.in.Peek(2)
	if len(b) < 2 {
		return utf8.RuneError
	}
	r := utf16.DecodeRune(first, rune(u.order.Uint16(b)))
	if r != utf8.RuneError {
		_, _ = u.in.Discard(2)
	}
	return r
}
