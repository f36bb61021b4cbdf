package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// policy compares a refused Quick Mode with one in which the refusing side showed
// what it wants: it began that one itself, or accepted it.
type policy struct {
	refuser string
	other   *quick
	began   bool // the refuser began it, so that proposals and selectors are its own
	code    Code // of what is the only difference, "" if there are several or none
	lines   []string
}

// proves reports whether exactly one thing differs.
func (p policy) proves() bool { return p.code != "" && p.began }

// tell writes the comparison.
func (p policy) tell(d *draft) {
	for _, l := range p.lines {
		d.line("%s", l)
	}
	if p.other != nil {
		d.on(framesOf(p.other.msg)...)
		if p.began && p.other.refusal != nil {
			d.same = "both sides were refused"
		}
	}
}

// compare looks for what the refusing side wants.
func (x *examiner) compare(q *quick) policy {
	side := q.side(speaker(q.refusal.Message))
	p := policy{refuser: side.String(), other: x.wish(wish{q.between, side})}
	if p.other != nil {
		p.began = p.other.began() == side
		p.differ(q)
	}
	return p
}

// wish asks what a side of two peers wants in phase 2.
type wish struct {
	between peers
	side    netip.Addr
}

// wish finds the first readable Quick Mode that the side began, else one that it
// accepted.
func (x *examiner) wish(w wish) (best *quick) {
	if q, ok := x.wanted[w]; ok {
		return q
	}
	for _, v := range x.byPair[w.between] {
		for _, o := range v.quicks {
			switch {
			case o.msg == nil || !o.msg.Decrypted || len(o.Offered) == 0:
			case o.began() == w.side:
				x.wanted[w] = o
				return o
			case best == nil && o.Flights[1] != nil && len(o.Chosen) > 0:
				best = o
			}
		}
	}
	x.wanted[w] = best
	return best
}

// differ finds out what the two Quick Modes have not in common.
func (p *policy) differ(q *quick) {
	var codes []Code
	o := p.other
	want, verb := o.Offered, "proposed"
	if !p.began {
		want, verb = o.Chosen, "accepted"
	}
	p.lines = append(p.lines, fmt.Sprintf("%s: %s itself %s %s.", capital(packets(framesOf(o.msg)[:1])), p.refuser, verb, transforms(want)+selectors(o.IDci, o.IDcr)))
	if a, b := algorithms(q.Offered, false), algorithms(want, false); !intersect(a, b) {
		codes = append(codes, Phase2NoProposalChosen)
		p.lines = append(p.lines, "Algorithms differ: "+strings.Join(a, " | ")+" against "+strings.Join(b, " | ")+".")
	} else if a, b := modes(q.Offered), modes(want); !intersect(a, b) {
		codes = append(codes, Phase2NoProposalChosen)
		p.lines = append(p.lines, "The mode differs: "+strings.Join(a, " | ")+" against "+strings.Join(b, " | ")+".")
	}
	if a, b := groups(q.Offered), groups(want); !intersect(a, b) {
		codes = append(codes, PFSMismatch)
		p.lines = append(p.lines, "PFS differs: "+strings.Join(a, " | ")+" against "+strings.Join(b, " | ")+".")
	}
	if p.began {
		if r := relate(q, o); r != mirrored {
			codes = append(codes, SelectorMismatch)
			p.lines = append(p.lines, "Selectors differ: "+r.String()+".")
		}
	}
	if len(codes) == 1 {
		p.code = codes[0]
	}
}

func intersect(as, bs []string) bool {
	for _, a := range as {
		for _, b := range bs {
			if a == b {
				return true
			}
		}
	}
	return false
}

// algorithms lists what proposals ask for besides PFS and lifetimes, with their
// modes or without.
func algorithms(ps []isakmp.Proposal, mode bool) (all []string) {
	for _, p := range ps {
		for _, t := range p.Transforms[:min(len(p.Transforms), maxCompared)] {
			s := p.Protocol.Title() + ", " + t.Title(p.Protocol)
			if mode {
				s = transform(p.Protocol, t)
			}
			all = append(all, s)
		}
	}
	return all
}

