// Program gen writes the assembly of package hmac's kernels into the current
// directory. Run it with go generate.
package main

import (
	"fmt"
	"os"
)

func main() {
	for name, write := range files {
		var a asm
		a.header()
		write(&a)
		if err := os.WriteFile(name, a.Bytes(), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}

// files has what each file contains.
var files = map[string]func(a *asm){
	"md5_amd64.s": func(a *asm) {
		a.table("md5T", 4, md5Constants())
		md5(a, avx512)
		md5(a, avx2)
	},
	"sha1_amd64.s": func(a *asm) {
		a.table("sha1K", 4, sha1Constants)
		a.table("reverse", 8, reverse(4))
		a.table("reverse16", 8, reverse(16))
		sha1(a, avx512)
		sha1(a, vl)
		sha1(a, avx2)
		sha1SHANI(a, "sha1SHANI", 1)
		sha1SHANI(a, "sha1SHANI2", 2)
	},
	"sha256_amd64.s": func(a *asm) {
		a.table(sha256.table(), 4, sha256.constants())
		a.table("reverse", 8, reverse(4))
		sha256.vector(a, avx512)
		sha256.vector(a, vl)
		sha256.vector(a, avx2)
		sha256SHANI(a, "sha256SHANI", 1)
		sha256SHANI(a, "sha256SHANI2", 2)
	},
	"sha512_amd64.s": func(a *asm) {
		a.table(sha512.table(), 8, sha512.constants())
		a.table("reverse", 8, reverse(8))
		sha512.vector(a, avx512)
		sha512.vector(a, vl)
		sha512.vector(a, avx2)
	},
}

// reverse returns the shuffle mask that reverses the octets of words of n
// octets.
func reverse(n int) []uint64 {
	mask := make([]uint64, 2)
	for i := range 16 {
		mask[i/8] |= uint64(i^(n-1)) << (8 * (i % 8))
	}
	return mask
}
