package decode

import "bytes"

// flow is a conversation of two ends, whichever of them speaks. The ports are
// 0 where only the addresses matter.
type flow struct {
	a, b         [16]byte
	aPort, bPort uint16
}

func portFlow(p *Packet) flow    { return newFlow(p, p.SrcPort, p.DstPort) }
func addressFlow(p *Packet) flow { return newFlow(p, 0, 0) }

func newFlow(p *Packet, src, dst uint16) flow {
	f := flow{p.Src.As16(), p.Dst.As16(), src, dst}
	if c := bytes.Compare(f.a[:], f.b[:]); c > 0 || c == 0 && f.aPort > f.bPort {
		f.a, f.b, f.aPort, f.bPort = f.b, f.a, f.bPort, f.aPort
	}
	return f
}

// flows remembers a limited number of flows; the oldest make room.
type flows struct {
	limit   int
	known   map[flow]struct{}
	order   []flow // a ring once it is full
	oldest  int    // in order
	dropped uint64
}

func (fs *flows) init(limit int) {
	fs.limit = limit
	fs.known = make(map[flow]struct{})
}

func (fs *flows) has(f flow) bool {
	_, ok := fs.known[f]
	return ok
}

func (fs *flows) add(f flow) {
	if fs.has(f) {
		return
	}
	if len(fs.order) < fs.limit {
		fs.order = append(fs.order, f)
	} else {
		delete(fs.known, fs.order[fs.oldest])
		fs.order[fs.oldest] = f
		fs.oldest = (fs.oldest + 1) % fs.limit
		fs.dropped++
	}
	fs.known[f] = struct{}{}
}
