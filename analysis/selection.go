package analysis

import (
	"net/netip"
	"slices"
)

// Selection says which packets are opened. The zero value selects all; each field
// that is set must match.
type Selection struct {
	SPIs         []uint32
	Hosts        []netip.Addr // outer source or destination
	Since, Until int64        // Unix time in nanoseconds, both included; 0: open
}

// flow reports whether packets of a flow may be selected.
func (s *Selection) flow(f *Flow) bool {
	if len(s.SPIs) > 0 && !slices.Contains(s.SPIs, f.Key.SPI) {
		return false
	}
	return len(s.Hosts) == 0 || slices.Contains(s.Hosts, f.Src) || slices.Contains(s.Hosts, f.Key.Dst)
}

// time reports whether a time is selected.
func (s *Selection) time(nanos int64) bool {
	return (s.Since == 0 || nanos >= s.Since) && (s.Until == 0 || nanos <= s.Until)
}

// Selected counts the flow's packets that were selected.
func (f *Flow) Selected() int64 { return f.Packets - f.skipped }

// Unselected reports whether none of the flow's packets was selected.
func (f *Flow) Unselected() bool { return f.skipped > 0 && f.Selected() == 0 }
