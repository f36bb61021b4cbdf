package ikestate

import (
	"net/netip"
	"slices"

	"ikescope/decode/isakmp"
)

// FragmentedMessage is a message that was sent in fragments (Cisco's IKE
// fragmentation, [MS-IKEE] section 2.2.3) of which some are not in the capture.
type FragmentedMessage struct {
	From      Speaker
	ID        uint16
	Fragments []*Message // that are there, by number
	Missing   []int      // numbers below the last, or below the highest seen
	NoLast    bool       // how many there were is not known
}

// Bounds on the search for the fragments that belong together.
const (
	maxReadings = 8    // messages that conflicting fragments of one may give
	maxSearched = 4096 // fragments looked at to find them
	maxLatest   = 4    // joined messages of one ID that a late fragment may contradict

	// fragmentOverhead is what a waiting fragment costs beyond its octets.
	fragmentOverhead = 512
)

// fragments joins the fragments of one conversation. A fragment waits in the pile
// of its sender and ID until a whole message can be read from the pile.
//
// Nothing in a fragment proves that it belongs to another. Where several octet
// strings claim the same number, each message that they give is a reading; the
// keys decide which of them is right.
type fragments struct {
	piles  map[pileKey]*pile
	order  []*piece // that wait, oldest first
	octets int      // what those cost
	joined []*joined
}

// pileKey is what all fragments of a message have in common.
type pileKey struct {
	from     netip.Addr
	id       uint16
	mid      uint32
	exchange isakmp.ExchangeType
}

// pile holds the fragments of one key that wait for others, by number.
type pile struct {
	waiting map[uint8][]*piece
	latest  []*joined
}

// piece is one fragment.
type piece struct {
	isakmp.Fragment
	m   *Message
	key pileKey
}

func (q *piece) cost() int { return len(q.m.Raw) + fragmentOverhead }

// joined is a message found in a pile: each way to read it.
type joined struct {
	readings []reading
}

// reading is a sequence of pieces that make a whole message.
type reading struct {
	pieces []*piece
	m      *Message
}

// pieceOf reads the fragment in m; ok is false for other messages.
func pieceOf(m *Message) (q *piece, ok bool) {
	if m.Header.Major != 1 || m.Header.NextPayload != isakmp.PayloadFragment || m.Missing > 0 || len(m.Payloads) == 0 {
		return nil, false
	}
	f, err := isakmp.ParseFragment(m.Payloads[0].Body)
	if err != nil {
		return nil, false
	}
	key := pileKey{m.Src.Addr(), f.ID, m.Header.MessageID, m.Header.Exchange}
	return &piece{Fragment: f, m: m, key: key}, true
}

// add takes a fragment and returns the readings that it completes.
func (f *fragments) add(c *Conversation, q *piece) []reading {
	if f.piles == nil {
		f.piles = map[pileKey]*pile{}
	}
	p := f.piles[q.key]
	if p == nil {
		p = &pile{waiting: map[uint8][]*piece{}}
		f.piles[q.key] = p
	}
	p.waiting[q.Number] = append(p.waiting[q.Number], q)
	f.order = append(f.order, q)
	f.octets += q.cost()
	if found := p.complete(c, q); len(found) > 0 {
		j := &joined{readings: found}
		f.joined = append(f.joined, j)
		p.remember(j)
		f.spend(p, found)
		return found
	}
	return p.contradict(c, q)
}

// complete finds the whole messages among the waiting fragments of which q is one.
func (p *pile) complete(c *Conversation, q *piece) (found []reading) {
	steps := 0
	for _, last := range p.lasts() {
		if last < q.Number {
			continue
		}
		chain := make([]*piece, 0, last)
		p.extend(chain, last, q, &steps, func(ps []*piece) bool {
			if m := join(c, ps); m != nil {
				found = append(found, reading{slices.Clone(ps), m})
			}
			return len(found) < maxReadings
		})
	}
	return found
}

// lasts are the numbers with which messages in the pile end.
func (p *pile) lasts() (ns []uint8) {
	for n, qs := range p.waiting {
		if slices.ContainsFunc(qs, (*piece).Last) {
			ns = append(ns, n)
		}
	}
	slices.Sort(ns)
	return ns
}

