package report

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/ikestate"
)

// tunnel is everything that two peers did: their conversations, the SAs that
// came of them, and IPsec packets whose SA is not known.
type tunnel struct {
	a, b          netip.Addr // a began the first conversation, or sent the first packet
	conversations []*ikestate.Conversation
	sas           []*analysis.SA
	bySA          map[saIdentity][]*analysis.SA // those of sas, more than one where a capture has them twice
	unknown       []*analysis.Flow
	findings      []diagnose.Finding
	first         int64 // frame number
}

// pair is two addresses in either order.
type pair struct{ low, high netip.Addr }

func pairOf(a, b netip.Addr) pair {
	if b.Less(a) {
		a, b = b, a
	}
	return pair{a, b}
}

// layout sorts a result by tunnel.
type layout struct {
	ids     identifiers
	tunnels []*tunnel
	general []diagnose.Finding // of the capture or the input
	shared  []diagnose.Finding // that speak for several tunnels; these have their own
	byPair  map[pair]*tunnel
	byID    map[string]*tunnel
}

func arrange(r *analysis.Result) *layout {
	l := &layout{ids: identify(r), byPair: map[pair]*tunnel{}, byID: map[string]*tunnel{}}
	for _, c := range r.Conversations {
		t := l.tunnel(c.Initiator.Addr(), c.Responder.Addr(), firstFrame(c))
		t.conversations = append(t.conversations, c)
		l.byID[l.ids.conversation[c]] = t
	}
	for _, s := range r.SAs {
		t, id := l.holder(s), identityOf(s.IPsecSA)
		t.sas = append(t.sas, s)
		t.bySA[id] = append(t.bySA[id], s)
		l.byID[l.ids.sa[s]] = t
	}
	for _, f := range r.Unknown {
		t := l.tunnel(f.Src, f.Key.Dst, f.First)
		t.unknown = append(t.unknown, f)
	}
	for i := range r.Findings {
		l.assign(&r.Findings[i])
	}
	slices.SortStableFunc(l.tunnels, func(a, b *tunnel) int { return cmp.Compare(a.first, b.first) })
	for _, t := range l.tunnels {
		slices.SortStableFunc(t.findings, byWeight)
	}
	return l
}

// byWeight sorts findings: errors first, and of one severity first what the capture
// lacks, which explains others.
func byWeight(a, b diagnose.Finding) int {
	capture := func(f diagnose.Finding) int {
		if strings.HasPrefix(string(f.Code), "capture-") {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(capture(b), capture(a)))
}

// assign gives a finding to its tunnel. Of one that speaks for several, each gets
// its own.
func (l *layout) assign(f *diagnose.Finding) {
	t := l.of(f)
	for i := range f.Alike {
		if l.of(&f.Alike[i]) == t {
			continue
		}
		l.shared = append(l.shared, *f)
		for i := range f.Alike {
			l.assign(&f.Alike[i])
		}
		return
	}
	if t != nil {
		t.findings = append(t.findings, *f)
	} else {
		l.general = append(l.general, *f)
	}
}

// of is the tunnel that a finding is about, nil for none.
func (l *layout) of(f *diagnose.Finding) *tunnel {
	if t := l.byID[f.SA]; t != nil {
		return t
	}
	return l.byPair[pair{f.Peers[0], f.Peers[1]}]
}

func firstFrame(c *ikestate.Conversation) int64 {
	if len(c.Messages) == 0 {
		return 0
	}
	return c.Messages[0].Frame
}

// holder is the tunnel of an SA: that of its conversation, since NAT may have changed
// the addresses of its packets.
func (l *layout) holder(s *analysis.SA) *tunnel {
	if t := l.byID[l.ids.conversation[s.Conversation]]; s.Conversation != nil && t != nil {
		return t
	}
	first := int64(0)
	if s.Flow != nil {
		first = s.Flow.First
	}
	return l.tunnel(s.Src, s.Dst, first)
}

func (l *layout) tunnel(a, b netip.Addr, first int64) *tunnel {
	k := pairOf(a, b)
	t := l.byPair[k]
	if t == nil {
		t = &tunnel{a: a, b: b, first: first, bySA: map[saIdentity][]*analysis.SA{}}
		l.byPair[k] = t
		l.tunnels = append(l.tunnels, t)
	}
	t.first = min(t.first, first)
	return t
}

// rated returns the findings of a severity.
func (t *tunnel) rated(s diagnose.Severity) (fs []diagnose.Finding) {
	for _, f := range t.findings {
		if f.Severity == s {
			fs = append(fs, f)
		}
	}
	return fs
}

// traffic sums the packets of all SAs, known or not.
type traffic struct {
	packets int64
	opened  analysis.Totals
	from    map[netip.Addr]bool
}

func (t *tunnel) traffic() traffic {
	sum := traffic{from: map[netip.Addr]bool{}}
	open := slices.ContainsFunc(t.sas, func(s *analysis.SA) bool { return s.Flow != nil && !s.Flow.Inside() })
	for _, s := range t.sas {
		if open && s.Flow != nil && s.Flow.Inside() { // counted with what they stand in
			sum.opened.ICVFailed += s.Opened.ICVFailed
			sum.opened.Damaged += s.Opened.Damaged
			continue
		}
		if s.Flow != nil {
			sum.packets += s.Flow.Packets
			sum.from[s.Flow.Src] = true
		}
		sum.opened.Add(s.Opened)
	}
	for _, f := range t.unknown {
		sum.packets += f.Packets
		sum.from[f.Src] = true
		sum.opened.NoKey += f.Packets
	}
	return sum
}

// directions says whether packets of both peers are in the capture.
func (t traffic) directions() string {
	if len(t.from) > 1 {
		return "both directions"
	}
	return "one direction only"
}
