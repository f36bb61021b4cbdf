package report

import (
	"cmp"
	"net/netip"
	"slices"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/pcaps"
)

// Account is a result sorted for a reader, in the words of the table: for other
// renderers. Its texts are clean, see [Clean].
type Account struct {
	Captures []CaptureAccount
	Carried  string             // what TCP carried
	Lacking  []string           // what was damaged or left out
	General  []diagnose.Finding // of no tunnel, errors first
	Shared   []diagnose.Finding // that speak for several tunnels, of which each has its own
	Tunnels  []*TunnelAccount
	Secrets  []SecretAccount // what became of the user's secrets
	More     int             // secrets that are not in the list
	Missing  []string        // which secrets would open the rest
	Places   []Place         // where programs write them
	Lead     string          // introduces Next
	Next     string          // the command that is likely to be wanted next
}

// CaptureAccount is one capture.
type CaptureAccount struct {
	Name, Text string
	Complete   bool
	Problems   []string
}

// TunnelAccount is what two peers did.
type TunnelAccount struct {
	A, B          netip.Addr // A began
	Outcome       string     // "works", "failed", "doubtful", "closed" (it takes secrets to tell)
	Verdict       []string   // the sentence, clause by clause; of a failure its cause first
	Certainty     string     // of a cause: "proved" or "probable"
	Findings      []diagnose.Finding
	Conversations []*ikestate.Conversation
	SAs           []*analysis.SA
	Unknown       []*analysis.Flow
}

// Tell sorts a result.
func Tell(r *analysis.Result) *Account {
	p := newPage(nil, Options{Unicode: true})
	l := arrange(r)
	a := &Account{General: ranked(l.general), Shared: ranked(l.shared), Carried: carried(r.Decode.TCP)}
	for _, c := range r.Captures {
		a.Captures = append(a.Captures, captureAccount(c, sides(r, len(r.Captures) == 1)))
	}
	var more string
	if a.Lacking, more = lacking(r); more != "" {
		a.Lacking = append(a.Lacking, more)
	}
	for i, s := range a.Lacking {
		a.Lacking[i] = Clean(s)
	}
	for _, t := range l.tunnels {
		a.Tunnels = append(a.Tunnels, p.tunnelAccount(t))
	}
	a.Secrets, a.More = p.secretAccounts(r)
	g := gaps(l)
	if a.Missing = g.texts(); g.any() {
		a.Places = g.places()
	}
	next := nextCommand(r, g)
	a.Lead, a.Next = next[0], Clean(next[1])
	return a
}

func captureAccount(c pcaps.CaptureInfo, sides string) CaptureAccount {
	a := CaptureAccount{Name: Clean(captureName(c.Path)), Text: extent(c, sides), Complete: !c.Incomplete()}
	for _, problem := range c.Kinds() {
		a.Problems = append(a.Problems, Clean(problem.Text))
	}
	return a
}

func (p *page) tunnelAccount(t *tunnel) *TunnelAccount {
	o, clauses, cause := p.verdict(t)
	a := &TunnelAccount{
		A: t.a, B: t.b, Outcome: [...]string{"works", "failed", "doubtful", "closed"}[o], Verdict: clauses,
		Findings: ranked(t.findings), Conversations: t.conversations, SAs: t.sas, Unknown: t.unknown,
	}
	if cause != nil {
		a.Verdict[0], a.Certainty = p.long(cause.Summary), cause.Certainty.String()
	}
	return a
}

// ranked sorts findings, errors first.
func ranked(fs []diagnose.Finding) []diagnose.Finding {
	fs = slices.Clone(fs)
	slices.SortStableFunc(fs, func(a, b diagnose.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	return fs
}
