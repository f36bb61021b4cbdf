package ipcomp

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/flate"
)

// inflater is a DEFLATE decoder (RFC 1951) that is used again for each packet:
// every datagram is compressed on its own (RFC 3173, section 2).
type inflater struct {
	in  bytes.Reader
	dec io.ReadCloser
}

// expand appends to dst what b expands to. dst has room for MaxExpanded+1 octets.
func (f *inflater) expand(dst, b []byte) ([]byte, error) {
	f.in.Reset(b)
	if f.dec == nil {
		f.dec = flate.NewReader(&f.in)
	} else if err := f.dec.(flate.Resetter).Reset(&f.in, nil); err != nil {
		return nil, ErrData
	}
	n, err := io.ReadFull(f.dec, dst[:MaxExpanded+1])
	switch {
	case err == nil:
		return nil, ErrTooLong
	case n == 0, err != io.ErrUnexpectedEOF && err != io.EOF:
		return nil, ErrData
	}
	// ReadFull reports the same error for a clean end and for data that stops
	// short; the decoder itself tells them apart.
	if _, err := f.dec.Read(dst[n : n+1]); err != io.EOF {
		return nil, ErrData
	}
	return dst[:n], nil
}
