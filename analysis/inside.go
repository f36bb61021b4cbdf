package analysis

import (
	"cmp"
	"maps"
	"math"
	"net/netip"
	"slices"
)

// nested is a packet of an SA that was found inside another one.
type nested struct {
	sa    *SA     // nil: its keys are not known
	key   FlowKey // where its keys are not known
	src   netip.Addr
	frame int64
	nanos int64
	seq   uint32
	high  uint32 // half of an extended sequence number
	bytes int
}

// flow is the flow of a packet.
func (n *nested) flow() *Flow {
	return &Flow{Key: n.key, inside: true, Src: n.src, First: n.frame, FirstNanos: n.nanos, FirstSeq: n.seq, startHigh: n.high}
}

// insides are the packets that were found inside others, by their SAs. They are
// added to what the capture has of these SAs in the open when nothing is collected
// any more.
type insides struct {
	flows   map[*SA]*Flow
	unkeyed map[FlowKey]*Flow // of SAs whose keys were not known
}

// maxUnkeyed bounds the SAs without keys that are kept in mind.
const maxUnkeyed = 1 << 14

func newInsides() insides { return insides{map[*SA]*Flow{}, map[FlowKey]*Flow{}} }

// add takes what a job found. Jobs come in capture order.
func (in *insides) add(j *job) {
	for i := range j.nested {
		if n := &j.nested[i]; n.sa != nil {
			n.key, n.src = keyOfSA(n.sa.IPsecSA), n.sa.Src
			count(in.flows, n.sa, n)
		} else if in.unkeyed[n.key] != nil || len(in.unkeyed) < maxUnkeyed {
			count(in.unkeyed, n.key, n)
		}
	}
}

// count adds a packet to its flow.
func count[K comparable](flows map[K]*Flow, k K, n *nested) {
	f := flows[k]
	if f == nil {
		f = n.flow()
		flows[k] = f
	} else if f.Packets == 1 {
		f.plot()
	}
	f.add(n.seq, n.bytes, n.frame, n.nanos)
}

// settle gives SAs their packets. Where some stand in the open too, as on a gateway,
// or in front of the SA's keys, the sequence numbers of those count.
func (c *crew) settle() {
	for s, f := range c.inside.flows {
		s.join(f)
	}
	for k, f := range c.inside.unkeyed {
		if o := c.table.find(k, math.MaxInt64); o != nil {
			o.owner.join(f)
			c.total.of(o.owner).NoKey += f.Packets
			delete(c.inside.unkeyed, k)
		}
	}
}

// join adds packets that stand inside others to those of the SA.
func (s *SA) join(f *Flow) {
	if s.Flow == nil {
		s.Flow = f
		return
	}
	s.Flow.Packets += f.Packets
	s.Flow.Bytes += f.Bytes
}

// missed reports whether keys of an SA became known after a packet of it.
func (in *insides) missed(t *table) bool {
	for k := range in.unkeyed {
		if o := t.find(k, math.MaxInt64); o != nil && o.sa != nil {
			return true
		}
	}
	return false
}

// unknown returns the flows of which no SA is known, in the order of their first
// packets.
func (in *insides) unknown() []*Flow {
	return slices.SortedFunc(maps.Values(in.unkeyed), (*Flow).before)
}

// before compares flows by their first packets; one packet may be of several, which
// stand inside one another.
func (f *Flow) before(o *Flow) int {
	return cmp.Or(cmp.Compare(f.First, o.First), cmp.Compare(f.Key.SPI, o.Key.SPI),
		cmp.Compare(f.Key.Protocol, o.Key.Protocol), f.Key.Dst.Compare(o.Key.Dst))
}
