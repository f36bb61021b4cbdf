//go:build !amd64 || purego

package des

// assembly: no kernel was written for this processor.
var assembly []kernel
