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
}

// table finds SAs whose packets stand inside other SAs, so that no flow of the
// capture belongs to them. The resolver adds to it while workers read; workers ask
// only for packets that are protected more than once.
type table struct {
	lock  sync.RWMutex
	byKey map[FlowKey]*opener
}

func (t *table) find(k FlowKey) *opener {
	t.lock.RLock()
	defer t.lock.RUnlock()
	return t.byKey[k]
}

// add takes an SA that has keys or a compression.
func (t *table) add(s *SA) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.byKey == nil {
		t.byKey = map[FlowKey]*opener{}
	}
	t.byKey[keyOfSA(s.IPsecSA)] = s.opener
}
