package esp

import "fmt"

// KeyError says that a key does not have the length its algorithm needs.
// It never holds the key.
type KeyError struct {
	Key       string // "encryption key" (salt included) or "integrity key"
	Algorithm string
	Want, Got int // octets
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("esp: %s: %s of %d octets, %d needed", e.Algorithm, e.Key, e.Got, e.Want)
}

// AlgorithmError says that an SA cannot use an algorithm.
type AlgorithmError struct {
	Algorithm string
	Reason    string
}

func (e *AlgorithmError) Error() string { return "esp: " + e.Algorithm + ": " + e.Reason }

// HeaderError says where an IP or AH header contradicts itself.
type HeaderError struct {
	Layer  string // "ipv4", "ipv6", "ah"
	Field  string
	Offset int // octets from the start of the IP datagram
}

func (e *HeaderError) Error() string {
	return fmt.Sprintf("esp: %s header: bad %s at octet %d", e.Layer, e.Field, e.Offset)
}
