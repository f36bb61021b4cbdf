package ikestate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// takeFragment gives a fragment to its conversation and adds what it completes.
func (e *Engine) takeFragment(c *Conversation, q *piece) {
	before := c.fragments.octets
	for _, r := range c.fragments.add(c, q) {
		e.addJoined(c, r.m)
	}
	e.waiting += c.fragments.octets - before
	if before == 0 && c.fragments.octets > 0 {
		e.fragmented = append(e.fragmented, c)
	}
	e.boundFragments(c)
}

// addJoined adds a joined message, unless the same came whole before.
func (e *Engine) addJoined(c *Conversation, m *Message) {
	sum := e.digest(m.Raw)
	if first := c.seen[sum]; first != nil && first != m && first.sameAs(Datagram{Src: m.Src, Dst: m.Dst, Message: m.Raw}) {
		e.repeat(c, first, Datagram{Frame: m.Frame, Nanos: m.Nanos, Src: m.Src, Dst: m.Dst, Encap: m.Encap})
		c.fragments.forget(m)
		for _, f := range m.Fragments {
			f.JoinedAs = first
		}
		return
	}
	if len(c.Messages) >= e.limits.Messages || !e.charge(c, messageCost+len(m.Raw)) {
		e.dropped.Messages++
		c.fragments.forget(m)
		return
	}
	c.add(m, sum)
}

// forget drops the reading that gave m.
func (f *fragments) forget(m *Message) {
	for _, j := range f.joined {
		j.readings = slices.DeleteFunc(j.readings, func(r reading) bool { return r.m == m })
	}
}

// boundFragments drops the oldest waiting fragments, an eighth of what is allowed
// at a time, first of the conversation, then of all.
func (e *Engine) boundFragments(c *Conversation) {
	if limit := e.limits.FragmentsEach; c.fragments.octets > limit {
		e.dropFragments(c, c.fragments.octets-limit+limit/8)
	}
	if e.waiting <= e.limits.Fragments {
		return
	}
	for excess := e.waiting - e.limits.Fragments + e.limits.Fragments/8; excess > 0 && len(e.fragmented) > 0; {
		oldest := e.fragmented[0]
		e.fragmented = e.fragmented[1:]
		if oldest.forgotten || oldest.fragments.octets == 0 {
			continue
		}
		before := e.waiting
		e.dropFragments(oldest, oldest.fragments.octets)
		excess -= before - e.waiting
	}
}

// dropFragments forgets waiting fragments of at least n octets.
func (e *Engine) dropFragments(c *Conversation, n int) {
	gone := c.fragments.oldest(n)
	messages := map[*Message]bool{}
	for q := range gone {
		messages[q.m] = true
		e.waiting -= q.cost()
		e.release(c, messageCost+len(q.m.Raw))
		delete(c.seen, e.digest(q.m.Raw))
	}
	e.dropped.Fragments += int64(len(gone))
	c.fragments.discard(gone)
	c.Messages = slices.DeleteFunc(c.Messages, func(m *Message) bool { return messages[m] })
}

// recallReadings puts back the readings that the last solve set aside.
func (c *Conversation) recallReadings() {
	if len(c.aside) == 0 {
		return
	}
	c.Messages = append(c.Messages, c.aside...)
	slices.SortStableFunc(c.Messages, func(a, b *Message) int { return cmp.Compare(a.Frame, b.Frame) })
	c.aside = nil
}

// chooseReadings keeps, of all readings of fragments, those that were verified or
// at least opened and do not share a fragment; where none was, the first.
func (c *Conversation) chooseReadings() {
	out := map[*Message]bool{}
	for _, j := range c.fragments.joined {
		kept := j.chosen()
		for _, r := range j.readings {
			out[r.m] = !kept[r.m]
		}
	}
	maps.DeleteFunc(out, func(_ *Message, gone bool) bool { return !gone })
	if len(out) == 0 {
		return
	}
	isOut := func(m *Message) bool { return out[m] }
	for _, m := range c.Messages {
		if out[m] {
			c.aside = append(c.aside, m)
		}
	}
	c.Messages = slices.DeleteFunc(c.Messages, isOut)
	for _, x := range c.Exchanges {
		x.Messages = slices.DeleteFunc(x.Messages, isOut)
	}
	c.Exchanges = slices.DeleteFunc(c.Exchanges, func(x *Exchange) bool { return len(x.Messages) == 0 })
}

