package decode

import (
	"errors"
	"strconv"
)

// Reasons of an [Error], for errors.Is.
var (
	ErrTruncated   = errors.New("cut off by the capture's snap length")
	ErrShort       = errors.New("ends before it is complete")
	ErrLength      = errors.New("length contradicts the octets around it")
	ErrVersion     = errors.New("unexpected version")
	ErrLimit       = errors.New("more than this decoder follows")
	ErrAmbiguous   = errors.New("contradicts what an earlier fragment said")
	ErrMalformed   = errors.New("cannot be decoded")
	ErrUnsupported = errors.New("not supported")
)

// Error tells what is wrong with a frame and where.
type Error struct {
	Layer  string // "ipv4", "udp", ...
	Field  string // "total length", "header", ...
	Offset int    // octets from the frame's start; from the datagram's in one joined from fragments
	Err    error  // the reason: one of this package's sentinels
}

// Error describes the damage in one line.
func (e *Error) Error() string {
	return "decode: " + e.Layer + " " + e.Field + " at octet " + itoa(e.Offset) + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

func itoa(n int) string { return strconv.Itoa(n) }

// fault is a row number of the table of everything that can be wrong.
type fault uint8

const (
	faultNone fault = iota
	faultLinkType
	faultNesting
	faultEthernet
	faultVLAN
	faultSLL
	faultNull
	faultPPP
	faultFrameRelay
	faultDirection
	faultPPPoE
	faultPPPoELength
	faultRadiotap
	faultPPI
	faultNFLOG
	faultIPHeader
	faultIPVersion
	faultIPv4Header
	faultIPv4HeaderLength
	faultIPv4TotalLength
	faultIPv6Header
	faultIPv6PayloadLength
	faultIPv6Extension
	faultIPv6ExtensionCount
	faultFragmentLength
	faultFragmentEnd
	faultFragmentOverlap
	faultFragmentLast
	faultFragmentCount
	faultUDPHeader
	faultUDPLength
	faultUDPEncap
	faultTCPHeader
	faultIKEHeader
	faultESPHeader
	faultAHHeader
	faultAHLength
	faultIPCompHeader
	faultICMPHeader
	faultInner
	faults
)

var faultTable = [faults]Error{
	faultLinkType:           {Layer: "frame", Field: "link type", Err: ErrUnsupported},
	faultNesting:            {Layer: "frame", Field: "nesting", Err: ErrLimit},
	faultEthernet:           {Layer: "ethernet", Field: "header", Err: ErrShort},
	faultVLAN:               {Layer: "vlan", Field: "tag", Err: ErrShort},
	faultSLL:                {Layer: "sll", Field: "header", Err: ErrShort},
	faultNull:               {Layer: "null", Field: "header", Err: ErrShort},
	faultPPP:                {Layer: "ppp", Field: "header", Err: ErrShort},
	faultFrameRelay:         {Layer: "frame-relay", Field: "header", Err: ErrShort},
	faultDirection:          {Layer: "frame", Field: "direction", Err: ErrShort},
	faultPPPoE:              {Layer: "pppoe", Field: "header", Err: ErrShort},
	faultPPPoELength:        {Layer: "pppoe", Field: "length", Err: ErrLength},
	faultRadiotap:           {Layer: "radiotap", Field: "header", Err: ErrShort},
	faultPPI:                {Layer: "ppi", Field: "header", Err: ErrShort},
	faultNFLOG:              {Layer: "nflog", Field: "field", Err: ErrLength},
	faultIPHeader:           {Layer: "ip", Field: "header", Err: ErrShort},
	faultIPVersion:          {Layer: "ip", Field: "version", Err: ErrVersion},
	faultIPv4Header:         {Layer: "ipv4", Field: "header", Err: ErrShort},
	faultIPv4HeaderLength:   {Layer: "ipv4", Field: "header length", Err: ErrLength},
	faultIPv4TotalLength:    {Layer: "ipv4", Field: "total length", Err: ErrLength},
	faultIPv6Header:         {Layer: "ipv6", Field: "header", Err: ErrShort},
	faultIPv6PayloadLength:  {Layer: "ipv6", Field: "payload length", Err: ErrLength},
	faultIPv6Extension:      {Layer: "ipv6", Field: "extension header", Err: ErrShort},
	faultIPv6ExtensionCount: {Layer: "ipv6", Field: "extension headers", Err: ErrLimit},
	faultFragmentLength:     {Layer: "fragment", Field: "length", Err: ErrLength},
	faultFragmentEnd:        {Layer: "fragment", Field: "offset", Err: ErrLength},
	faultFragmentOverlap:    {Layer: "fragment", Field: "overlap", Err: ErrAmbiguous},
	faultFragmentLast:       {Layer: "fragment", Field: "end of datagram", Err: ErrAmbiguous},
	faultFragmentCount:      {Layer: "fragment", Field: "count", Err: ErrLimit},
	faultUDPHeader:          {Layer: "udp", Field: "header", Err: ErrShort},
	faultUDPLength:          {Layer: "udp", Field: "length", Err: ErrLength},
	faultUDPEncap:           {Layer: "udp-encap", Field: "payload", Err: ErrShort},
	faultTCPHeader:          {Layer: "tcp", Field: "header", Err: ErrShort},
	faultIKEHeader:          {Layer: "isakmp", Field: "header", Err: ErrShort},
	faultESPHeader:          {Layer: "esp", Field: "header", Err: ErrShort},
	faultAHHeader:           {Layer: "ah", Field: "header", Err: ErrShort},
	faultAHLength:           {Layer: "ah", Field: "length", Err: ErrLength},
	faultIPCompHeader:       {Layer: "ipcomp", Field: "header", Err: ErrShort},
	faultICMPHeader:         {Layer: "icmp", Field: "header", Err: ErrShort},
	faultInner:              {Layer: "encapsulation", Field: "header", Err: ErrMalformed},
}

// fail counts a fault and notes it on the packet, unless something before it
// was wrong already.
func (d *Decoder) fail(p *Packet, f fault, off int) {
	d.faults[f]++
	d.note(p, f, off, faultTable[f].Err)
}

// short reports a header that the span is too short for: damage if it was so
// on the wire, no more than a snap length if the capture cut it.
func (d *Decoder) short(p *Packet, f fault, s span) {
	if s.missing() > 0 {
		p.Missing = max(p.Missing, s.missing())
		d.cut[f]++
		d.note(p, f, s.off+len(s.b), ErrTruncated)
		return
	}
	d.fail(p, f, s.off)
}

func (d *Decoder) note(p *Packet, f fault, off int, reason error) {
	if p.Problem != nil {
		return
	}
	d.problem = Error{Layer: faultTable[f].Layer, Field: faultTable[f].Field, Offset: off, Err: reason}
	p.Problem = &d.problem
}
