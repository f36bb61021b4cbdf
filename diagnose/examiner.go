package diagnose

import (
	"cmp"
	"net/netip"
	"slices"

	"ikescope/ikestate"
)

// Diagnose says what is worth telling of a case: what failed, what works but
// should not stay so, and what the reader should know of the capture. Findings
// come by severity, then by their first packet.
func Diagnose(c Case) []Finding {
	x := newExaminer(c)
	for _, look := range looks {
		look(x)
	}
	return x.findings()
}

// looks are the families of findings, in the order of the protocol.
var looks = []func(*examiner){
	(*examiner).phase1,
	(*examiner).xauth,
	(*examiner).aggressive,
	(*examiner).phase2,
	(*examiner).v2,
	(*examiner).deletes,
	(*examiner).rekeys,
	(*examiner).lifetimes,
	(*examiner).deadPeers,
	(*examiner).retransmissions,
	(*examiner).unknownSPIs,
	(*examiner).traffic,
	(*examiner).nat,
	(*examiner).path,
	(*examiner).capture,
	(*examiner).messages,
	(*examiner).audit,
}

// examiner holds a case with its indexes, and the findings so far.
type examiner struct {
	Case
	views   []*view
	v2s     []*view // of version 2
	v2Pairs map[peers][]*view
	byConv  map[*ikestate.Conversation]*view
	byPair  map[peers][]*view
	index   map[*SA]int
	doubled bool  // every packet stands in the capture twice
	end     int64 // time of the last packet of the capture

	wanted map[wish]*quick // cache of examiner.wish
	spokes map[peers]bool  // cache of examiner.otherVersion

	worked  map[success]*ikestate.Message // cache of examiner.successes
	flows   *flowIndex                    // cache of examiner.flowsByDirection
	publics map[publicKey][]byte          // cache of examiner.public

	drafts     []*draft
	bySameness map[sameness]*draft
}

// view is a conversation as a diagnosis sees it.
type view struct {
	*ikestate.Conversation
	id      string
	between peers
	sas     []*SA
	info    []*ikestate.Message // of Informational exchanges, in capture order
	quicks  []*quick
	last    int64 // time of its last message, retransmissions included
}

func newExaminer(c Case) *examiner {
	x := &examiner{
		Case: c, byConv: map[*ikestate.Conversation]*view{}, byPair: map[peers][]*view{},
		index: map[*SA]int{}, bySameness: map[sameness]*draft{}, publics: map[publicKey][]byte{}, wanted: map[wish]*quick{},
	}
	for _, f := range c.Captures {
		x.end = max(x.end, f.Last)
	}
	x.v2Pairs = map[peers][]*view{}
	version2 := map[*ikestate.Conversation]*view{}
	x.doubled = isDoubled(c)
	for i, conv := range c.Conversations {
		if conv.Phase1 == nil || len(conv.Messages) == 0 {
			continue
		}
		v := newView(conv, ISAKMPID(i))
		if conv.IKEv2 != nil {
			x.v2s = append(x.v2s, v)
			x.v2Pairs[v.between] = append(x.v2Pairs[v.between], v)
			version2[conv] = v
			x.end = max(x.end, v.last)
			continue
		}
		if conv.Version() != 1 {
			continue
		}
		v.quicks = v.quickModes()
		x.views = append(x.views, v)
		x.byConv[conv] = v
		x.byPair[v.between] = append(x.byPair[v.between], v)
		x.end = max(x.end, v.last)
	}
	for i := range c.SAs {
		x.index[&c.SAs[i]] = i
		if v := x.byConv[c.SAs[i].Conversation]; v != nil {
			v.sas = append(v.sas, &c.SAs[i])
		}
		if v := version2[c.SAs[i].Conversation]; v != nil {
			v.sas = append(v.sas, &c.SAs[i])
		}
	}
	return x
}

func newView(c *ikestate.Conversation, id string) *view {
	v := &view{Conversation: c, id: id, between: peersOf(c.Initiator.Addr(), c.Responder.Addr())}
	for _, m := range c.Messages {
		v.last = max(v.last, lastTime(m))
		if isInformational(m) {
			v.info = append(v.info, m)
		}
	}
	slices.SortStableFunc(v.info, func(a, b *ikestate.Message) int { return cmp.Compare(a.Frame, b.Frame) })
	return v
}

func lastTime(m *ikestate.Message) int64 {
	t := m.Nanos
	for _, r := range m.Repeats {
		t = max(t, r.Nanos)
	}
	return t
}

// side returns the address of a conversation's initiator or responder.
func (v *view) side(s ikestate.Speaker) netip.Addr {
	if s == ikestate.Initiator {
		return v.Initiator.Addr()
	}
	return v.Responder.Addr()
}

// speaker says who sent a message.
func speaker(m *ikestate.Message) ikestate.Speaker {
	if m.FromInitiator {
		return ikestate.Initiator
	}
	return ikestate.Responder
}

func other(s ikestate.Speaker) ikestate.Speaker { return 1 - s }

// saID is the name of an SA of the case.
func (x *examiner) saID(s *SA) string { return IPsecID(x.index[s]) }

// conversationID is the name of the first conversation of two peers, "" if they
// have none.
func (x *examiner) conversationID(p peers) string {
	if vs := x.byPair[p]; len(vs) > 0 {
		return vs[0].id
	}
	return ""
}
