package report

import (
	"bytes"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// What the capture does not show of phase 1 is not called Main Mode: a message that
// was cut tells its exchange, and where none is there nothing does. The JSON report
// has the usual exchange then, and says that it was not seen.
func TestPhase1NotInTheCapture(t *testing.T) {
	message := func(x isakmp.ExchangeType) *ikestate.Message {
		return &ikestate.Message{Header: isakmp.Header{Major: 1, Exchange: x}}
	}
	for _, c := range []struct {
		name, phase1, outcome, exchange string
		captured                        string
		conversation                    ikestate.Conversation
	}{
		{"late", "Phase 1 not in the capture", "phase 1 is not in the capture", "main", "false",
			ikestate.Conversation{Phase1: &ikestate.Phase1{}, Messages: []*ikestate.Message{message(isakmp.ExchangeQuick)}}},
		{"cut", "Phase 1 Aggressive Mode, not whole in the capture", "phase 1 is not whole in the capture", "aggressive", "true",
			ikestate.Conversation{Phase1: &ikestate.Phase1{}, Messages: []*ikestate.Message{message(isakmp.ExchangeAggressive), message(isakmp.ExchangeQuick)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := NewWords().Title(&c.conversation); !strings.HasPrefix(got, c.phase1+" 0") {
				t.Errorf("%q", got)
			}
			if got := phase1Outcome(&c.conversation); got != c.outcome {
				t.Errorf("%q", got)
			}
			var b bytes.Buffer
			r := result(&c.conversation)
			if err := JSON(&b, r, Options{}); err != nil {
				t.Fatal(err)
			}
			contains(t, b.String(), `"exchange": "`+c.exchange+`"`, `"exchange_captured": `+c.captured)
		})
	}
}
