package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestGeneratedFilesAreCurrent compares with the files beside the generator.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	for name, write := range files {
		var a asm
		a.header()
		write(&a)
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, a.Bytes()) {
			t.Errorf("%s is not what the generator writes: run go generate", name)
		}
	}
}

// TestConstants compares first and last numbers with FIPS 180-4, sections
// 4.2.2 and 4.2.3, and RFC 1321, appendix A.3.
func TestConstants(t *testing.T) {
	for _, c := range []struct {
		name        string
		got         []uint64
		n           int
		first, last uint64
	}{
		{"md5", md5Constants(), 64, 0xd76aa478, 0xeb86d391},
		{"sha256", sha256.constants(), 64, 0x428a2f98, 0xc67178f2},
		{"sha512", sha512.constants(), 80, 0x428a2f98d728ae22, 0x6c44198c4a475817},
	} {
		if len(c.got) != c.n || c.got[0] != c.first || c.got[c.n-1] != c.last {
			t.Errorf("%s: %d constants, %#x to %#x", c.name, len(c.got), c.got[0], c.got[len(c.got)-1])
		}
	}
}

func TestReverse(t *testing.T) {
	for n, want := range map[int][]uint64{
		4:  {0x0405060700010203, 0x0c0d0e0f08090a0b},
		8:  {0x0001020304050607, 0x08090a0b0c0d0e0f},
		16: {0x08090a0b0c0d0e0f, 0x0001020304050607},
	} {
		if got := reverse(n); got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%d: %#x", n, got)
		}
	}
}
