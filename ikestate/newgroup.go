package ikestate

import (
	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// NewGroup is an exchange that agrees on a Diffie-Hellman group of the peers' own,
// for later Quick Modes (RFC 2409, section 5.6):
//
//	HDR*, HASH(1), SA  -->
//	                   <--  HDR*, HASH(2), SA
//
// The initiator describes groups under numbers of the private range, the
// responder repeats the proposal that it accepts.
type NewGroup struct {
	Flights [2]*Message
	Offered []Proposal
	Chosen  []Proposal
	State   State
}

// readNewGroups learns the groups that the peers agreed on. It needs the
// exchanges opened.
func (c *Conversation) readNewGroups() {
	c.groups = nil
	for _, x := range c.Exchanges {
		if x.Type != isakmp.ExchangeNewGroup {
			continue
		}
		g := &NewGroup{}
		x.NewGroup = g
		for _, m := range x.Messages {
			if s := speaker(m.Src != x.Messages[0].Src); g.Flights[1-s] == nil && m.Decrypted {
				g.Flights[1-s], m.Position = m, int(2-s)
			}
		}
		g.Offered, g.Chosen = proposalsOf(g.Flights[0]), proposalsOf(g.Flights[1])
		if len(g.Chosen) > 0 {
			g.State = Established
		}
		for _, p := range g.Chosen {
			c.learnGroup(p.Attributes)
		}
	}
}

func (c *Conversation) learnGroup(a isakmp.Phase1Attributes) {
	own := ownGroup(a)
	if own.IsZero() {
		return
	}
	if c.groups == nil {
		c.groups = map[uint16]suite.Group{}
	}
	c.groups[a.Group] = own
}

// ownGroup builds the group that attributes describe; only MODP groups can be
// computed (RFC 2409, appendix A, attributes 5 to 10).
func ownGroup(a isakmp.Phase1Attributes) suite.Group {
	if len(a.Prime) == 0 || a.GroupType != isakmp.GroupMODP && a.GroupType != 0 {
		return suite.Group{}
	}
	g, _ := suite.MODPGroup(a.Prime, a.GeneratorOne)
	return g
}

// groupByID finds a group among those that the peers agreed on, then among those
// of the registry.
func (c *Conversation) groupByID(id uint16) suite.Group {
	if g, ok := c.groups[id]; ok {
		return g
	}
	g, _ := suite.GroupByID(id)
	return g
}