// chosen picks readings, the best first, and tells their fragments so.
func (j *joined) chosen() map[*Message]bool {
	kept, used := map[*Message]bool{}, map[*piece]bool{}
	ranked := slices.Clone(j.readings)
	slices.SortStableFunc(ranked, func(a, b reading) int { return cmp.Compare(b.m.worth(), a.m.worth()) })
	for _, r := range ranked {
		shared := slices.ContainsFunc(r.pieces, func(q *piece) bool { return used[q] })
		if shared || len(kept) > 0 && r.m.worth() == 0 {
			continue
		}
		kept[r.m] = true
		for _, q := range r.pieces {
			used[q], q.m.JoinedAs = true, r.m
		}
	}
	return kept
}

// worth ranks what was made of a message.
func (m *Message) worth() int {
	switch {
	case m.Verified == Verified:
		return 3
	case m.Decrypted && m.Verified == Unchecked:
		return 2
	case m.Decrypted:
		return 1
	}
	return 0
}

// Incomplete lists the messages of which fragments are missing, in the order of
// their first fragments.
func (c *Conversation) Incomplete() (all []FragmentedMessage) {
	byKey := map[pileKey]int{}
	for _, q := range c.fragments.order {
		if q.m.JoinedAs != nil {
			continue
		}
		i, known := byKey[q.key]
		if !known {
			i = len(all)
			byKey[q.key] = i
			all = append(all, FragmentedMessage{From: speaker(q.m.FromInitiator), ID: q.ID, NoLast: true})
		}
		all[i].Fragments = append(all[i].Fragments, q.m)
		all[i].NoLast = all[i].NoLast && !q.Last()
	}
	for i := range all {
		all[i].count()
	}
	return all
}

// count finds the numbers that are missing.
func (f *FragmentedMessage) count() {
	number := func(m *Message) int {
		q, _ := pieceOf(m)
		return int(q.Number)
	}
	slices.SortStableFunc(f.Fragments, func(a, b *Message) int { return cmp.Compare(number(a), number(b)) })
	next := 1
	for _, m := range f.Fragments {
		for n := number(m); next < n; next++ {
			f.Missing = append(f.Missing, next)
		}
		next = max(next, number(m)+1)
	}
}

// Reason says what is missing.
func (f FragmentedMessage) Reason() string {
	var parts []string
	switch n := len(f.Missing); {
	case n == 1:
		parts = append(parts, fmt.Sprintf("fragment %d is", f.Missing[0]))
	case n > 1:
		parts = append(parts, "fragments "+numbers(f.Missing)+" are")
	}
	if f.NoLast {
		parts = append(parts, "the last fragment is")
	}
	if len(parts) == 0 {
		return "the fragments do not give a whole message of this ISAKMP SA"
	}
	return strings.Join(parts, ", ") + " not in the capture"
}

// numbers writes ascending numbers with runs: "2-4, 7".
func numbers(ns []int) string {
	var b strings.Builder
	for i := 0; i < len(ns); {
		j := i
		for j+1 < len(ns) && ns[j+1] == ns[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, ns[i])
		if j > i {
			fmt.Fprintf(&b, "-%d", ns[j])
		}
		i = j + 1
	}
	return b.String()
}

// explainFragments notes on each fragment that was not joined why.
func (c *Conversation) explainFragments() {
	for _, f := range c.Incomplete() {
		for _, m := range f.Fragments {
			m.Note = "message not whole: " + f.Reason()
		}
	}
}
