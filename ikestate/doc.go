// Package ikestate rebuilds IKE conversations from captured messages and the
// secrets a user has: who negotiated what, which keys followed, and which IPsec
// SAs were made.
//
// An [Engine] takes messages in capture order ([Engine.Add]) and rebuilds state
// from all of them at once ([Engine.Solve]). Working on the whole conversation,
// not message by message, is what makes lost, doubled and reordered messages
// harmless: a message's place follows from its content and sender, and an
// initialization vector is looked for among all blocks that could be it.
//
// Identities: an ISAKMP SA is its pair of cookies (RFC 2408, section 2.5.3; the
// responder's cookie is zero in the first message); an exchange under it is the
// cookie pair and the message ID; an IPsec SA is destination, protocol and SPI
// (RFC 4301, section 4.1).
package ikestate
