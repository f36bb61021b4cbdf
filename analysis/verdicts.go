package analysis

import (
	"fmt"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/secrets"
	"ikescope/suite"
)

// judge holds a result by what verdicts ask for. It is the only place that judges
// secrets: findings and reports have it from here.
type judge struct {
	*Result
	given     map[*secrets.ESP][]*SA // SAs that an entry opened
	derivedBy map[secrets.Source][]*SA
	alsoIn    map[ikestate.Taken][]*SA                    // in whose keys a secret is besides that of their source
	furtherOf map[ikestate.Taken][]*ikestate.Conversation // of which a secret is that of a further key exchange
	bySPI     map[uint32][]*Flow
	pskOf     map[secrets.Source][]*ikestate.Conversation
	withheld  map[secrets.Source][]*ikestate.Conversation
	shutOut   map[secrets.Source]*ikestate.Conversation // that a value opens, with a key that was withheld
	ladders   map[secrets.Source][]*ikestate.Conversation
	proves    map[secrets.Source]string // summaries of findings that rest on a secret
	byCookies map[[2]isakmp.Cookie]*ikestate.Conversation
	version   [3]int // conversations of each version
	asked     asked
	groups    []suite.Group
}

func newJudge(r *Result) *judge {
	j := &judge{
		Result: r, groups: groupsOf(r),
		given: map[*secrets.ESP][]*SA{}, derivedBy: map[secrets.Source][]*SA{}, bySPI: map[uint32][]*Flow{},
		alsoIn: map[ikestate.Taken][]*SA{}, furtherOf: map[ikestate.Taken][]*ikestate.Conversation{},
		pskOf: map[secrets.Source][]*ikestate.Conversation{}, withheld: map[secrets.Source][]*ikestate.Conversation{},
		shutOut: map[secrets.Source]*ikestate.Conversation{}, ladders: map[secrets.Source][]*ikestate.Conversation{},
		proves: map[secrets.Source]string{}, byCookies: map[[2]isakmp.Cookie]*ikestate.Conversation{},
	}
	for i := range r.Findings {
		for _, src := range r.Findings[i].Secrets {
			j.proves[src] = r.Findings[i].Summary
		}
	}
	j.indexSAs()
	for _, c := range r.Conversations {
		j.index(c)
	}
	return j
}

func (j *judge) indexSAs() {
	for _, s := range j.SAs {
		if s.Flow != nil {
			j.bySPI[s.Flow.Key.SPI] = append(j.bySPI[s.Flow.Key.SPI], s.Flow)
		}
		if s.Given != nil {
			j.given[s.Given] = append(j.given[s.Given], s)
		} else if s.KeysKnown {
			j.derivedBy[s.Keys.Source] = append(j.derivedBy[s.Keys.Source], s)
			for _, x := range s.Keys.Besides {
				j.alsoIn[x] = append(j.alsoIn[x], s)
			}
		}
	}
	for _, f := range j.Unknown {
		j.bySPI[f.Key.SPI] = append(j.bySPI[f.Key.SPI], f)
	}
}

func (j *judge) index(c *ikestate.Conversation) {
	j.version[c.Version()]++
	j.byCookies[[2]isakmp.Cookie{c.CookieI, c.CookieR}] = c
	if c.Phase1 == nil {
		return
	}
	j.asked.count(c)
	l := c.Phase1.Ladder
	if j.Uses.Has(c) {
		j.ladders[l.DHSource] = append(j.ladders[l.DHSource], c)
	}
	sources := map[secrets.Source]bool{}
	if l.PSK == ikestate.PSKVerified || l.PSK == ikestate.PSKUnverified && !untestedPSK(c) {
		sources[l.PSKSource] = true
	}
	if v := c.IKEv2; v != nil {
		if l.PSK == ikestate.PSKVerified { // its peers may have a key each
			sources[v.PSKI], sources[v.PSKR] = true, true
		}
		for _, x := range v.FurtherKeys {
			j.furtherOf[x] = append(j.furtherOf[x], c)
		}
	}
	for src := range sources {
		j.pskOf[src] = append(j.pskOf[src], c)
	}
	for _, w := range c.Phase1.Withheld {
		j.withheld[w.PSK] = append(j.withheld[w.PSK], c)
		if w.DH != (secrets.Source{}) {
			j.shutOut[w.DH] = c
		}
	}
}

