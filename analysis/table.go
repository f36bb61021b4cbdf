package analysis

import (
	"sync"

	"ikescope/esp"
	"ikescope/esp/ipcomp"
)

// opener is what a worker needs to open the packets of an SA.
type opener struct {
	sa          *esp.SA // nil: an SA of which only the compression is known
	owner       *SA
	compression ipcomp.Algorithm
	since       int64   // the first job that may use it
	before      *opener // of another SA with the same SPI
	highs       highs   // of packets that stand inside others
}

// table finds SAs whose packets stand inside other SAs, so that no flow of the
// capture belongs to them. The resolver adds to it while workers read; workers ask
// only for packets that are protected more than once. A job finds what was known
// when it was given out, however late it is opened.
type table struct {
	lock  sync.RWMutex
	byKey map[FlowKey]*opener
	jobs  int64 // that were given out; for who collects
	hidden
}

// find returns what a job may use of an SA, nil if there is nothing.
func (t *table) find(k FlowKey, job int64) *opener {
	t.lock.RLock()
	defer t.lock.RUnlock()
	return t.known(k, job)
}

func (t *table) known(k FlowKey, job int64) *opener {
	o := t.byKey[k]
	for o != nil && o.since > job {
		o = o.before
	}
	return o
}

// finish lets jobs of another reading, whose numbers begin again, find everything.
func (t *table) finish() {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.jobs = 0
	for _, o := range t.byKey {
		o.since = 0
	}
}

// add takes an SA that has keys or a compression.
func (t *table) add(s *SA) {
	t.lock.Lock()
	defer t.lock.Unlock()
	s.opener.since = t.jobs + 1
	t.put(s)
}

func (t *table) put(s *SA) {
	if t.byKey == nil {
		t.byKey = map[FlowKey]*opener{}
	}
	k, o := keyOfSA(s.IPsecSA), s.opener
	switch known := t.byKey[k]; {
	case known == nil:
	case known.owner != s:
		o.before = known
	case known.sa == nil && o.sa == nil: // negotiated before
		o.since, o.before = known.since, known.before
	}
	t.byKey[k] = o
}
