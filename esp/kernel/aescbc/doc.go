// Package aescbc decrypts AES-CBC (NIST SP 800-38A, section 6.2) for many
// packets of one key at a time, on processors that a kernel was written for:
//
//   - VAES on 512-bit registers, 16 blocks in flight
//   - AES-NI, 8 blocks in flight
//
// In CBC only encryption is a chain. Decryption can work on any number of
// blocks at once, which crypto/cipher does not do.
package aescbc

// BlockLen is the length of a block and of the IV in octets.
const BlockLen = 16
