package report

import (
	"strconv"

	"ikescope/analysis"
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
