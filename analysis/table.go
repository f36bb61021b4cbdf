package analysis

import (
	"sync/atomic"

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
// capture belongs to them. The resolver replaces it while workers read.
type table struct {
	byKey atomic.Pointer[map[FlowKey]*opener]
}

func (t *table) find(k FlowKey) *opener {
	m := t.byKey.Load()
	if m == nil {
		return nil
	}
	return (*m)[k]
}

// set publishes the SAs that have keys or a compression.
func (t *table) set(sas []*SA) {
	m := make(map[FlowKey]*opener, len(sas))
	for _, s := range sas {
		if s.opener != nil {
			m[keyOfSA(s.IPsecSA)] = s.opener
		}
	}
	t.byKey.Store(&m)
}
