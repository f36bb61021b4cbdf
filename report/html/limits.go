package html

import "fmt"

// Bounds of a report, so that it opens at once in any browser. What they leave out
// is said in the report.
const (
	maxTunnels       = 60
	maxConversations = 120   // in all
	maxRows          = 6000  // lines about messages in all
	maxArrows        = 1000  // of ladders in all
	arrowsEach       = 120   // of one ladder
	maxFields        = 12000 // of payload trees in all
	maxTrees         = 60    // of one conversation
	rowsAtOnce       = 150   // of one conversation; the others are folded
	rowsFolded       = 500   // in one fold
	maxFindings      = 100   // of one tunnel
	maxLanes         = 32    // of one time line
	maxSARows        = 400   // in all
	maxCharts        = 60    // SAs with charts, in all
	openCharts       = 2     // of these unfolded
	maxUnknown       = 60    // flows of one tunnel
	maxBargains      = 24    // negotiations of one conversation
	maxFacts         = 16    // lines of one group of facts
	maxPackets       = 12    // packet numbers of one finding
	maxText          = 400   // characters of one value
)

// budget is what is left of the bounds that hold for the whole report.
type budget struct {
	conversations, rows, arrows, fields, saRows, charts int
	left                                                map[string]int64
	order                                               []string
}

func newBudget() *budget {
	return &budget{
		conversations: maxConversations, rows: maxRows, arrows: maxArrows, fields: maxFields,
		saRows: maxSARows, charts: maxCharts, left: map[string]int64{},
	}
}

// omit counts what was left out: what holds one %s for the number.
func (b *budget) omit(what string, n int) {
	if n <= 0 {
		return
	}
	if _, known := b.left[what]; !known {
		b.order = append(b.order, what)
	}
	b.left[what] += int64(n)
}

// omitted says what was left out.
func (b *budget) omitted(count func(int64) string) (texts []string) {
	for _, what := range b.order {
		texts = append(texts, fmt.Sprintf(what, count(b.left[what])))
	}
	return texts
}

// take takes up to n of what is left.
func take(left *int, n int) int {
	n = min(n, *left)
	*left -= n
	return n
}

// shorten cuts a long value.
func shorten(s string) string {
	n := 0
	for i := range s {
		if n++; n > maxText {
			return s[:i] + "…"
		}
	}
	return s
}
