package twopoints

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"ikescope/decode"
	"ikescope/pcaps"
)

// Limits bound the memory of a comparison.
type Limits struct {
	Flows   int // SAs; packets of others are counted only
	Packets int // sightings remembered at once
}

// DefaultLimits take about 100 MiB at most.
var DefaultLimits = Limits{Flows: 1 << 14, Packets: 1 << 20}

// Result is what two captures say together.
type Result struct {
	Captures [2][]pcaps.CaptureInfo
	Flows    []*Flow  // in the order in which they were first seen
	More     [2]int64 // packets of SAs beyond the bound
	Pairs    []*Pair
	Clock    Clock
}

// comparison reads two captures side by side.
type comparison struct {
	limits     Limits
	readers    [2]*reader
	flows      map[Key]*Flow
	result     *Result
	remembered int
	latest     *Flow // of the latest match
}

type reader struct {
	set     *pcaps.Set
	decoder *decode.Decoder
	packet  decode.Packet
	nanos   int64 // of the latest packet
	started bool
	ended   bool
	alone   int // packets remembered that only this point has seen, roughly
}

// Compare reads both captures to their ends.
func Compare(ctx context.Context, a, b *pcaps.Set, l Limits) (*Result, error) {
	c := &comparison{limits: l, flows: map[Key]*Flow{}, result: &Result{}}
	for i, s := range []*pcaps.Set{a, b} {
		c.readers[i] = &reader{set: s, decoder: decode.NewDecoder(decode.DefaultLimits())}
	}
	for !c.readers[A].ended || !c.readers[B].ended {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := c.read(c.behind()); err != nil {
			return nil, err
		}
	}
	r := c.result
	r.Captures = [2][]pcaps.CaptureInfo{a.Captures(), b.Captures()}
	for _, f := range r.Flows {
		f.close()
	}
	r.pair()
	return r, nil
}

// behind says which capture to read on: the one that is behind in time, as far as
// the clocks agree. One that ran far ahead without a match waits for the other.
func (c *comparison) behind() Point {
	a, b := c.readers[A], c.readers[B]
	far := c.limits.Packets / 4
	switch {
	case a.ended:
		return B
	case b.ended, !a.started:
		return A
	case !b.started:
		return B
	case a.alone > far && b.alone <= far:
		return B
	case b.alone > far && a.alone <= far:
		return A
	}
	offset := int64(0)
	if c.latest != nil {
		offset = c.latest.Difference.Quantile(0.5)
	}
	if a.nanos <= b.nanos-offset {
		return A
	}
	return B
}

// read takes one block of a capture.
func (c *comparison) read(at Point) error {
	r := c.readers[at]
	block, err := r.set.Next()
	if errors.Is(err, io.EOF) {
		r.ended = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading capture %s: %w", at, err)
	}
	defer block.Release()
	r.started = true
	for i := range block.Frames {
		f := &block.Frames[i]
		r.nanos = max(r.nanos, f.Nanos)
		r.decoder.Decode(&r.packet, uint16(f.Link), f.Data, f.WireLen, f.Nanos)
		if k := r.packet.Kind; k == decode.KindESP || k == decode.KindAH {
			c.packet(at, &r.packet, f.Nanos)
		}
	}
	return nil
}

func (c *comparison) packet(at Point, p *decode.Packet, nanos int64) {
	k := Key{Protocol: 50, SPI: p.SPI}
	if p.Kind == decode.KindAH {
		k.Protocol = 51
	}
	f := c.flows[k]
	if f == nil {
		if len(c.flows) >= c.limits.Flows {
			c.result.More[at]++
			return
		}
		f = &Flow{Key: k, Src: p.Src, Dst: p.Dst, seen: map[uint32]sighting{}}
		c.flows[k] = f
		c.result.Flows = append(c.result.Flows, f)
	}
	before := f.Matched
	c.remembered += f.note(at, p.Seq, nanos, c.remembered < c.limits.Packets)
	switch other := c.readers[at.Other()]; {
	case f.Matched == before:
		c.readers[at].alone++
	default:
		c.latest = f
		other.alone = max(0, other.alone-1)
	}
}

// Pair is the flows between two peers.
type Pair struct {
	X, Y  netip.Addr // X sent the first packet
	Near  Point      // where packets of X pass first
	Known bool       // Near follows from the times; else it is only assumed
	Flows []*Flow

	both bool // packets of both were seen at both points
}

// From is the point that packets of a flow pass first.
func (p *Pair) From(f *Flow) Point {
	if f.Src == p.X {
		return p.Near
	}
	return p.Near.Other()
}
