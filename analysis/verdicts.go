package analysis

import (
	"fmt"
	"strings"

	"ikescope/ikestate"
	"ikescope/secrets"
)

// SecretVerdict says what one of the user's secrets was good for, never the secret.
type SecretVerdict struct {
	Source  secrets.Source
	Kind    SecretKind
	Verdict Verdict
	Text    string // one sentence without a full stop
}

// SecretKind is what a secret is, as a word for scripts.
type SecretKind string

// The kinds of secrets.
const (
	KindPSK       SecretKind = "psk"
	KindDHPrivate SecretKind = "dh-private"
	KindDHShared  SecretKind = "dh-shared"
	KindISAKMP    SecretKind = "isakmp"
	KindIKE       SecretKind = "ike"
	KindESP       SecretKind = "esp"
	KindAH        SecretKind = "ah"
	KindRSAKey    SecretKind = "rsa-key"
)

var kindNames = map[SecretKind]string{
	KindPSK: "pre-shared key", KindDHPrivate: "DH private value", KindDHShared: "DH shared secret", KindISAKMP: "ISAKMP SA keys",
	KindIKE: "IKE SA keys", KindESP: "ESP keys", KindAH: "AH keys", KindRSAKey: "RSA private key",
}

// String is the kind in words.
func (k SecretKind) String() string { return kindNames[k] }

// Verdict sums up what became of a secret, as a word for scripts.
type Verdict string

// The verdicts.
const (
	VerdictOpened      Verdict = "opened"       // it opened or verified something
	VerdictSame        Verdict = "same"         // right, but another secret had opened the same before
	VerdictRefuted     Verdict = "refuted"      // the capture shows that it is wrong
	VerdictWrongICV    Verdict = "wrong-icv"    // right key, other truncation or sequence numbers
	VerdictWrongLength Verdict = "wrong-length" // no algorithm here has keys as long
	VerdictUnused      Verdict = "unused"       // nothing in the capture asks for it
	VerdictUntested    Verdict = "untested"     // something else is missing to try it
)

// Good reports whether the secret is right.
func (v Verdict) Good() bool { return v == VerdictOpened || v == VerdictSame }

// judge holds a result by what verdicts ask for.
type judge struct {
	*Result
	given     map[*secrets.ESP][]*SA // SAs that an entry opened
	derivedBy map[secrets.Source][]*SA
	bySPI     map[uint32][]*Flow
	pskOf     map[secrets.Source][]*ikestate.Conversation
	ladders   map[secrets.Source][]*ikestate.Conversation
	version   [3]int // conversations of each version
}

func newJudge(r *Result) *judge {
	j := &judge{
		Result: r, given: map[*secrets.ESP][]*SA{}, derivedBy: map[secrets.Source][]*SA{}, bySPI: map[uint32][]*Flow{},
		pskOf: map[secrets.Source][]*ikestate.Conversation{}, ladders: map[secrets.Source][]*ikestate.Conversation{},
	}
	for _, s := range r.SAs {
		if s.Flow != nil {
			j.bySPI[s.Flow.Key.SPI] = append(j.bySPI[s.Flow.Key.SPI], s.Flow)
		}
		if s.Given != nil {
			j.given[s.Given] = append(j.given[s.Given], s)
		} else if s.KeysKnown {
			j.derivedBy[s.Keys.Source] = append(j.derivedBy[s.Keys.Source], s)
		}
	}
	for _, f := range r.Unknown {
		j.bySPI[f.Key.SPI] = append(j.bySPI[f.Key.SPI], f)
	}
	for _, c := range r.Conversations {
		j.version[c.Version()]++
		if c.Phase1 == nil {
			continue
		}
		l := c.Phase1.Ladder
		if l.PSK == ikestate.PSKVerified || l.PSK == ikestate.PSKUnverified {
			j.pskOf[l.PSKSource] = append(j.pskOf[l.PSKSource], c)
		}
	}
	for src, use := range r.Uses {
		for _, c := range use.Opened {
			if c.Phase1 != nil && c.Phase1.Ladder.DHSource == src {
				j.ladders[src] = append(j.ladders[src], c)
			}
		}
	}
	return j
}

// secretVerdicts judges every secret of the ring, in the order of the ring.
func secretVerdicts(r *Result) []SecretVerdict {
	if r.Ring == nil || r.Ring.Len() == 0 {
		return nil
	}
	j := newJudge(r)
	var all []SecretVerdict
	for i := range r.Ring.PSKs {
		all = append(all, j.psk(&r.Ring.PSKs[i]))
	}
	for i := range r.Ring.DHs {
		all = append(all, j.dh(&r.Ring.DHs[i]))
	}
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
	return withoutGuesses(all)
}

// withoutGuesses leaves out what was only another reading of a secret that is
// right: an entry of --dh is tried as both kinds of value, keys whose algorithms a
// file does not name with several.
func withoutGuesses(all []SecretVerdict) []SecretVerdict {
	type place struct {
		source secrets.Source
		kind   string
	}
	placeOf := func(v SecretVerdict) place {
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
		guess := v.Verdict == VerdictUnused || v.Verdict == VerdictRefuted
		if guess && (right[p] || seen[p] && v.Kind != KindPSK) {
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

// Secrets judges each of the user's secrets, in the order of the ring.
func (r *Result) Secrets() []SecretVerdict { return secretVerdicts(r) }
