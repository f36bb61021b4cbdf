// Package hmac computes HMAC (RFC 2104) with MD5, SHA-1 and SHA-2 of many
// messages side by side: one message in each element of a vector register, or
// two messages in turn through the SHA instructions, where their latency
// leaves room for a second one.
//
// The messages of one call may have different lengths and different keys. A
// lane whose message has ended goes on with the next one.
//
// The kernels are assembly. Where the processor has none of the instructions
// that they need, and with the build tag purego, New returns nil, and
// crypto/hmac is the way to go.
package hmac

//go:generate go run ./gen
