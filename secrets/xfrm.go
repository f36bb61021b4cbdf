package secrets

import (
	"bytes"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"ikescope/keymat"
)

// ip xfrm state is the list of IPsec SAs in a Linux kernel (iproute2), with the keys when root asks. A state is a block
//
//	src 192.0.2.1 dst 192.0.2.2
//		proto esp spi 0xc7fa94e8(3355088104) reqid 1(0x00000001) mode tunnel
//		replay-window 0 seq 0x00000000 flag af-unspec (0x00100000)
//		auth-trunc hmac(sha1) 0x9488... (160 bits) 96
//		enc cbc(des3_ede) 0x2fde... (192 bits)
//
// with or without the parts in parentheses; with -o it is one line, a backslash where the lines were broken. ip xfrm
// monitor puts a word or a time in front of the first line. A policy has a head of the same words but with prefix lengths.

// xfrmState is a block being read.
type xfrmState struct {
	line              int // of its head
	esp               ESP
	mine              bool // the proto line was ESP's or AH's
	enc, auth, aead   xfrmAlgorithm
	encLine, authLine int // aead's is encLine
}

// xfrmAlgorithm is an algorithm's line.
type xfrmAlgorithm struct {
	name   string // as the kernel's crypto API calls it; "" if there was no line
	key    keymat.Secret
	icv    int // bits; 0 if not printed
	fault  string
	hidden bool // the key was not printed, or blanked by the kernel
}

type xfrm struct {
	c     *collector
	open  bool
	state xfrmState
	words [][]byte // of the line that is being read
}

func newXfrm(c *collector) LineReader { return &xfrm{c: c} }

var (
	xfrmSrc      = []byte("src ")
	xfrmHidden   = []byte("<<")
	xfrmError    = []byte("(ERROR")
	xfrmPrefixes = [][]byte{[]byte("Updated "), []byte("Deleted "), []byte("Expired ")}
)

// inside knows the lines that begin with a word of a state, and the head of the state behind it.
func (x *xfrm) inside(text []byte) bool {
	if !x.open || !clean(text) {
		return false
	}
	word, _, _ := bytes.Cut(text, blank)
	switch string(word) {
	case "src", "\tproto", "\treplay-window", "\tenc", "\taead", "\tauth", "\tauth-trunc":
		return true
	}
	return false
}

