package cpu

import (
	"runtime"
	"testing"
)

// Each set of instructions includes what its comment says.
func TestSets(t *testing.T) {
	t.Logf("AES-NI %v, SHA %v, AVX2 %v, AVX-512 %v, VAES %v", AESNI, SHANI, AVX2, AVX512, VAES)
	if AVX512 && !AVX2 || VAES && !(AVX512 && AESNI) {
		t.Error("a set lacks one that it includes")
	}
	if runtime.GOARCH != "amd64" && (AESNI || SHANI || AVX2) {
		t.Errorf("sets of amd64 on %s", runtime.GOARCH)
	}
}
