// Package aeskey expands AES keys for the kernels (FIPS 197, sections 5.2 and
// 5.3.5). Round keys lie in a fixed number of slots, the same ones for each
// key length, so that a kernel is written once: it enters its list of rounds
// later when the key is shorter.
//
// The expansion itself exists only where a kernel uses it; elsewhere the
// package is empty.
package aeskey
