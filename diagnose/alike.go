package diagnose

import (
	"slices"
	"strings"
)

// Bounds on findings that say the same of different SAs: of more, one speaks for
// all.
const (
	fewAlike   = 3       // of the same two peers
	fewTunnels = 8       // of different peers
	fewQuoted  = 4       // that are quoted besides the first
	maxAlike   = 1 << 14 // that are kept; more are counted
)

// likeness is what findings share of which one can speak for all: code, severity
// and certainty, the sentence but for its names and numbers, and the peers, or
// none where these do not matter.
type likeness struct {
	code      Code
	severity  Severity
	certainty Certainty
	kind      string
	between   peers
}

// likeOf is the likeness of a draft.
func likeOf(d *draft) likeness {
	return likeness{d.Code, d.Severity, d.Certainty, d.kind, d.between}
}

// likeAnywhere is the same without the peers.
func likeAnywhere(d *draft) likeness {
	k := likeOf(d)
	k.between = peers{}
	return k
}

// gathered puts one draft in the place of the first of more than few like ones.
func gathered(ds []*draft, few int, like func(*draft) likeness) (out []*draft) {
	groups := map[likeness][]*draft{}
	for _, d := range ds {
		k := like(d)
		groups[k] = append(groups[k], d)
	}
	for _, d := range ds {
		switch g := groups[like(d)]; {
		case len(g) <= few:
			out = append(out, d)
		case g[0] == d:
			out = append(out, &draft{Finding: d.Finding, between: d.between, kind: d.kind, members: g})
		}
	}
	return out
}

// speaker is the finding that speaks for all members of a draft. It says what the
// first of them says, quotes some others and counts the rest.
func (d *draft) speaker() Finding {
	var all []Finding
	more := int64(0)
	for i, m := range d.members {
		if i == maxAlike {
			for _, rest := range d.members[i:] {
				more += rest.weight()
			}
			break
		}
		all = append(all, m.finding())
	}
	f := all[0]
	f.Alike, f.More = all, more
	others := d.weight() - d.members[0].weight()
	f.Summary += ", and " + grouped(others) + " more like it"
	f.Frames, f.Secrets = nil, nil
	for i, m := range all {
		f.More += m.More
		f.Secrets = append(f.Secrets, m.Secrets...)
		if len(f.Frames) < maxFrames {
			f.Frames = append(f.Frames, m.Frames...)
		}
		if i > 0 && i <= fewQuoted {
			f.Detail = strings.TrimPrefix(f.Detail+"\nAlso: "+m.Summary+onPackets(m.Frames)+".", "\n")
		}
	}
	if n := int64(len(d.members) - 1 - fewQuoted); n > 0 {
		f.Detail += "\nAnd " + grouped(n) + " more."
	}
	slices.Sort(f.Frames)
	f.Frames = slices.Compact(f.Frames)
	f.Frames = f.Frames[:min(len(f.Frames), maxFrames)]
	return f
}

// weight is for how many findings a draft speaks.
func (d *draft) weight() int64 {
	if d.members == nil {
		return 1
	}
	n := int64(0)
	for _, m := range d.members {
		n += m.weight()
	}
	return n
}

// onPackets names the first packet of a finding, "" where it has none.
func onPackets(frames []int64) string {
	if len(frames) == 0 {
		return ""
	}
	return " (" + packets(frames[:1]) + ")"
}
