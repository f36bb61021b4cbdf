package report

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
)

// outcome ranks what became of a tunnel.
type outcome uint8

const (
	works outcome = iota
	failed
	doubtful // it came up, but not all is well
	closed   // it cannot be told without secrets
)

func (k ink) outcome(o outcome) string {
	return [...]string{k.good(), k.wrong(), k.caution(), k.question()}[o]
}

// verdict is the sentence about a tunnel, clause by clause. Where an error was
// found, the error is the sentence, and cause tells which it was.
func (k ink) verdict(t *tunnel) (o outcome, clauses []string, cause *diagnose.Finding) {
	clauses = []string{k.negotiation(t), esp(t)}
	if errs := t.rated(diagnose.Error); len(errs) > 0 {
		all := []string{k.long(errs[0].Summary) + "   [" + errs[0].Certainty.String() + "]"}
		if len(t.sas) > 0 {
			all = append(all, joinParts(clauses, "; "))
		}
		return failed, all, &errs[0]
	}
	return judge(t), slices.DeleteFunc(clauses, func(s string) bool { return s == "" }), nil
}

// judge ranks a tunnel about which no error was found.
func judge(t *tunnel) outcome {
	sum := t.traffic()
	switch {
	case sum.opened.ICVFailed+sum.opened.Damaged > 0:
		return doubtful
	case sum.opened.NoKey > 0, !t.readable():
		return closed
	case len(t.sas) > 0, slices.ContainsFunc(t.conversations, established) && !slices.ContainsFunc(t.conversations, stuck):
		return works
	default:
		return doubtful
	}
}

func established(c *ikestate.Conversation) bool { return c.State() == ikestate.Established }

// stuck reports whether a Quick Mode made no SA.
func stuck(c *ikestate.Conversation) bool {
	return slices.ContainsFunc(c.Exchanges, func(x *ikestate.Exchange) bool { return x.Quick != nil && len(x.Quick.SAs) == 0 })
}

// readable reports whether every exchange behind phase 1 could be decrypted.
func (t *tunnel) readable() bool {
	for _, c := range t.conversations {
		for _, m := range c.Messages {
			if m.Encrypted() && !m.Decrypted && m.Missing == 0 {
				return false
			}
		}
	}
	return true
}

// negotiation says how far IKE came.
func (k ink) negotiation(t *tunnel) string {
	if len(t.conversations) == 0 {
		return ""
	}
	last := t.conversations[len(t.conversations)-1]
	for _, c := range t.conversations {
		if len(c.IPsecSAs) > 0 {
			return k.up(t, c)
		}
	}
	if last.Version() != 1 {
		return ikev2Outcome(last)
	}
	return phase1Outcome(last) + phase2Outcome(last)
}

// up names what the tunnel carries and how long it took.
func (k ink) up(t *tunnel, c *ikestate.Conversation) string {
	first := c.IPsecSAs[0]
	what := "tunnel"
	if first.Mode == "transport" {
		what = "transport mode"
	}
	what = joinParts([]string{what, k.joins(t)}, " ")
	if first.Made == nil || len(c.Messages) == 0 || c.Phase1 == nil || c.Phase1.Flights == nil {
		return what + " up"
	}
	return what + " up after " + glued(apart(first.Made.Nanos-c.Messages[0].Nanos)) + rekeyed(t)
}

func times(n int64) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	default:
		return many(n, "time")
	}
}

// rekeyed counts the SAs that took the place of others: more than one with the
// same selectors in the same direction.
func rekeyed(t *tunnel) string {
	type way struct {
		protocol      isakmp.Protocol // the SAs of a bundle have all else in common
		src, from, to string
	}
	n, seen := int64(0), map[way]bool{}
	for _, s := range t.sas {
		w := way{s.Protocol, s.Src.String(), selector(s.SrcSelector, s.Src), selector(s.DstSelector, s.Dst)}
		if seen[w] && s.Src == t.a && s.Conversation != nil {
			n++
		}
		seen[w] = true
	}
	if n == 0 {
		return ""
	}
	return ", rekeyed " + times(n)
}

// joins lists the pairs of selectors, the initiator's first.
func (k ink) joins(t *tunnel) string {
	const most = 3
	var pairs []string
	seen := map[string]bool{}
	for _, s := range t.sas {
		if s.Conversation == nil || s.SelectorsCut || s.Src != t.a && len(t.sas) > 1 {
			continue
		}
		p := selector(s.SrcSelector, s.Src) + " " + k.both + " " + selector(s.DstSelector, s.Dst)
		if !seen[p] && len(seen) < most {
			pairs = append(pairs, k.text(p))
		}
		seen[p] = true
	}
	s := strings.Join(pairs, ", ")
	if n := len(seen) - most; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// esp says what became of the IPsec packets.
func esp(t *tunnel) string {
	sum := t.traffic()
	switch {
	case sum.packets == 0 && len(t.sas) > 0:
		return "no " + packetName(t) + "s in the capture"
	case sum.packets == 0:
		return ""
	}
	name := packetName(t)
	o := sum.opened
	if !o.Any() {
		return many(sum.packets, name) + ", " + sum.directions()
	}
	s := fmt.Sprintf("%s of %s %s", count(o.Decrypted+o.Unverified), many(sum.packets, name), done(t))
	for _, more := range []struct {
		n    int64
		what string
	}{
		{o.Unverified, "without an ICV to check"}, {o.ICVFailed, "with a wrong ICV"},
		{o.Damaged, "damaged or cut"}, {o.NoKey, "without a key"},
	} {
		if more.n > 0 {
			s += fmt.Sprintf(", %s %s", count(more.n), more.what)
		}
	}
	return s
}

// packetName is what the packets of a tunnel are called.
func packetName(t *tunnel) string {
	var names []string
	for _, s := range t.sas {
		if s.Protocol != isakmp.ProtocolIPComp {
			names = appendNew(names, s.Protocol.Title())
		}
	}
	for _, f := range t.unknown {
		names = appendNew(names, protocolTitle(f.Key.Protocol))
	}
	if len(names) == 1 {
		return names[0] + " packet"
	}
	return "IPsec packet"
}

// plain reports whether all packets that were read are those of SAs with NULL
// encryption, as their packets show.
func plain(t *tunnel) bool {
	opened := func(s *analysis.SA) bool { return s.Opened.Any() }
	return slices.ContainsFunc(t.sas, opened) &&
		!slices.ContainsFunc(t.sas, func(s *analysis.SA) bool { return opened(s) && !s.NullDetected })
}

// done is what was done with packets: AH encrypts nothing, and some SAs have no
// ICV to verify.
func done(t *tunnel) string {
	encrypted := slices.ContainsFunc(t.sas, func(s *analysis.SA) bool { return s.Protocol == isakmp.ProtocolESP })
	switch {
	case !encrypted:
		return "verified"
	case plain(t):
		return "read without a key (NULL encryption)"
	case t.traffic().opened.Unverified > 0:
		return "decrypted"
	default:
		return "decrypted and verified"
	}
}
