package isakmp

import (
	"errors"
	"testing"
)

// TestSingleValues: payloads that are one value, with sizes from nothing to 60,000 octets.
func TestSingleValues(t *testing.T) {
	big := make([]byte, 60000)
	for _, tt := range []struct {
		layer string
		parse func([]byte) ([]byte, error)
	}{
		{"ke", func(b []byte) ([]byte, error) { v, err := ParseKE(b); return v.Data, err }},
		{"hash", func(b []byte) ([]byte, error) { v, err := ParseHash(b); return v.Data, err }},
		{"signature", func(b []byte) ([]byte, error) { v, err := ParseSignature(b); return v.Data, err }},
		{"nat-d", func(b []byte) ([]byte, error) { v, err := ParseNATD(b); return v.Hash, err }},
		{"vendor", func(b []byte) ([]byte, error) { v, err := ParseVendorID(b); return v.Data, err }},
	} {
		_, err := tt.parse(nil)
		wantError(t, err, tt.layer, "data", 0, ErrLength)
		for _, b := range [][]byte{{0}, {1}, big} {
			if got, err := tt.parse(b); err != nil || len(got) != len(b) || &got[0] != &b[0] {
				t.Errorf("%s of %d octets: %d, %v", tt.layer, len(b), len(got), err)
			}
		}
	}
	for n, bad := range map[int]bool{0: true, 7: true, 8: false, 16: false, 256: false, 257: true, 60000: true} {
		got, err := ParseNonce(big[:n])
		if errors.Is(err, ErrLength) != bad || len(got.Data) != n {
			t.Errorf("nonce of %d octets: %v", n, err)
		}
	}
}