// Secrets judges each of the user's secrets, in the order of the ring.
func (r *Result) Secrets() []diagnose.SecretVerdict {
	if r.verdicts == nil {
		r.verdicts = secretVerdicts(r)
	}
	return r.verdicts
}

func secretVerdicts(r *Result) (all []diagnose.SecretVerdict) {
	if r.Ring == nil || r.Ring.Len() == 0 {
		return nil
	}
	j := newJudge(r)
	for i := range r.Ring.PSKs {
		all = append(all, j.psk(&r.Ring.PSKs[i]))
	}
	for i := range r.Ring.PPKs {
		all = append(all, j.ppk(&r.Ring.PPKs[i]))
	}
	all = append(all, j.dhs()...)
	for i := range r.Ring.ISAKMPs {
		all = append(all, j.isakmp(&r.Ring.ISAKMPs[i]))
	}
	for i := range r.Ring.IKEv2s {
		all = append(all, j.ike(&r.Ring.IKEv2s[i]))
	}
	for i := range r.Ring.ESPs {
		all = append(all, j.esp(&r.Ring.ESPs[i]))
	}
	for i := range r.Ring.RSAKeys {
		all = append(all, j.rsaKey(&r.Ring.RSAKeys[i]))
	}
	for i := range all {
		if what := j.proves[all[i].Source]; what != "" && !all[i].Verdict.Good() {
			all[i].Verdict, all[i].Text = diagnose.VerdictOpened, "proves a finding: "+what
		}
	}
	return withoutGuesses(all)
}

// withoutGuesses leaves out what was only another reading of a secret that is
// right: keys whose algorithms a file does not name are tried with several.
func withoutGuesses(all []diagnose.SecretVerdict) []diagnose.SecretVerdict {
	type place struct {
		source secrets.Source
		kind   string
	}
	placeOf := func(v diagnose.SecretVerdict) place {
		kind, _, _ := strings.Cut(string(v.Kind), "-")
		return place{v.Source, kind}
	}
	right, seen := map[place]bool{}, map[place]bool{}
	for _, v := range all {
		if v.Verdict.Good() {
			right[placeOf(v)] = true
		}
	}
	kept := all[:0]
	for _, v := range all {
		p := placeOf(v)
		guess := v.Verdict == diagnose.VerdictUnused || v.Verdict == diagnose.VerdictRefuted
		if guess && (right[p] || seen[p] && v.Kind != diagnose.KindPSK) {
			continue
		}
		seen[p] = true
		kept = append(kept, v)
	}
	return kept
}

// conversationName is "ISAKMP SA 79a5e96b074d6202:c5126332872f0110".
func conversationName(c *ikestate.Conversation) string {
	kind := "ISAKMP SA"
	if c.Version() == 2 {
		kind = "IKE SA"
	}
	return fmt.Sprintf("%s %v:%v", kind, c.CookieI, c.CookieR)
}

// andMore is the name of the first conversation and the number of others.
func andMore(cs []*ikestate.Conversation) string {
	name := conversationName(cs[0])
	if n := len(cs) - 1; n > 0 {
		name += fmt.Sprintf(" and %d more", n)
	}
	return name
}

// opened says how many of the encrypted messages of conversations were read.
func opened(cs []*ikestate.Conversation) string {
	read, encrypted := 0, 0
	for _, c := range cs {
		for _, m := range c.Messages {
			if m.Encrypted() {
				encrypted++
				if m.Decrypted {
					read++
				}
			}
		}
	}
	return fmt.Sprintf("%s of %s encrypted messages of %s read", grouped(int64(read)), grouped(int64(encrypted)), andMore(cs))
}

// grouped writes a number with commas between thousands.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
