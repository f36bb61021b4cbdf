package analysis

import (
	"net/netip"

	"ikescope/decode"
	"ikescope/ikestate"
	"ikescope/pcaps"
)

// ICMPError is an error message about a packet of the tunnel (RFC 792, RFC 4443).
type ICMPError struct {
	Frame      int64
	Nanos      int64
	Src, Dst   netip.Addr
	Type, Code uint8
	MTU        uint32
	Quoted     []byte // head of the datagram that it is about
}

// Bounds on what a collector keeps of ICMP errors.
const (
	maxICMP   = 1000
	maxQuoted = 128 // octets
)

// collector reads packets into state: IKE messages into the engine, IPsec
// packets into flows.
type collector struct {
	decoder  *decode.Decoder
	counted  *decode.Stats // of the pass that counts; nil during it
	engine   *ikestate.Engine
	flows    *flows
	icmp     []ICMPError
	icmpMore int64 // beyond maxICMP
	packet   decode.Packet
	strict   bool
	faults   Faults
}

func newCollector(o Options) *collector {
	return &collector{
		decoder: decode.NewDecoder(decode.DefaultLimits()),
		engine:  ikestate.New(withGuesses(o.Ring), o.limits()),
		flows:   newFlows(),
		strict:  o.Strict,
	}
}

// block reads a block. Where a job is given, its IPsec packets are taken into it.
func (c *collector) block(b *pcaps.Block, j *job) {
	c.frames(b, func(f *pcaps.Frame) { c.frame(f, j) })
}

// frames gives each frame of a block to a function. A fault costs one frame.
func (c *collector) frames(b *pcaps.Block, take func(*pcaps.Frame)) {
	for i := 0; i < len(b.Frames); i++ {
		panicked := contained(c.strict, func() {
			for ; i < len(b.Frames); i++ {
				take(&b.Frames[i])
			}
		})
		if panicked != nil {
			c.faults.note(b.Frames[i].Number, panicked)
		}
	}
}

func (c *collector) frame(f *pcaps.Frame, j *job) {
	p := &c.packet
	c.decoder.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos)
	for more := true; more; more = c.decoder.More(p) {
		c.take(f, p, j)
	}
}

// take collects one packet of a frame.
func (c *collector) take(f *pcaps.Frame, p *decode.Packet, j *job) {
	switch p.Kind {
	case decode.KindIKE:
		c.ike(f, p)
		if j != nil {
			j.addIKE(f)
		}
	case decode.KindESP, decode.KindAH, decode.KindIPComp:
		flow := c.flows.note(p, f.Number, f.Nanos)
		if j != nil && flow != nil {
			j.add(flow, p, f)
		}
	case decode.KindICMPError:
		c.icmpError(f, p)
	}
}

// again reads a block whose packets were counted before.
func (c *collector) again(b *pcaps.Block, j *job) {
	c.frames(b, func(f *pcaps.Frame) { c.frameAgain(f, j) })
}

func (c *collector) frameAgain(f *pcaps.Frame, j *job) {
	p := &c.packet
	c.decoder.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos)
	for more := true; more; more = c.decoder.More(p) {
		switch p.Kind {
		case decode.KindIKE:
			j.addIKE(f)
		case decode.KindESP, decode.KindAH, decode.KindIPComp:
			if flow := c.flows.find(keyOf(p)); flow != nil {
				j.add(flow, p, f)
			}
		}
	}
}

func (c *collector) ike(f *pcaps.Frame, p *decode.Packet) {
	// A message whose header is malformed is counted by the decoder.
	_ = c.engine.Add(ikestate.Datagram{
		Frame: f.Number, Nanos: f.Nanos,
		Src: netip.AddrPortFrom(p.Src, p.SrcPort), Dst: netip.AddrPortFrom(p.Dst, p.DstPort),
		Encap: ikestate.Encap(p.Encap), Message: p.Payload, Missing: p.Missing,
	})
}

func (c *collector) icmpError(f *pcaps.Frame, p *decode.Packet) {
	if len(c.icmp) >= maxICMP {
		c.icmpMore++
		return
	}
	c.icmp = append(c.icmp, ICMPError{
		Frame: f.Number, Nanos: f.Nanos, Src: p.Src, Dst: p.Dst,
		Type: p.ICMP.Type, Code: p.ICMP.Code, MTU: p.ICMP.MTU,
		Quoted: append([]byte(nil), p.Payload[:min(len(p.Payload), maxQuoted)]...),
	})
}

// startOver gives the next pass a fresh decoder. The counters of the pass that
// read everything first stay.
func (c *collector) startOver() {
	if c.counted == nil {
		s := c.decoder.Stats()
		c.counted = &s
	}
	c.decoder = decode.NewDecoder(decode.DefaultLimits())
}

func (c *collector) stats() decode.Stats {
	if c.counted != nil {
		return *c.counted
	}
	return c.decoder.Stats()
}
