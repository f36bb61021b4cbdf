// Package esp opens ESP packets and verifies AH packets with known keys.
//
// An [SA] is made once from its algorithms and keys and is then read by any
// number of workers. A [Worker] belongs to one goroutine and opens packets in
// batches of one SA: first the lengths of the whole batch are checked, then
// all ICVs, then everything that verified is decrypted in place, then the
// trailers are read. Batches are what lets an implementation work on many
// packets side by side; nothing is allocated per packet.
//
// Every packet ends with a [Verdict]. No plaintext of a packet whose ICV is
// wrong is handed out unless the worker was told to ([Worker].Unverified).
//
// The high half of an extended sequence number is not on the wire. Whoever
// reads packets in order infers it (package esp/replay) and hands it over in
// [Packet].SeqHi.
//
// Sources: RFC 4303 (ESP), RFC 4302 (AH); each mode's file names its own RFC.
package esp
