package pcaps

import (
	"errors"
	"strings"
	"testing"
)

// notCaptures are refused by OpenSet with one line.
var notCaptures = map[string]struct {
	file []byte
	text string
}{
	"empty":                  {nil, "pcaps: -: not a packet capture: empty (file header, octet 0)"},
	"three octets":           {[]byte{0xd4, 0xc3, 0xb2}, "cut off after 3 octets"},
	"pcap magic only":        {[]byte{0xd4, 0xc3, 0xb2, 0xa1}, "cut off after 4 octets"},
	"pcap header cut":        {leHeader()[:23], "cut off after 23 octets"},
	"pcapng type only":       {ngSection(little)[:4], "cut off after 4 octets"},
	"pcapng section cut":     {ngSection(little)[:27], "cut off after 27 octets"},
	"pcapng without order":   {join(little, uint32(blockSection), 28, 0x01020304, make([]byte, 12), 28), "begins with 0a 0d 0d 0a, as a pcapng file with a damaged section header"},
	"pcapng section of 0":    {join(little, uint32(blockSection), 0, byteOrderMagic, make([]byte, 16)), "begins with"},
	"pcapng section of 4GiB": {join(little, uint32(blockSection), uint32(1<<32-4), byteOrderMagic, make([]byte, 16)), "begins with"},
	"png":                    {[]byte("\x89PNG\r\n\x1a\n0000000000000000"), "begins with 89 50 4e 47"},
	"script":                 {[]byte("#!/bin/sh\necho\n\x1b[31m\n"), "begins with 23 21 2f 62"},
	"gzip of nothing":        {gzipped(nil), "empty"},
	"gzip of a script":       {gzipped([]byte("#!/bin/sh")), "begins with 23 21 2f 62"},
	"gzip header cut":        {[]byte{0x1f, 0x8b, 8, 0, 0}, "gzip header"},
	"gzip unknown method":    {[]byte{0x1f, 0x8b, 9, 0, 0, 0, 0, 0, 0, 0}, "gzip"},
	"zstd cut":               {[]byte{0x28, 0xb5, 0x2f, 0xfd}, "not a packet capture"},
	"zstd cut in its data":   {half(zstdPacked(cat(leHeader(), leRecord("abcd")))), "the compressed data is cut off before the first packet"},
	"gzip cut in its data":   {half(gzipped(cat(leHeader(), leRecord("abcd")))), "the compressed data is cut off before the first packet"},
}

func half(b []byte) []byte { return b[:len(b)/2] }

func TestNotCaptures(t *testing.T) {
	for name, c := range notCaptures {
		for _, pipe := range []bool{false, true} {
			s, err := openBytes(c.file, pipe, Options{})
			if err == nil {
				s.Close()
				t.Errorf("%s: opened", name)
				continue
			}
			var fe *FormatError
			if !errors.Is(err, ErrNotCapture) || !errors.As(err, &fe) || fe.Path != "-" {
				t.Errorf("%s: %#v", name, err)
			}
			if text := err.Error(); !strings.Contains(text, c.text) || strings.ContainsAny(text, "\n\x1b") {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
}
