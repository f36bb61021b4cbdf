package html

import (
	"cmp"
	"fmt"
	"slices"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/report"
)

// timelineWidth is the width of a lane in units of its drawing, which stretches.
const timelineWidth = 1000.0

// timeline shows the lives of SAs from the first to the last moment of a tunnel.
type timeline struct {
	Lanes   []lane
	Ticks   []string
	Start   string
	Omitted int
}

// lane is one SA.
type lane struct {
	Name, Note   string
	Kind         string // "ike", "ab", "ba"
	Life         span   // from its negotiation to its end
	Traffic      *span  // from the first to the last packet
	Overlap      *span  // with the SA that took its place
	Ended        bool   // by a Delete
	EndX, StartX float64
	Title        string
	start, end   int64
	first, last  int64 // packets; 0: none
	way          string
	overlapFrom  int64
}

// span is a stretch of a lane.
type span struct{ X, W float64 }

func (b *builder) timeline(a *report.TunnelAccount) *timeline {
	var lanes []lane
	for _, c := range a.Conversations {
		if c.State() == ikestate.Established || len(c.IPsecSAs) > 0 {
			lanes = append(lanes, b.ikeLane(c))
		}
	}
	for _, s := range a.SAs {
		if l, ok := b.saLane(a, s); ok {
			lanes = append(lanes, l)
		}
	}
	for _, f := range a.Unknown {
		lanes = append(lanes, lane{
			Name: b.FlowName(f), Kind: direction(f.Src == a.A), Note: b.Many(f.Packets, "packet"),
			start: f.FirstNanos, end: f.LastNanos, first: f.FirstNanos, last: f.LastNanos,
		})
	}
	if len(lanes) == 0 {
		return nil
	}
	t := &timeline{Omitted: max(0, len(lanes)-maxLanes)}
	lanes = lanes[:min(len(lanes), maxLanes)]
	overlaps(lanes)
	t.Lanes = lanes
	b.left.omit("%s more SAs in the time lines", t.Omitted)
	from := slices.MinFunc(lanes, func(a, b lane) int { return cmp.Compare(a.start, b.start) }).start
	to := slices.MaxFunc(lanes, func(a, b lane) int { return cmp.Compare(a.end, b.end) }).end
	t.scale(b, from, max(to-from, 1))
	return t
}

// ikeLane is the life of an ISAKMP SA.
func (b *builder) ikeLane(c *ikestate.Conversation) lane {
	ms := c.Messages
	l := lane{Name: "ISAKMP SA " + c.CookieI.String()[:8], Note: b.Many(int64(len(ms)), "message"), Kind: "ike", start: ms[0].Nanos, end: ms[len(ms)-1].Nanos}
	if c.Version() == 2 {
		l.Name = "IKE SA " + c.CookieI.String()[:8]
	}
	for _, d := range c.Deletes {
		if d.Protocol == isakmp.ProtocolISAKMP {
			l.end, l.Ended = d.Message.Nanos, true
		}
	}
	return l
}

// saLane is the life of an IPsec SA; ok is false where no time is known.
func (b *builder) saLane(a *report.TunnelAccount, s *analysis.SA) (l lane, ok bool) {
	l = lane{Name: b.SAName(s), Kind: direction(s.Src == a.A), Note: "no packet", way: s.Src.String() + b.Selectors(s) + s.Protocol.String()}
	if f := s.Flow; f != nil {
		l.first, l.last = f.FirstNanos, f.LastNanos
		l.start, l.end, l.Note = f.FirstNanos, f.LastNanos, b.Many(f.Packets, "packet")
	}
	if s.Made != nil {
		l.start = s.Made.Nanos
		if l.first != 0 {
			l.start = min(l.start, l.first)
		}
		l.end = max(l.end, l.start)
	}
	if s.Deleted != nil {
		l.end, l.Ended = max(l.end, s.Deleted.Nanos), true
	}
	return l, l.start != 0
}

// overlaps finds out from when on an SA shared its traffic with a successor.
func overlaps(lanes []lane) {
	for i := range lanes {
		for j := range lanes {
			a, b := &lanes[i], &lanes[j]
			later := b.start > a.start || b.start == a.start && j > i
			if a.way != "" && a.way == b.way && later && b.start < a.end && (a.overlapFrom == 0 || b.start < a.overlapFrom) {
				a.overlapFrom = b.start
			}
		}
	}
}

// ticks is how many times stand below a time line.
const ticks = 5

// scale gives everything its place between two moments.
func (t *timeline) scale(b *builder, from, length int64) {
	x := func(nanos int64) float64 {
		return round(float64(nanos-from) / float64(length) * timelineWidth)
	}
	between := func(from, to int64) span {
		const least = 2.0 // units that are still seen
		w := max(x(to)-x(from), least)
		return span{min(x(from), timelineWidth-w), round(w)}
	}
	for i := range t.Lanes {
		l := &t.Lanes[i]
		l.Life, l.StartX, l.EndX = between(l.start, l.end), x(l.start), x(l.end)
		l.Title = fmt.Sprintf("%s, %s: from %s to %s", l.Name, l.Note, b.Apart(l.start-from), b.Apart(l.end-from))
		if l.Ended {
			l.Title += ", deleted"
		} else {
			l.Title += ", no end seen"
		}
		if l.first != 0 {
			s := between(l.first, l.last)
			l.Traffic = &s
		}
		if l.overlapFrom != 0 {
			s := between(l.overlapFrom, l.end)
			l.Overlap = &s
			l.Title += ", overlaps its successor for " + b.Apart(l.end-l.overlapFrom)
			l.Note += ", overlap " + b.Apart(l.end-l.overlapFrom)
		}
	}
	t.Start = b.Instant(from)
	for i := range int64(ticks) {
		t.Ticks = append(t.Ticks, b.Apart(length/(ticks-1)*i))
	}
}