func (x *xfrm) Line(n int, text []byte) {
	if len(text) == 0 {
		return
	}
	indented := text[0] == ' ' || text[0] == '\t'
	head := xfrmHead(bytes.TrimLeft(text, " \t")) // the whole list may be indented
	if head == nil {
		switch {
		case !indented:
			x.Close()
		case x.open:
			x.field(n, text)
		}
		return
	}
	x.Close()
	first, rest, oneLine := bytes.Cut(head, []byte(`\`))
	if !x.begin(n, first) {
		return
	}
	for oneLine {
		first, rest, oneLine = bytes.Cut(rest, []byte(`\`))
		x.field(n, first)
	}
}

// xfrmHead returns a line from its "src " on, nil if it is no head. In front may stand "[time] ", "[nsid 0]" and the
// words of ip xfrm monitor.
func xfrmHead(text []byte) []byte {
	for range 2 {
		if end := bytes.IndexByte(text, ']'); text[0] == '[' && end > 0 && end+1 < len(text) {
			text = bytes.TrimLeft(text[end+1:], " ")
		}
		if len(text) == 0 {
			return nil
		}
	}
	for _, p := range xfrmPrefixes {
		text = bytes.TrimPrefix(text, p)
	}
	if bytes.HasPrefix(text, xfrmSrc) {
		return text
	}
	return nil
}

// split returns the words of a line, until the next one is read.
func (x *xfrm) split(text []byte) [][]byte {
	x.words = slices.AppendSeq(x.words[:0], bytes.FieldsSeq(text))
	return x.words
}

// begin opens a state if the line is the head of one: two addresses, no prefix lengths and nothing else.
func (x *xfrm) begin(n int, text []byte) bool {
	f := x.split(text)
	if len(f) != 4 || string(f[2]) != "dst" {
		return false
	}
	src, err1 := netip.ParseAddr(string(f[1]))
	dst, err2 := netip.ParseAddr(string(f[3]))
	if err1 != nil || err2 != nil {
		if _, err := netip.ParsePrefix(string(f[1])); err == nil {
			x.c.withoutKeys("ip xfrm policy alone, without a state; take ip xfrm state as root while the tunnel is up")
		}
		return false
	}
	x.open = true
	x.state = xfrmState{line: n, esp: ESP{Src: src.WithZone(""), Dst: dst.WithZone("")}}
	return true
}

// field reads a line of the block. What it does not know it passes over: there is much that says nothing about keys.
func (x *xfrm) field(n int, text []byte) {
	deep := bytes.HasPrefix(text, []byte("\t\t"))
	f := x.split(text)
	if deep || len(f) < 2 {
		return
	}
	s := &x.state
	switch string(f[0]) {
	case "proto":
		x.proto(f)
	case "replay-window":
		s.esp.ESN = s.esp.ESN || xfrmFlag(f, "esn")
	case "enc":
		s.enc, s.encLine = xfrmKey(f[1:]), n
	case "aead":
		s.aead, s.encLine = xfrmKey(f[1:]), n
	case "auth", "auth-trunc":
		s.auth, s.authLine = xfrmKey(f[1:]), n
	}
}

// proto reads "proto esp spi 0xc7fa94e8(3355088104) reqid ...". IPComp and IP-in-IP states have no keys.
func (x *xfrm) proto(f [][]byte) {
	switch string(f[1]) {
	case "esp", "50":
		x.state.esp.Protocol = 50
	case "ah", "51":
		x.state.esp.Protocol = 51
	case "comp", "108", "4", "ipip", "41", "ipv6", "route2", "hao":
		x.c.recognised()
		return
	default:
		return
	}
	if len(f) < 4 || string(f[2]) != "spi" {
		return
	}
	text, _, _ := strings.Cut(string(f[3]), "(")
	spi, err := strconv.ParseUint(text, 0, 32)
	if err != nil {
		return
	}
	x.c.recognised()
	x.state.esp.SPI, x.state.mine = uint32(spi), true
}

// xfrmFlag reports a flag of "replay-window 32 seq 0x00000000 flag af-unspec esn (0x10100000)".
func xfrmFlag(f [][]byte, flag string) bool {
	inFlags := false
	for _, word := range f {
		if inFlags && string(word) == flag {
			return true
		}
		inFlags = inFlags || string(word) == "flag"
	}
	return false
}

// xfrmKey reads the words behind enc, auth, auth-trunc or aead: name, key, "(160 bits)" perhaps, ICV in bits perhaps.
func xfrmKey(f [][]byte) xfrmAlgorithm {
	a := xfrmAlgorithm{name: string(f[0])}
	for i, word := range f[1:] {
		switch {
		case hexPrefixed(word):
			key, err := parseHex(word)
			a.key = key
			if err != nil {
				a.fault = err.Error()
			}
			a.hidden = err == nil && allZero(key)
		case bytes.HasPrefix(word, xfrmHidden):
			a.hidden = true
		case bytes.HasPrefix(word, xfrmError):
			a.fault = "cut off by ip itself"
		case i > 0 && i+1 == len(f[1:]), i == 0 && len(f) == 2:
			if bits, err := strconv.Atoi(string(word)); err == nil && bits > 0 && bits <= 1<<10 {
				a.icv = bits
			}
		}
	}
	return a
}

// Close ends the open block and hands its SA over. A state without algorithm lines is larval: its SPI is reserved and
// no keys are there yet.
func (x *xfrm) Close() {
	open := x.open
	x.open = false
	s := &x.state
	if !open || !s.mine || s.enc.name == "" && s.auth.name == "" && s.aead.name == "" {
		return
	}
	if s.enc.hidden || s.auth.hidden || s.aead.hidden {
		x.c.warn(s.line, "keys are hidden: list the states as root, without nokeys, on a kernel that is not locked down")
		return
	}
	if line, what, msg := s.resolve(); msg != "" {
		x.c.bad(line, what, msg)
		return
	}
	x.c.esp(s.line, s.esp)
}
