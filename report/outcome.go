package report

import (
	"fmt"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// phase1Outcome says how far phase 1 came.
func phase1Outcome(c *ikestate.Conversation) string {
	p := c.Phase1
	if p == nil || len(p.Flights) == 0 {
		if firstOfPhase1(c) != nil {
			return "phase 1 is not whole in the capture"
		}
		return "phase 1 is not in the capture"
	}
	seen, last := 0, (*ikestate.Message)(nil)
	for _, m := range p.Flights {
		if m != nil {
			seen++
			last = m
		}
	}
	switch {
	case p.State == ikestate.Established && oneSided(c):
		return fmt.Sprintf("phase 1 completed (%d of %d messages in the capture)", seen, len(p.Flights))
	case p.State == ikestate.Established:
		return "phase 1 completed in " + apart(last.Nanos-c.Messages[0].Nanos)
	case p.State == ikestate.Failed:
		return "phase 1 failed"
	default:
		return fmt.Sprintf("phase 1 incomplete: %d of %d messages", seen, len(p.Flights))
	}
}

// ikev2Outcome says how far an IKE SA came of which no child SA is known.
func ikev2Outcome(c *ikestate.Conversation) string {
	s := fmt.Sprintf("IKEv%d, %s", c.Version(), many(int64(len(c.Messages)), "message"))
	switch c.State() {
	case ikestate.Established:
		return s + ", IKE SA established"
	case ikestate.Failed:
		return s + ", refused"
	default:
		return s
	}
}

// phase2Outcome says how far phase 2 came where no SA is known.
func phase2Outcome(c *ikestate.Conversation) string {
	if c.State() != ikestate.Established {
		return ""
	}
	modes, done, seen := 0, 0, 0
	for _, x := range c.Exchanges {
		if x.Type != isakmp.ExchangeQuick {
			continue
		}
		modes++
		seen += len(x.Messages)
		if len(x.Messages) >= 3 || x.Quick != nil && x.Quick.State == ikestate.Established {
			done++
		}
	}
	switch {
	case modes == 0:
		return ", no phase 2 in the capture"
	case oneSided(c) && seen < 3*modes:
		return ", phase 2 seen from one side only"
	case modes == 1 && done == 1:
		return ", phase 2 completed (3 messages)"
	case done == modes:
		return fmt.Sprintf(", %d Quick Modes completed", done)
	default:
		return fmt.Sprintf(", %d of %s completed", done, many(int64(modes), "Quick Mode"))
	}
}

// oneSided reports whether all messages of a conversation are one side's.
func oneSided(c *ikestate.Conversation) bool {
	return !slices.ContainsFunc(c.Messages, func(m *ikestate.Message) bool { return m.FromInitiator != c.Messages[0].FromInitiator })
}
