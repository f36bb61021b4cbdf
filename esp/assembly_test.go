//go:build !purego

package esp

const purego = false
