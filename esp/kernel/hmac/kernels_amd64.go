//go:build !purego

package hmac

import "ikescope/esp/kernel/cpu"

// variants are the kernels of each hash, in the order of choice. The numbers
// of messages from which each pays were measured; docs/performance.md has the
// times.
var variants = [Hashes][]kernel{
	MD5: {
		{"avx512", cpu.AVX512, 16, 2, md5AVX512},
		{"avx2", cpu.AVX2, 8, 3, md5AVX2},
	},
	SHA1: {
		{"avx512", cpu.AVX512, 16, 10, sha1AVX512},
		{"avx512vl", cpu.AVX512, 8, 3, sha1VL},
		{"avx2", cpu.AVX2, 8, 6, sha1AVX2},
		{"shani2", cpu.SHANI, 2, 2, sha1SHANI2},
		{"shani", cpu.SHANI, 1, 1, sha1SHANI},
	},
	SHA256: {
		{"avx512", cpu.AVX512, 16, 11, sha256AVX512},
		{"avx512vl", cpu.AVX512, 8, 6, sha256VL},
		{"shani2", cpu.SHANI, 2, 2, sha256SHANI2},
		{"shani", cpu.SHANI, 1, 1, sha256SHANI},
		{"avx2", cpu.AVX2, 8, 4, sha256AVX2},
	},
	SHA384: sha512Variants,
	SHA512: sha512Variants,
}

var sha512Variants = []kernel{
	{"avx512", cpu.AVX512, 8, 5, sha512AVX512},
	{"avx512vl", cpu.AVX512, 4, 2, sha512VL},
	{"avx2", cpu.AVX2, 4, 3, sha512AVX2},
}

//go:noescape
func md5AVX512(l *lanes, n int)

//go:noescape
func md5AVX2(l *lanes, n int)

//go:noescape
func sha1AVX512(l *lanes, n int)

//go:noescape
func sha1VL(l *lanes, n int)

//go:noescape
func sha1AVX2(l *lanes, n int)

//go:noescape
func sha1SHANI2(l *lanes, n int)

//go:noescape
func sha1SHANI(l *lanes, n int)

//go:noescape
func sha256AVX512(l *lanes, n int)

//go:noescape
func sha256VL(l *lanes, n int)

//go:noescape
func sha256AVX2(l *lanes, n int)

//go:noescape
func sha256SHANI2(l *lanes, n int)

//go:noescape
func sha256SHANI(l *lanes, n int)

//go:noescape
func sha512AVX512(l *lanes, n int)

//go:noescape
func sha512VL(l *lanes, n int)

//go:noescape
func sha512AVX2(l *lanes, n int)
