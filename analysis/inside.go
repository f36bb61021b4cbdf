package analysis

import "math"

// nested is a packet of an SA that was found inside another one.
type nested struct {
	sa    *SA
	frame int64
	nanos int64
	seq   uint32
	bytes int
}

// insides are the packets that were found inside others, by their SAs. They are
// added to what the capture has of these SAs in the open when nothing is collected
// any more.
type insides struct {
	flows   map[*SA]*Flow
	unkeyed map[FlowKey]bool // of SAs whose keys were not known
}

// maxUnkeyed bounds the SAs without keys that are kept in mind.
const maxUnkeyed = 1 << 14

func newInsides() insides { return insides{map[*SA]*Flow{}, map[FlowKey]bool{}} }

// add takes what a job found. Jobs come in capture order.
func (in *insides) add(j *job) {
	for i := range j.nested {
		in.count(&j.nested[i])
	}
	for _, k := range j.unkeyed {
		if len(in.unkeyed) < maxUnkeyed {
			in.unkeyed[k] = true
		}
	}
}

func (in *insides) count(n *nested) {
	f := in.flows[n.sa]
	if f == nil {
		f = &Flow{Key: keyOfSA(n.sa.IPsecSA), inside: true, Src: n.sa.Src, First: n.frame, FirstNanos: n.nanos, FirstSeq: n.seq}
		in.flows[n.sa] = f
	} else if f.Packets == 1 {
		f.plot()
	}
	f.add(n.seq, n.bytes, n.frame, n.nanos)
}

// settle gives SAs their packets. Where some stand in the open too, as on a gateway,
// the sequence numbers of those count.
func (in *insides) settle() {
	for s, f := range in.flows {
		if s.Flow == nil {
			s.Flow = f
			continue
		}
		s.Flow.Packets += f.Packets
		s.Flow.Bytes += f.Bytes
	}
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
