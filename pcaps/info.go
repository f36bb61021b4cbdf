package pcaps

import (
	"fmt"
	"net/netip"
	"slices"
)

// Limits of what is kept of a capture besides its packets. What exceeds them is
// counted (Kind LimitReached); packets of an interface that is not kept are
// passed over (Kind NoInterface).
const (
	MaxInterfaces   = 65536    // per capture
	MaxSecrets      = 16 << 20 // octets per capture
	MaxComments     = 1024     // per capture
	MaxNames        = 4096     // addresses with a name, per capture
	maxTextLen      = 1024     // octets of a comment
	maxNameLen      = 255      // octets of an interface's name
	maxSecretBlocks = 4096     // per capture
)

// CaptureInfo is what is known about one capture. Counters cover what has been
// read in the present pass (see Set.Rewind).
type CaptureInfo struct {
	Path        string // as given; "-" is standard input
	Format      string // "pcap" or "pcapng", then ".gz" or ".zst"
	Size        int64  // octets of the file as stored; -1 for a pipe
	Packets     int64
	Octets      int64 // captured
	Truncated   int64 // packets of which less was captured than was on the wire
	LongestCut  int   // octets captured of the longest of them
	First, Last int64 // earliest and latest Unix time in nanoseconds; 0 without packets
	Complete    bool  // read to its end, and nothing is missing there
	Interfaces  []InterfaceInfo
	Comments    []Comment
	Names       []Name
	Hardware    string // of the first pcapng section that says so
	System      string // operating system, likewise
	Application string // that wrote the file, likewise
	Problems    []Problem
	counts      [kindCount]int64
}

// Count returns how many problems of kind k were met.
func (c *CaptureInfo) Count(k Kind) int64 {
	if k >= kindCount {
		return 0
	}
	return c.counts[k]
}

// Kinds returns the first problem of each kind, in the order in which they were met.
// Where there are more of a kind, its text says how many.
func (c *CaptureInfo) Kinds() (firsts []Problem) {
	var kept [kindCount]int64
	for _, p := range c.Problems {
		kept[p.Kind]++
	}
	for _, p := range c.Problems {
		if slices.ContainsFunc(firsts, func(f Problem) bool { return f.Kind == p.Kind }) {
			continue
		}
		if n := max(c.Count(p.Kind), kept[p.Kind]); n > 1 {
			p.Text += fmt.Sprintf(" (the first of %d of this kind)", n)
		}
		firsts = append(firsts, p)
	}
	return firsts
}

// Incomplete reports whether the capture was cut off, damaged or unreadable.
func (c *CaptureInfo) Incomplete() bool {
	return c.counts[Cut]+c.counts[Damaged]+c.counts[Unreadable] > 0
}

// InterfaceInfo describes where packets were taken. A classic pcap has one.
// Texts are octets of the file: whoever prints them escapes them.
type InterfaceInfo struct {
	Name        string
	Description string
	Link        LinkType
	SnapLen     uint32 // octets; 0: no limit
	FCSLen      int    // octets of a frame check sequence at the end of frames; -1 unknown
	Resolution  Resolution
	Offset      int64  // seconds added to each time stamp (if_tsoffset)
	Received    uint64 // packets, as counted by the capturing program; 0 unknown
	Dropped     uint64 // packets lost by the capturing program or interface; 0 unknown
}

// Comment is a text that a user attached to a capture (pcapng opt_comment).
type Comment struct {
	Frame  int64 // 1-based number within the capture; 0: of a section or an interface
	Offset int64 // of the block
	Text   string
}

// Name is an address and a name for it, out of a pcapng name resolution block.
type Name struct {
	Addr netip.Addr
	Name string
}

// SecretsType says what a pcapng decryption secrets block contains.
type SecretsType uint32

// Types of secrets, as registered by the pcapng draft and Wireshark.
const (
	SecretsTLS       SecretsType = 0x544c534b // TLS key log
	SecretsSSH       SecretsType = 0x5353484b // SSH key log
	SecretsWireGuard SecretsType = 0x57474b4c // WireGuard key log
	SecretsESP       SecretsType = 0x45535053 // ESP SA keys
)

// SecretsBlock is a pcapng decryption secrets block. It holds key material:
// String and Format do not show Data.
type SecretsBlock struct {
	Type    SecretsType
	Data    []byte
	Capture int // index in Set.Captures()
}

// clone returns a copy that later reading does not change.
func (c *CaptureInfo) clone() CaptureInfo {
	out := *c
	out.Interfaces = slices.Clone(c.Interfaces)
	out.Comments = slices.Clone(c.Comments)
	out.Names = slices.Clone(c.Names)
	out.Problems = slices.Clone(c.Problems)
	return out
}
