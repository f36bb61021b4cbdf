package pcaps

import (
	"encoding/binary"
	"math"
)

// AppendEPB appends a pcapng enhanced packet block to dst: little-endian, times
// in nanoseconds, the octets of pieces one behind the other as the packet, and a
// comment unless it is empty. wireLen is the length on the wire in octets, or 0
// when everything was captured. A time before 1970 becomes 0. pieces may have
// MaxFrameLen octets in all; more makes a block that readers refuse.
//
// A file needs a section header and the interface before it, which Writer writes;
// see Writer.WriteRecords.
func AppendEPB(dst []byte, iface int, nanos int64, wireLen int, comment string, pieces ...[]byte) []byte {
	n := piecesLen(pieces)
	total := 32 + pad4(n) + commentLen(comment)
	stamp := uint64(max(0, nanos))
	dst = appendU32(dst, blockEnhanced, uint32(total), uint32(iface), uint32(stamp>>32), uint32(stamp),
		uint32(n), uint32(max(n, wireLen)))
	for _, p := range pieces {
		dst = append(dst, p...)
	}
	dst = appendPadding(dst, n)
	dst = appendComment(dst, comment)
	return appendU32(dst, uint32(total))
}

// AppendPcapRecord appends a record of a classic pcap file to dst: little-endian,
// the fraction of its time in units of r, Microseconds or Nanoseconds. Times
// outside of 1970 to 2106 become the nearest that can be written. The other
// parameters are those of AppendEPB.
func AppendPcapRecord(dst []byte, r Resolution, nanos int64, wireLen int, pieces ...[]byte) []byte {
	n := piecesLen(pieces)
	nanos = min(max(0, nanos), math.MaxUint32*1e9+(1e9-1))
	frac := uint32(nanos % 1e9)
	if r == Microseconds {
		frac /= 1000
	}
	dst = appendU32(dst, uint32(nanos/1e9), frac, uint32(n), uint32(max(n, wireLen)))
	for _, p := range pieces {
		dst = append(dst, p...)
	}
	return dst
}

func piecesLen(pieces [][]byte) (n int) {
	for _, p := range pieces {
		n += len(p)
	}
	return n
}

func appendU32(dst []byte, values ...uint32) []byte {
	for _, v := range values {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return dst
}

// appendPadding fills up to a multiple of 4 after n octets.
func appendPadding(dst []byte, n int) []byte {
	return append(dst, "\x00\x00\x00"[:pad4(n)-n]...)
}

// appendOption appends an option with its padding. A value may have 65,535 octets.
func appendOption(dst []byte, code uint16, value string) []byte {
	dst = binary.LittleEndian.AppendUint16(dst, code)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(value)))
	dst = append(dst, value...)
	return appendPadding(dst, len(value))
}

// appendTexts appends options with a text and the end of options. Empty texts
// are left out, and without any there is no end either.
func appendTexts(dst []byte, texts ...textOption) []byte {
	start := len(dst)
	for _, t := range texts {
		if t.text != "" {
			dst = appendOption(dst, t.code, clippedText(t.text))
		}
	}
	if len(dst) > start {
		dst = appendU32(dst, optEnd)
	}
	return dst
}

// textOption is an option of pcapng with a text.
type textOption struct {
	code uint16
	text string
}

// maxOptionLen is the most octets of an option's value that Writer writes.
const maxOptionLen = 65532

func clippedText(s string) string { return s[:min(len(s), maxOptionLen)] }

// commentLen is the length of what appendComment appends, in octets.
func commentLen(comment string) int {
	if comment == "" {
		return 0
	}
	return 4 + pad4(len(clippedText(comment))) + 4
}

func appendComment(dst []byte, comment string) []byte {
	if comment == "" {
		return dst
	}
	dst = appendOption(dst, optComment, clippedText(comment))
	return appendU32(dst, optEnd)
}
