// Package isakmp reads ISAKMP messages: the header and every payload of RFC 2408,
// RFC 2407 and RFC 2409, the NAT traversal payloads of RFC 3947 and its drafts,
// the Mode-Config and XAUTH attributes payload and Cisco's fragment payload.
// Headers and payload chains of IKE version 2 (RFC 7296) have the same form and are
// read and named too; the bodies of its payloads are not.
//
// # Views
//
// Nothing is copied. Every slice that a parser returns points into the octets it was
// given, and keeps exactly what was received: the hashes of IKE run over those octets.
//
// # Damage
//
// Parsers take hostile input. They never panic, never loop without consuming, and
// stop at the limits of limits.go. A parser that meets damage returns what it read
// before it together with an [*Error] that names layer, field and offset; errors.Is
// tells the kind of damage. Some findings ([ErrTrailing], [ErrCount], [ErrValue] and
// [ErrLength] of a value) do not stop a parser: then everything is there and the first
// finding is the error.
//
// # Offsets
//
// An offset counts octets from the first octet of what the function was given; for
// [ParsePayloads] and [Payload.Tree] from the start of the message.
package isakmp
