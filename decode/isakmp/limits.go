package isakmp

// Limits of one message. Legal traffic stays far below; what exceeds a limit is
// reported as [ErrLimit] and what was read up to there is returned.
const (
	// MaxPayloads is the number of payloads read in one chain.
	MaxPayloads = 1024
	// MaxProposals is the number of proposals read in one SA payload.
	MaxProposals = 1024
	// MaxTransforms is the number of transforms read in one SA payload, over all proposals.
	MaxTransforms = 4096
	// MaxAttributes is the number of data attributes read in one list.
	MaxAttributes = 256
	// MaxSPIs is the number of SPIs read in one Delete payload.
	MaxSPIs = 4096
	// MaxCertificate is the size in octets up to which certificates and names are parsed as ASN.1.
	MaxCertificate = 64 << 10
)

// Bounds of a nonce's length in octets, RFC 2409 section 5.
const (
	MinNonce = 8
	MaxNonce = 256
)

// maxShown is the number of octets that a tree shows in hex before it only tells the
// size; the public value of the largest group (8,192 bits) fits.
const maxShown = 1024
