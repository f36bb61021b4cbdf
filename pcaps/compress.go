package pcaps

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxZstdWindow is the largest window a zstd frame may ask for. It is what the
// zstd program accepts without a special option, "zstd --long" included.
const maxZstdWindow = 128 << 20

// compression is a format that a capture may be packed in, told by its first
// octets and not by its file name.
type compression struct {
	name   string
	suffix string // of CaptureInfo.Format
	magic  func(head []byte) bool
	open   func(r io.Reader) (io.ReadCloser, error)
}

// compressions: RFC 1952 section 2.3.1 and RFC 8878 sections 3.1.1 and 3.1.2.
// A zstd file may begin with a skippable frame.
var compressions = []compression{
	{"gzip", ".gz", hasGzipMagic, openGzip},
	{"zstd", ".zst", hasZstdMagic, openZstd},
}

func hasGzipMagic(h []byte) bool { return bytes.HasPrefix(h, []byte{0x1f, 0x8b}) }

func hasZstdMagic(h []byte) bool {
	skippable := len(h) >= 4 && h[0]&0xf0 == 0x50 && bytes.Equal(h[1:4], []byte{0x2a, 0x4d, 0x18})
	return skippable || bytes.HasPrefix(h, []byte{0x28, 0xb5, 0x2f, 0xfd})
}

func openGzip(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }

func openZstd(r io.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxZstdWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// rawSource is a source that a decompressor can read.
type rawSource interface {
	source
	io.Reader
}

// wrap returns the decompressed octets of src, of which head was read already.
func (z *compression) wrap(src source, head []byte, live bool) (source, error) {
	raw := src.(rawSource)
	r, err := z.open(io.MultiReader(bytes.NewReader(bytes.Clone(head)), raw))
	if err != nil {
		return nil, err
	}
	return &streamSource{r: r, closer: bothClosers{r, raw}, live: live}, nil
}

// bothClosers closes a decompressor and the file below it.
type bothClosers struct {
	r   io.Closer
	raw source
}

func (b bothClosers) Close() error {
	b.r.Close()
	return b.raw.close()
}
