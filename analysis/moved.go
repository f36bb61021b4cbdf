package analysis

import (
	"net/netip"

	"ikescope/decode"
	"ikescope/esp/replay"
)

// Where a NAT changes its address, or a peer moves to another network, the packets of
// an SA go to another destination from then on: another flow, under the same SPI.

// tryMoved gives a flow the SA of another one with its SPI, if its packets verify
// under the keys of that. It tries again only where there are more of either: there
// may be many flows with one SPI, and many times to ask.
func (r *resolver) tryMoved(f *Flow) {
	same := r.bySPI[FlowKey{SPI: f.Key.SPI, Protocol: f.Key.Protocol}]
	now := trial{samples: f.sampled()}
	for _, s := range same {
		if s.mayMove() {
			now.keys++
		}
	}
	if now.keys == 0 || now.samples == 0 || now == f.asMoved {
		return
	}
	f.asMoved = now
	for _, s := range same {
		if !s.mayMove() {
			continue
		}
		if r.given.trials == 0 {
			r.given.missed++
			return
		}
		r.given.trials--
		if r.given.fits(s.opener.sa, f) || r.verifiesLate(s.opener.sa, f) {
			f.sa = s
			r.give(f, s)
			return
		}
	}
}

// mayMove reports whether an SA has packets, and keys that can show others to be its
// own.
func (s *SA) mayMove() bool {
	return s.Flow != nil && s.opener != nil && s.opener.sa != nil && !s.NullDetected
}

// joinMoved adds flows to those whose SAs they share.
func (r *runner) joinMoved() {
	for _, f := range r.collect.flows.order {
		if f.sa == nil || f.sa.Flow == f {
			continue
		}
		if f.First < f.sa.Flow.First {
			f, f.sa.Flow = f.sa.Flow, f
		}
		f.sa.Flow.follow(f)
	}
}

// follow adds the packets of a flow that goes on elsewhere.
func (f *Flow) follow(o *Flow) {
	f.begin()
	o.begin()
	f.Packets += o.Packets
	f.Bytes += o.Bytes
	f.Cut += o.Cut
	f.Fragmented += o.Fragmented
	f.Largest = max(f.Largest, o.Largest)
	f.skipped += o.skipped
	f.Moves = append(f.Moves, o.Moves[:min(len(o.Moves), maxMoves-len(f.Moves))]...)
	if len(f.Turns) < maxMoves {
		f.Turns = append(f.Turns, Turn{o.First, o.Key.Dst})
	}
	f.followNumbers(o)
	if o.Last > f.Last {
		f.Last, f.LastNanos = o.Last, o.LastNanos
	}
}

// followNumbers counts the sequence numbers of a flow that goes on elsewhere. What
// began before a wrap that the first one had behind it was sent once more by somebody.
func (f *Flow) followNumbers(o *Flow) {
	if o.startHigh < f.startHigh {
		f.strays += uint64(o.Packets)
		return
	}
	shift := uint64(o.startHigh-f.startHigh) << 32
	if f.leap.Held {
		f.strays++
	}
	f.strays += o.strays
	f.Sequence.Follow(o.Sequence, shift)
	f.leap = replay.Leap{To: o.leap.To + shift, Held: o.leap.Held}
	if f.leap.Held && f.leap.To <= f.Sequence.Last() {
		f.Sequence.Add(f.leap.To)
		f.leap.Held = false
	}
	if f.Series != nil && o.Series != nil {
		f.Series.join(o.Series, shift, f.Packets)
	}
}

// Move is a change of the address or port from which the packets of a flow come.
type Move struct {
	Frame, Nanos int64
	From, To     netip.AddrPort
}

// Turn is the first packet of an SA that goes to another destination.
type Turn struct {
	Frame int64
	Dst   netip.Addr
}

// maxMoves bounds the changes that are kept of one flow.
const maxMoves = 8

func (f *Flow) moved(p *decode.Packet, frame, nanos int64) {
	to := netip.AddrPortFrom(p.Src, p.SrcPort)
	if len(f.Moves) < maxMoves {
		f.Moves = append(f.Moves, Move{frame, nanos, netip.AddrPortFrom(f.from, f.fromPort), to})
	}
	f.from, f.fromPort = p.Src, p.SrcPort
}
