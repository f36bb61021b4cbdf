package analysis

import (
	"slices"
	"sync/atomic"

	"ikescope/esp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
)

// hidden finds the keys of SAs whose packets stand inside others among those that
// the user supplied. Nobody sees these packets before those around them are opened,
// so that workers try the keys. What is tried depends on the packet alone, so that
// it does not matter which worker comes first.
type hidden struct {
	ring  *secrets.Ring
	given *keyring        // of the ring, once somebody asked
	asked map[FlowKey]int // packets on which no key was right
	found []*SA
}

// open returns what opens a packet of an SA inside another one. Where nothing does,
// tries says whether supplied keys may.
func (t *table) open(k FlowKey, job int64) (o *opener, tries bool) {
	t.lock.RLock()
	defer t.lock.RUnlock()
	if o := t.known(k, job); o != nil && o.sa != nil {
		return o, false
	}
	return nil, t.tries(k)
}

func (h *hidden) tries(k FlowKey) bool {
	return h.ring != nil && len(h.ring.ESPs) > 0 && h.asked[k] < samplesPerFlow && len(h.asked) < maxUnkeyed
}

// supply finds the keys of a packet inside another one, which is the only sample
// of its flow, and adds their SA to the table; nil if there are none.
func (t *table) supply(f *Flow, job int64) *opener {
	t.lock.Lock()
	defer t.lock.Unlock()
	if o := t.known(f.Key, job); o != nil && o.sa != nil {
		return o
	}
	if !t.tries(f.Key) {
		return nil
	}
	if t.given == nil {
		t.given, t.asked = newKeyring(t.ring), map[FlowKey]int{}
	}
	e, sa := t.given.choose(f)
	if sa == nil {
		t.asked[f.Key]++
		return nil
	}
	s := new(SA)
	s.supplied(e, f, sa)
	t.found = append(t.found, s)
	t.put(s)
	return s.opener
}

// supplied makes an SA of what is known of it: a user's keys, and one packet.
func (s *SA) supplied(e *secrets.ESP, f *Flow, sa *esp.SA) {
	if s.IPsecSA == nil {
		s.IPsecSA = suppliedSA(e, f, sa)
	}
	s.Given, s.KeysKnown = e, true
	s.Keys = ikestate.SAKeys{Encryption: e.EncryptionKey, Integrity: e.IntegrityKey, Source: e.Source}
	if !e.Keymat.IsZero() {
		p := sa.Params()
		s.Keys.Encryption, s.Keys.Integrity = keymat.NewSecret(p.CipherKey), keymat.NewSecret(p.IntegrityKey)
	}
	s.opener = &opener{sa: sa, owner: s}
}

// learn takes the keys that the user supplied, of which more became known; moved
// is told of each SA whose keys stood among the former ones.
func (t *table) learn(ring *secrets.Ring, moved func(*SA)) {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.ring, t.given = ring, nil
	for _, s := range t.found {
		moved(s)
	}
}

// adopt takes the SAs that workers found, in the order of their first packets; one
// has none where a reading was broken off behind it. No worker may be running.
func (r *resolver) adopt() {
	found := slices.DeleteFunc(r.table.found, func(s *SA) bool { return s.Flow == nil })
	slices.SortFunc(found, func(a, b *SA) int { return a.Flow.before(b.Flow) })
	r.supplied, r.table.found = append(r.supplied, found...), nil
	if r.table.given != nil {
		r.given.missed += r.table.given.missed
	}
}

// highs are the high halves of extended sequence numbers that packets had which
// stand inside others. Workers open these in any order, so that there is no window:
// what verifies is right.
type highs struct {
	latest atomic.Uint32
	trials atomic.Int64
}

// find returns the high half with which a packet verifies, or the latest one.
func (h *highs) find(sa *esp.SA, verifies func(high uint32) bool) uint32 {
	if !sa.ESN() {
		return 0
	}
	latest := h.latest.Load()
	for _, near := range [...]uint32{latest, latest + 1, latest - 1} {
		if verifies(near) {
			h.latest.Store(near)
			return near
		}
	}
	for high := uint32(0); high <= maxHighHalf && h.trials.Add(1) <= 2*maxHighHalf; high++ {
		if verifies(high) {
			h.latest.Store(high)
			return high
		}
	}
	return latest
}
