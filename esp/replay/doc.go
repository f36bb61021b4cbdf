// Package replay follows the sequence numbers of one ESP or AH SA.
//
// An [Extender] infers the high half of extended sequence numbers, which is
// not on the wire (RFC 4303, appendix A). A [Counter] says what arrived: lost,
// duplicated and reordered packets, and how many of them a receiver's
// anti-replay window of a given size would have dropped (RFC 4303, section
// 3.4.3). Both are usable as zero values, for one reader that sees the packets
// in capture order.
//
// A receiver moves its window only after a packet verified. A reader that
// infers numbers before it verifies cannot know yet, so the Extender takes the
// largest window there is, and believes a number far ahead only when another one
// follows near it (see [Leap]): a stray packet does not lead it away.
package replay
