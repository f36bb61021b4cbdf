// Package decode finds IPsec in captured frames: it walks from the link layer
// to the IP datagram, joins fragments, and tells IKE messages, ESP, AH and
// IPComp packets, NAT keepalives and the ICMP errors about them apart.
//
// A [Decoder] fills a [Packet] from a frame. Packets are values whose slices
// point into the frame, so nothing is allocated for ordinary traffic. Damage
// never stops a run: it is a typed [Error] on the packet and a count in
// [Stats].
//
// Everything in a frame is hostile. All lengths are checked against the octets
// that are there, depth, memory and time are limited by [Limits], and what a
// limit drops is counted.
//
// # Fragments
//
// The octets that arrive first win: a later IPv4 fragment only fills what is
// still missing, and where it says something else than what is there the
// datagram is counted as ambiguous. An IPv6 datagram with overlapping
// fragments is dropped as a whole (RFC 5722 section 3), exact copies of a
// fragment excepted. Copies of fragments that were joined a moment ago, as
// captures on several interfaces hold them, are recognised and not joined
// again.
//
// # TCP
//
// The streams of RFC 9329 are joined as far as their messages need it; [Decoder.More]
// gives the further messages of a segment.
package decode
