package ikestate

import "ikescope/decode/isakmp"

// Probe is a question of dead peer detection (RFC 3706): whether the peer is there.
type Probe struct {
	By       Speaker
	Sequence uint32
	Asked    *Message // R-U-THERE
	Answer   *Message // R-U-THERE-ACK with the same number, nil: none in the capture
}

// Probes pairs the questions of dead peer detection with their answers by sequence
// number, in capture order. A question that is asked again, in a message of its
// own, has the same number, and one answer serves all of them that came before it.
func (c *Conversation) Probes() (all []Probe) {
	for _, n := range c.Notices {
		seq, ok := n.Sequence()
		if !ok || n.Message.Header.Major != 1 {
			continue
		}
		by := speaker(n.Message.FromInitiator)
		if n.Type == isakmp.NotifyRUThere {
			all = append(all, Probe{By: by, Sequence: seq, Asked: n.Message})
			continue
		}
		for i := range all {
			if p := &all[i]; p.Answer == nil && p.Sequence == seq && p.By != by {
				p.Answer = n.Message
			}
		}
	}
	return all
}

// Said returns the notifications of a type: who announced its initial contact
// (RFC 2407, section 4.6.3.3), what lifetime a responder chose (4.6.3.1), that an
// exchange is CONNECTED (RFC 2408, section 3.1).
func (c *Conversation) Said(t isakmp.NotifyType) (ns []Notice) {
	for _, n := range c.Notices {
		if n.Type == t {
			ns = append(ns, n)
		}
	}
	return ns
}
