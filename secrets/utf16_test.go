package secrets

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"ikescope/keymat"
)

func inUTF16(order binary.ByteOrder, text string) []byte {
	units := append([]uint16{0xfeff}, utf16.Encode([]rune(text))...)
	b := make([]byte, 2*len(units))
	for i, u := range units {
		order.PutUint16(b[2*i:], u)
	}
	return b
}

// Text that PowerShell redirected is read as any other.
func TestUTF16(t *testing.T) {
	text := "a\r\nSchlüssel 鍵 \U0001f511\n" + strings.Repeat("x", 3*maxLine)
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		b := inUTF16(order, text)
		got, err := io.ReadAll(asUTF8(bufio.NewReader(iotest.OneByteReader(bytes.NewReader(b)))))
		if err != nil || string(got) != text {
			t.Errorf("%v: %v, %d octets, want %d", order, err, len(got), len(text))
		}
		for n := range 40 { // cut anywhere: what is whole is there
			got, _ := io.ReadAll(asUTF8(bufio.NewReader(bytes.NewReader(b[:n]))))
			if n > 4 && !strings.HasPrefix(text, strings.TrimRight(string(got), "\ufffd")) {
				t.Errorf("%v: after %d octets %q", order, n, got)
			}
		}
	}
	r, ws := read(t, "s.toml", string(inUTF16(binary.LittleEndian, "[[psk]]\r\nsecret = \"é\"\r\n")))
	noWarnings(t, ws)
	diff(t, r, &Ring{PSKs: []PSK{{Secret: keymat.NewSecret([]byte("é"))}}}, noSource)
}
