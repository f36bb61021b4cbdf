//go:build windows || plan9 || js || wasip1

package secrets

// The bits that the os package shows here are made up.
const hasPermissionBits = false
