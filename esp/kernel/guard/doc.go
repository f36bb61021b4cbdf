// Package guard gives the tests of kernels memory with an unreadable page
// directly before or behind it: an access outside the slice ends the test.
package guard