// modes lists the modes that proposals ask for. One that names none leaves it to
// its receiver (RFC 2407, section 4.5).
func modes(ps []isakmp.Proposal) (all []string) {
	for _, p := range ps {
		for _, t := range p.Transforms[:min(len(p.Transforms), maxCompared)] {
			e := t.IPsec().Encapsulation
			for name, is := range map[string]bool{"tunnel": e == 0 || e.IsTunnel(), "transport": e == 0 || !e.IsTunnel()} {
				if is && !intersect(all, []string{name}) {
					all = append(all, name)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

// groups lists the PFS groups that proposals ask for, "none" where none is.
func groups(ps []isakmp.Proposal) (all []string) {
	for _, p := range ps {
		for _, t := range p.Transforms[:min(len(p.Transforms), maxCompared)] {
			name := "none"
			if id := t.IPsec().Group; id != 0 {
				name = suite.Title(suite.GroupName(id))
			}
			if !intersect(all, []string{name}) {
				all = append(all, name)
			}
		}
	}
	return all
}

// transform writes one transform of phase 2: "ESP tunnel, AES-CBC-128 + HMAC-SHA1-96".
func transform(p isakmp.Protocol, t isakmp.Transform) string {
	s := p.Title()
	if e := t.IPsec().Encapsulation; e != 0 {
		s += " " + e.Title()
	}
	return s + ", " + t.Title(p)
}

// transforms writes proposals of phase 2, with their PFS groups.
func transforms(ps []isakmp.Proposal) string {
	all := algorithms(ps, true)
	s := strings.Join(all[:min(len(all), maxOffered)], " | ")
	if n := len(all) - maxOffered; n > 0 {
		s += fmt.Sprintf(" | and %d more", n)
	}
	if len(all) == 0 {
		return "nothing that could be read"
	}
	if g := strings.Join(groups(ps), " | "); g != "none" {
		return s + ", PFS " + g
	}
	return s + ", no PFS"
}

// selectors writes the two selectors of a Quick Mode.
func selectors(ci, cr *isakmp.ID) string {
	if ci == nil || cr == nil {
		return ""
	}
	return ", for " + selector(ci) + " to " + selector(cr)
}

// selector writes a selector with its protocol and port where it has them.
func selector(id *isakmp.ID) string {
	if id == nil {
		return "its own address"
	}
	s := quoted(id.String())
	if id.Protocol != 0 {
		s += fmt.Sprintf(" protocol %d", id.Protocol)
	}
	if id.Port != 0 {
		s += fmt.Sprintf(" port %d", id.Port)
	}
	return s
}

// groupRefused tells of a PFS group that the peer does not accept.
func (x *examiner) groupRefused(q *quick, p policy) {
	refuser, refused := q.side(speaker(q.refusal.Message)), q.side(other(speaker(q.refusal.Message)))
	d := q.begin(PFSMismatch, Proved).
		says("%sphase 2 refused: %s and %s do not agree on the group for PFS", q.up(), refuser, refused)
	q.proposed(d, transforms(q.Offered)+selectors(q.IDci, q.IDcr))
	q.refused(d)
	p.tell(d)
	x.failQuick(q, d)
}

// suspectGroup names PFS as a possible reason of a refusal that gave none: peers
// say NO-PROPOSAL-CHOSEN for it as well.
func (x *examiner) suspectGroup(q *quick, p policy) {
	if p.other != nil || q.refusal.Type != isakmp.NotifyNoProposalChosen || q.Flights[0] == nil || len(q.Offered) == 0 {
		return
	}
	d := q.begin(PFSMismatch, Probable)
	if g := strings.Join(groups(q.Offered), " | "); g != "none" {
		d.as(Warning).says("the refusal of %s may be about PFS: %s asks for %s", p.refuser, q.began(), g).
			line("A peer that has no PFS or another group answers NO-PROPOSAL-CHOSEN too.")
	} else {
		d.as(Notice).says("the refusal of %s may be about PFS: %s asks for none", p.refuser, q.began()).
			line("A peer that insists on PFS answers NO-PROPOSAL-CHOSEN too.")
	}
	x.failQuick(q, d)
}

// chosenGroupDiffers reports whether the responder answered with another PFS
// group, or none, than was asked for.
func chosenGroupDiffers(q *ikestate.QuickMode) bool {
	return len(q.Offered) > 0 && len(q.Chosen) > 0 && !intersect(groups(q.Offered), groups(q.Chosen))
}
