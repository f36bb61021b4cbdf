// Package cpu says which instructions the kernels of package esp may use. It
// has one constant for each set of instructions that some kernel was written
// for, so that kernels agree on what "AVX-512" means.
//
// With the build tag purego, and on processors that no kernel was written
// for, all are false.
package cpu
