// Package ikev2 reads the bodies of IKEv2 payloads that differ from version 1's:
// RFC 7296, section 3. Header and payload chain are those of package isakmp. All
// types are views over the received octets.
package ikev2

import (
	"ikescope/decode/isakmp"

	"golang.org/x/crypto/cryptobyte"
)

// Limits on one message, far above legal traffic.
const (
	MaxProposals  = 255
	MaxTransforms = 4096
	MaxSelectors  = 255
)

func damage(layer, field string, offset int, err error) error {
	return &isakmp.Error{Layer: layer, Field: field, Offset: offset, Err: err}
}

// at returns the offset in body of what s has still to read.
func at(body []byte, s cryptobyte.String) int { return len(body) - len(s) }
