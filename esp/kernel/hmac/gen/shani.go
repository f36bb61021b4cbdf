package main

import "fmt"

// stream is the registers of one of the hashes that a kernel of the SHA
// instructions computes at once. Two hide each other's latency.
type stream struct {
	lane  int
	text  string    // address of the next block
	state [2]string // the working variables
	other string    // SHA-1: takes turns with state[1] as E; SHA-256: a temporary
	words [4]string // of the message, four in each
	saved int       // where on the stack the state in front of the block stands
}

var streams = [2]stream{
	{0, "SI", [2]string{"X1", "X2"}, "X3", [4]string{"X4", "X5", "X6", "X7"}, 0},
	{1, "DX", [2]string{"X8", "X9"}, "X10", [4]string{"X11", "X12", "X13", "X14"}, 32},
}

// shani writes a kernel.
type shani struct {
	asm
	streams []stream
}

// mask is the register of the mask that reverses octets, spare one that is
// free (and that SHA256RNDS2 reads).
const (
	mask  = "X15"
	spare = "X0"
)

// begin writes what is in front of a block. Each of the state's registers
// takes the words of its row, the lowest element first; -1 is 0.
func (k *shani) begin(name, reverse string, layout [2][4]int) {
	k.function(name, 32*len(k.streams))
	k.op("MOVOU", reverse+"<>(SB)", mask)
	for _, s := range k.streams {
		k.op("MOVQ", field("text", 8*s.lane), s.text)
		k.op("ADDQ", field("at", 8*s.lane), s.text)
		k.op("PXOR", s.state[1], s.state[1])
		k.eachWord(s, layout, func(register string, element int, at string) { k.op("PINSRD", element, at, register) })
	}
	k.label("block")
	for _, s := range k.streams {
		for i, r := range s.state {
			k.op("MOVOU", r, at(s.saved+16*i, "SP"))
		}
	}
}

func (k *shani) end(layout [2][4]int) {
	for _, s := range k.streams {
		k.op("ADDQ", 64, s.text)
	}
	k.op("DECQ", "R8")
	k.op("JNZ", "block")
	for _, s := range k.streams {
		k.eachWord(s, layout, func(register string, element int, at string) { k.op("PEXTRD", element, register, at) })
	}
	k.op("RET")
}

func (k *shani) eachWord(s stream, layout [2][4]int, do func(register string, element int, at string)) {
	for i, row := range layout {
		for element, word := range row {
			if word >= 0 {
				do(s.state[i], element, field("state", 4*(8*s.lane+word)))
			}
		}
	}
}

// message loads words 4g to 4g+3.
func (k *shani) message(s stream, g int) {
	k.op("MOVOU", at(16*g, s.text), s.words[g])
	k.op("PSHUFB", mask, s.words[g])
}

// sha1Layout: A, B, C, D with A highest; E highest.
var sha1Layout = [2][4]int{{3, 2, 1, 0}, {-1, -1, -1, 4}}

func sha1SHANI(a *asm, name string, n int) {
	k := &shani{streams: streams[:n]}
	k.begin(name, "reverse16", sha1Layout)
	for g := range 20 {
		for _, s := range k.streams {
			k.sha1Rounds(s, g)
		}
	}
	for _, s := range k.streams {
		k.op("MOVOU", at(s.saved+16, "SP"), spare)
		k.op("SHA1NEXTE", spare, s.state[1])
		k.op("MOVOU", at(s.saved, "SP"), spare)
		k.op("PADDD", spare, s.state[0])
	}
	k.end(sha1Layout)
	a.Write(k.Bytes())
}

// sha1Rounds writes rounds 4g to 4g+3. The words of these go into those that
// follow: with MSG1, exclusive or and MSG2 in turn.
func (k *shani) sha1Rounds(s stream, g int) {
	w := func(i int) string { return s.words[(g+i+4)%4] }
	e, next := s.state[1], s.other
	if g%2 == 1 {
		e, next = next, e
	}
	switch {
	case g == 0:
		k.message(s, g)
		k.op("PADDD", w(0), e)
	case g < 4:
		k.message(s, g)
		k.op("SHA1NEXTE", w(0), e)
	default:
		k.op("SHA1NEXTE", w(0), e)
	}
	k.op("MOVO", s.state[0], next)
	if 3 <= g && g < 19 {
		k.op("SHA1MSG2", w(0), w(1))
	}
	k.op("SHA1RNDS4", g/5, e, s.state[0])
	if 1 <= g && g < 17 {
		k.op("SHA1MSG1", w(0), w(-1))
	}
	if 2 <= g && g < 18 {
		k.op("PXOR", w(0), w(-2))
	}
}

// sha256Layout: A, B, E, F and C, D, G, H, the first highest.
var sha256Layout = [2][4]int{{5, 4, 1, 0}, {7, 6, 3, 2}}

func sha256SHANI(a *asm, name string, n int) {
	k := &shani{streams: streams[:n]}
	k.begin(name, "reverse", sha256Layout)
	for g := range 16 {
		for _, s := range k.streams {
			k.sha256Rounds(s, g)
		}
	}
	for _, s := range k.streams {
		for i, r := range s.state {
			k.op("MOVOU", at(s.saved+16*i, "SP"), spare)
			k.op("PADDD", spare, r)
		}
	}
	k.end(sha256Layout)
	a.Write(k.Bytes())
}

// sha256Rounds writes rounds 4g to 4g+3 and computes the message words of the
// next four.
func (k *shani) sha256Rounds(s stream, g int) {
	w := func(i int) string { return s.words[(g+i+4)%4] }
	if g < 4 {
		k.message(s, g)
	}
	k.op("MOVOU", fmt.Sprintf("sha256K<>+%d(SB)", 16*g), spare)
	k.op("PADDD", w(0), spare)
	k.op("SHA256RNDS2", spare, s.state[0], s.state[1])
	if 3 <= g && g < 15 {
		k.op("MOVO", w(0), s.other)
		k.op("PALIGNR", 4, w(-1), s.other)
		k.op("PADDD", s.other, w(1))
		k.op("SHA256MSG2", w(0), w(1))
	}
	k.op("PSHUFD", 0x0e, spare, spare)
	k.op("SHA256RNDS2", spare, s.state[1], s.state[0])
	if 1 <= g && g < 13 {
		k.op("SHA256MSG1", w(0), w(-1))
	}
}
