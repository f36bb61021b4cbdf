package diagnose

import (
	"cmp"
	"slices"
	"strings"

	"ikescope/secrets"
)

// SecretVerdict says what one of the user's secrets was good for, never the secret.
type SecretVerdict struct {
	Source  secrets.Source
	Kind    SecretKind
	Verdict Verdict
	Text    string // one sentence without a full stop

	// Tried is set where packets were opened with it, whatever came of that: other
	// findings tell of it.
	Tried bool
}

// SecretKind is what a secret is, as a word for scripts.
type SecretKind string

// The kinds of secrets.
const (
	KindPSK       SecretKind = "psk"
	KindPPK       SecretKind = "ppk"
	KindDH        SecretKind = "dh" // either of the next two: its user does not say which
	KindDHPrivate SecretKind = "dh-private"
	KindDHShared  SecretKind = "dh-shared"
	KindISAKMP    SecretKind = "isakmp"
	KindIKE       SecretKind = "ike"
	KindESP       SecretKind = "esp"
	KindAH        SecretKind = "ah"
	KindRSAKey    SecretKind = "rsa-key"
)

var kindNames = map[SecretKind]string{
	KindPSK: "pre-shared key", KindPPK: "post-quantum pre-shared key", KindDH: "DH value", KindDHPrivate: "DH private value", KindDHShared: "DH shared secret", KindISAKMP: "ISAKMP SA keys",
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
	VerdictExcluded    Verdict = "excluded"     // right, but its user says that it is for other peers
	VerdictUnused      Verdict = "unused"       // nothing in the capture asks for it
	VerdictUntested    Verdict = "untested"     // something else is missing to try it
)

// Good reports whether the secret is right.
func (v Verdict) Good() bool { return v == VerdictOpened || v == VerdictSame }

// Secrets adds to the findings of a case what is to be told of the secrets that
// were of no use. Of a file of many secrets some of which fit, as it should be, that
// is one sentence.
func Secrets(c Case, found []Finding, verdicts []SecretVerdict) []Finding {
	x := &examiner{Case: c, bySameness: map[sameness]*draft{}}
	var idle []SecretVerdict
	served := false
	for _, v := range verdicts {
		switch {
		case v.Verdict.Good() || v.Tried:
			served = true
		case v.Verdict == VerdictWrongLength:
			x.add(about(SecretWrongLength, Proved, "", peers{}).says("%s: %s: wrong length: %s", v.Source, v.Kind, v.Text))
		case v.Verdict == VerdictExcluded:
			x.add(about(SecretUnused, Proved, "", peers{}).as(Warning).says("%s: %s: %s", v.Source, v.Kind, v.Text))
		default:
			idle = append(idle, v)
		}
	}
	x.idle(idle, served)
	all := slices.Concat(found, x.findings())
	slices.SortStableFunc(all, Finding.order)
	return all
}

// order sorts findings by severity, then by their first packets.
func (f Finding) order(o Finding) int {
	return cmp.Or(cmp.Compare(o.Severity, f.Severity), cmp.Compare(f.firstFrame(), o.firstFrame()))
}

func (x *examiner) idle(vs []SecretVerdict, served bool) {
	if len(vs) == 0 {
		return
	}
	d := about(SecretUnused, Proved, "", peers{})
	switch {
	case len(vs) == 1:
		d.says("%s: %s: %s", vs[0].Source, vs[0].Kind, vs[0].Text)
	case served:
		d.says("%s of those supplied open nothing here", many(int64(len(vs)), "secret"))
	default:
		d.says("none of the %s supplied opens anything here", many(int64(len(vs)), "secret"))
	}
	if !served && x.locked() {
		d.as(Warning)
	}
	if len(vs) > 1 {
		for _, v := range vs[:min(len(vs), maxOffered)] {
			d.line("%s: %s: %s.", v.Source, v.Kind, strings.TrimSuffix(v.Text, "."))
		}
		if n := len(vs) - maxOffered; n > 0 {
			d.line("And %s.", many(int64(n), "more secret"))
		}
	}
	x.add(d)
}

// locked reports whether anything is left that a secret could open.
func (x *examiner) locked() bool {
	for _, c := range x.Conversations {
		for _, m := range c.Messages {
			if m.Encrypted() && !m.Decrypted && m.Missing == 0 {
				return true
			}
		}
	}
	return len(x.Unknown) > 0
}
