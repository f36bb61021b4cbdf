package esp

import (
	"bytes"
	"testing"
)

// Every octet of an ICV counts, whatever its length.
func TestEqualICV(t *testing.T) {
	sum := make([]byte, 64)
	for i := range sum {
		sum[i] = byte(3*i + 1)
	}
	for n := range len(sum) + 1 {
		icv := bytes.Clone(sum[:n])
		if !equalICV(sum, icv) {
			t.Errorf("%d octets: not equal to themselves", n)
		}
		for i := range icv {
			icv[i] ^= 0x10
			if equalICV(sum, icv) {
				t.Errorf("%d octets: octet %d does not count", n, i)
			}
			icv[i] ^= 0x10
		}
	}
	if equalICV(sum[:11], sum[:12]) || equalICV(sum[:15], sum[:16]) || equalICV(nil, sum) {
		t.Error("an ICV longer than the sum")
	}
}