// extend yields every chain of fragments 1 to last that begins with chain and has
// must in its place, those with later fragments first. It reports false when the
// search is over.
func (p *pile) extend(chain []*piece, last uint8, must *piece, steps *int, yield func([]*piece) bool) bool {
	if len(chain) == int(last) {
		return yield(chain)
	}
	n := uint8(len(chain) + 1)
	for _, q := range slices.Backward(p.waiting[n]) {
		if *steps++; *steps > maxSearched {
			return false
		}
		if n == must.Number && q != must || q.Last() != (n == last) {
			continue
		}
		if !p.extend(append(chain, q), last, must, steps, yield) {
			return false
		}
	}
	return true
}

// contradict reads the messages joined last with q in the place of another
// fragment: one that was forged may have come before the real one.
func (p *pile) contradict(c *Conversation, q *piece) (found []reading) {
	for _, j := range p.latest {
		for _, r := range slices.Clone(j.readings) {
			n := int(q.Number)
			if len(j.readings) >= maxReadings || n > len(r.pieces) || q.Last() != (n == len(r.pieces)) {
				continue
			}
			ps := slices.Clone(r.pieces)
			ps[n-1] = q
			if m := join(c, ps); m != nil {
				j.readings = append(j.readings, reading{ps, m})
				found = append(found, reading{ps, m})
			}
		}
	}
	return found
}

func (p *pile) remember(j *joined) {
	if p.latest = append(p.latest, j); len(p.latest) > maxLatest {
		p.latest = slices.Delete(p.latest, 0, 1)
	}
}

// spend takes the fragments of readings out of the pile.
func (f *fragments) spend(p *pile, readings []reading) {
	spent := map[*piece]bool{}
	for _, r := range readings {
		for _, q := range r.pieces {
			spent[q] = true
		}
	}
	f.discard(spent)
}

// discard forgets waiting fragments.
func (f *fragments) discard(gone map[*piece]bool) {
	isGone := func(q *piece) bool { return gone[q] }
	for q := range gone {
		f.octets -= q.cost()
		p := f.piles[q.key]
		if p == nil {
			continue
		}
		if left := slices.DeleteFunc(p.waiting[q.Number], isGone); len(left) > 0 {
			p.waiting[q.Number] = left
		} else {
			delete(p.waiting, q.Number)
		}
		if len(p.waiting) == 0 && len(p.latest) == 0 {
			delete(f.piles, q.key)
		}
	}
	f.order = slices.DeleteFunc(f.order, isGone)
}

// oldest returns the waiting fragments that came first and cost at least n octets.
func (f *fragments) oldest(n int) map[*piece]bool {
	gone := map[*piece]bool{}
	for _, q := range f.order {
		if n <= 0 {
			break
		}
		gone[q] = true
		n -= q.cost()
	}
	return gone
}

// join puts fragments together. It returns nil where the outcome is no message of
// the conversation: the header in the first fragment tells the whole length, and
// it names the same ISAKMP SA. A fragment inside a fragment is none.
func join(c *Conversation, ps []*piece) *Message {
	n := 0
	for _, q := range ps {
		n += len(q.Data)
	}
	h, err := isakmp.ParseHeader(ps[0].Data)
	if err != nil || uint64(h.Length) != uint64(n) || h.Major != 1 || h.NextPayload == isakmp.PayloadFragment {
		return nil
	}
	if h.CookieI != c.CookieI || h.CookieR != c.CookieR && !h.CookieR.IsZero() {
		return nil
	}
	latest, raw := ps[0].m, make([]byte, 0, n)
	frames := make([]*Message, 0, len(ps))
	for _, q := range ps {
		raw, frames = append(raw, q.Data...), append(frames, q.m)
		if q.m.Frame > latest.Frame {
			latest = q.m
		}
	}
	m := &Message{
		Frame: latest.Frame, Nanos: latest.Nanos, Src: latest.Src, Dst: latest.Dst, Encap: latest.Encap,
		Header: h, Raw: raw, Fragments: frames,
	}
	m.readClear()
	return m
}
