package isakmp

import (
	"bytes"
	"testing"
)

func TestParseDelete(t *testing.T) {
	b := unhex(t, "00000001 03 04 0002", "c7a8cc9e c9032330")
	d, err := ParseDelete(b)
	if err != nil || d.DOI != DOIIPsec || d.Protocol != ProtocolESP || d.SPISize != 4 || d.Count != 2 ||
		len(d.SPIs) != 2 || !bytes.Equal(d.SPIs[1], unhex(t, "c9032330")) {
		t.Errorf("%+v, %v", d, err)
	}
	for n := range b {
		if _, err := ParseDelete(b[:n]); err == nil {
			t.Errorf("cut to %d octets is accepted", n)
		}
	}
	for _, tt := range []struct {
		name, octets, field string
		offset              int
		kind                error
		spis                int
	}{
		{"65,535 SPIs of 4 octets", "00000001 03 04 ffff c7a8cc9e", "spi count", 6, ErrCount, 1},
		{"65,535 SPIs of 0 octets", "00000001 03 00 ffff", "spi count", 6, ErrCount, 0},
		{"SPIs of 0 octets, data behind", "00000001 03 00 0001 c7a8cc9e", "spi size", 5, ErrLength, 0},
		{"no SPI announced", "00000001 03 04 0000 c7a8cc9e", "spi count", 6, ErrCount, 1},
		{"SPI cut", "00000001 03 04 0002 c7a8cc9e c903", "spi", 12, ErrTruncated, 1},
		{"size 255", "00000001 01 ff 0001 c7a8cc9e", "spi", 8, ErrTruncated, 0},
	} {
		d, err := ParseDelete(unhex(t, tt.octets))
		wantError(t, err, "delete", tt.field, tt.offset, tt.kind)
		if len(d.SPIs) != tt.spis {
			t.Errorf("%s: %d SPIs", tt.name, len(d.SPIs))
		}
	}
	many := append(unhex(t, "00000001 03 01 ea60"), make([]byte, 60000)...)
	d, err = ParseDelete(many)
	if wantError(t, err, "delete", "spis", 8+MaxSPIs, ErrLimit); len(d.SPIs) != MaxSPIs {
		t.Errorf("%d SPIs", len(d.SPIs))
	}
}
