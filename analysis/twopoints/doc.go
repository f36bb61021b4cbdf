// Package twopoints compares two captures of the same tunnels, taken at both ends
// or at two points between: which IPsec packets of one are missing in the other,
// and how long the others were under way.
//
// A packet is known by protocol, SPI and sequence number. No key is needed. Both
// captures are read side by side; memory is bounded, see [Limits].
package twopoints
