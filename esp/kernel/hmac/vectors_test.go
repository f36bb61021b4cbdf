package hmac

import (
	"bytes"
	"testing"

	"ikescope/suite/vectors"
)

// octets is an octet string written as hex.
type octets = vectors.Octets

// answer is a published HMAC, possibly truncated.
type answer struct {
	Name, Source, Alg string
	Key, Message, MAC octets
}

func loadAnswers(t *testing.T) []answer {
	t.Helper()
	return vectors.Cases[answer](t, "testdata/hmac.json.gz", 79)
}

// shortKey returns a key that fits in a block: RFC 2104, section 2, replaces
// longer ones by their hash.
func shortKey(h Hash, key []byte) []byte {
	if len(key) <= h.BlockSize() {
		return key
	}
	m := references[h].new()
	m.Write(key)
	return m.Sum(nil)
}

func TestKnownAnswers(t *testing.T) {
	answers := loadAnswers(t)
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		var cases []answer
		for _, a := range answers {
			if a.Alg == "hmac-"+references[h].name {
				cases = append(cases, a)
			}
		}
		if len(cases) < 8 {
			t.Fatalf("%d cases", len(cases))
		}
		jobs := make([]Job, len(cases))
		for i, a := range cases {
			jobs[i] = Job{State: NewState(h, shortKey(h, a.Key)), Text: a.Message}
		}
		e.Sum(jobs)
		for i, a := range cases {
			if got := jobs[i].Sum[:len(a.MAC)]; !bytes.Equal(got, a.MAC) {
				t.Errorf("%s %s: %x, want %x", a.Source, a.Name, got, a.MAC)
			}
		}
	})
}

// TestTailIsText takes the tail from the published messages.
func TestTailIsText(t *testing.T) {
	answers := loadAnswers(t)
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		for _, a := range answers {
			n := len(a.Message) - 4
			if a.Alg != "hmac-"+references[h].name || n < 0 {
				continue
			}
			jobs := []Job{{State: NewState(h, shortKey(h, a.Key)), Text: a.Message[:n], Tail: [4]byte(a.Message[n:]), HasTail: true}}
			e.Sum(jobs)
			if got := jobs[0].Sum[:len(a.MAC)]; !bytes.Equal(got, a.MAC) {
				t.Errorf("%s %s: %x, want %x", a.Source, a.Name, got, a.MAC)
			}
		}
	})
}
