package report

import (
	"strconv"

	"ikescope/analysis"
	"ikescope/esp/replay"
	"ikescope/ikestate"
)

// identifiers are the names by which findings and JSON refer to SAs. They count
// from 1 in the order of the result: "isakmp-1", "ipsec-1".
type identifiers struct {
	conversation map[*ikestate.Conversation]string
	sa           map[*analysis.SA]string
}

func identify(r *analysis.Result) identifiers {
	ids := identifiers{map[*ikestate.Conversation]string{}, map[*analysis.SA]string{}}
	for i, c := range r.Conversations {
		ids.conversation[c] = "isakmp-" + strconv.Itoa(i+1)
	}
	for i, s := range r.SAs {
		ids.sa[s] = "ipsec-" + strconv.Itoa(i+1)
	}
	return ids
}

// sequence returns what is known of a flow's sequence numbers; a flow of one
// packet has no counter yet.
func sequence(f *analysis.Flow) replay.Stats {
	if f.Sequence == nil {
		return replay.Stats{First: uint64(f.FirstSeq), Last: uint64(f.FirstSeq), Packets: 1}
	}
	return f.Sequence.Stats()
}
