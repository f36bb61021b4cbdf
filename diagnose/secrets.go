package diagnose

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"ikescope/ikestate"
	"ikescope/secrets"
	"ikescope/suite"
)

// entry is one of the user's secrets as a finding speaks of it.
type entry struct {
	source secrets.Source
	kind   string
	why    string // it was of no use, "" if nothing is known
	length string // what is wrong with its length, "" if nothing
}

// is is the verb for the kind of entry.
func (e entry) is() string {
	if strings.Contains(e.kind, "keys") {
		return "are"
	}
	return "is"
}

// secrets tells of secrets that were of no use, with the reason where one is
// known.
func (x *examiner) secrets() {
	if x.Ring == nil || x.Ring.Len() == 0 {
		return
	}
	used := x.usedSources()
	var idle []entry
	served := false
	for _, e := range x.entries() {
		switch {
		case used[e.source]:
			served = true
		case e.length != "":
			x.add(about(SecretWrongLength, Proved, "", peers{}).
				says("%s: %s: wrong length: %s", e.source, e.kind, e.length))
		default:
			idle = append(idle, e)
		}
	}
	x.idle(idle, served)
}

// usedSources are the places of the secrets that opened something or served a
// finding.
func (x *examiner) usedSources() map[secrets.Source]bool {
	used := map[secrets.Source]bool{}
	for s := range x.Uses {
		used[s] = true
	}
	for i := range x.SAs {
		s := &x.SAs[i]
		if s.Decrypted+s.Unverified+s.ICVFailed+s.Damaged == 0 {
			continue
		}
		if s.Given != nil {
			used[s.Given.Source] = true
		}
		used[s.KeySource] = true
	}
	for _, d := range x.drafts {
		for _, source := range d.Secrets {
			used[source] = true
		}
	}
	return used
}

// entries lists the user's secrets with what is known against them.
func (x *examiner) entries() (all []entry) {
	for _, p := range x.Ring.PSKs {
		all = append(all, entry{p.Source, "the pre-shared key", x.whyPSK(), ""})
	}
	for i := range x.Ring.DHs {
		all = append(all, x.dhEntry(i))
	}
	for _, i := range x.Ring.ISAKMPs {
		all = append(all, x.isakmpEntry(i))
	}
	for _, i := range x.Ring.IKEv2s {
		all = append(all, entry{i.Source, "IKEv2 keys", "", ""})
	}
	for _, k := range x.Ring.RSAKeys {
		all = append(all, entry{k.Source, "the RSA private key", "nothing in the capture is encrypted to it", ""})
	}
	for _, e := range x.Ring.ESPs {
		all = append(all, x.espEntry(e))
	}
	return all
}

// whyPSK says what keeps pre-shared keys from being of use.
func (x *examiner) whyPSK() string {
	var keyed, asked, sealed, refuted bool
	for _, v := range x.views {
		keyed = keyed || !v.Phase1.Ladder.GXY.IsZero()
		if v.psk() {
			asked = true
			sealed = sealed || v.sealed()
			refuted = refuted || v.Phase1.Ladder.PSK == ikestate.PSKRefuted
		}
	}
	switch {
	case !asked && len(x.v2s) > 0:
		return "no AUTH payload that could be read is made with it"
	case !asked:
		return "no phase 1 in the capture uses one"
	case refuted:
		return "it does not open the phase 1 whose Diffie-Hellman secret is known"
	case !sealed:
		return "no message that it could open is in the capture"
	case !keyed:
		return "alone it opens nothing: a Diffie-Hellman secret of the exchange is needed too"
	default:
		return "no hash in the capture is made with it"
	}
}

// groupsSeen lists the groups of the exchanges in the capture.
func (x *examiner) groupsSeen() (gs []suite.Group) {
	add := func(g suite.Group) {
		if !g.IsZero() && !slices.ContainsFunc(gs, func(o suite.Group) bool { return o.Name == g.Name }) {
			gs = append(gs, g)
		}
	}
	for _, v := range x.views {
		if c := v.Phase1.Chosen; c != nil {
			add(c.Group)
		}
		for _, q := range v.quicks {
			add(q.PFSGroup)
		}
	}
	return gs
}

// dhEntry says why a Diffie-Hellman secret was of no use.
func (x *examiner) dhEntry(i int) entry {
	d, gs := &x.Ring.DHs[i], x.groupsSeen()
	if d.Private.IsZero() {
		e := entry{source: d.Source, kind: "the Diffie-Hellman shared secret", why: "it opens no exchange of the capture"}
		e.length = sharedLength(d.Shared.Len(), gs)
		return e
	}
	e := entry{source: d.Source, kind: "the Diffie-Hellman private value", why: "it belongs to no exchange in the capture"}
	switch v := x.partOf(i); {
	case v != nil:
		e.why = fmt.Sprintf("it belongs to the exchange of %s and %s, but %s", v.Initiator.Addr(), v.Responder.Addr(), v.besidesDH())
	case x.cutKE():
		e.why += ", as far as the capture kept the public values"
	case len(gs) > 0:
		e.why += " (its public value for " + listed(namesOf(gs)) + " is in no KE payload)"
	}
	return e
}

// sharedLength says what is wrong with the length of a shared secret.
func sharedLength(n int, gs []suite.Group) string {
	if len(gs) == 0 || slices.ContainsFunc(gs, func(g suite.Group) bool { return g.SharedLen == n }) {
		return ""
	}
	s := fmt.Sprintf("%s; those of %s have %s", many(int64(n), "octet"), listed(namesOf(gs)), lengthsOf(gs))
	if slices.ContainsFunc(gs, func(g suite.Group) bool { return g.SharedLen > n && g.SharedLen-n < 4 }) {
		s += ". Was a leading zero lost?"
	}
	return s
}

func namesOf(gs []suite.Group) (names []string) {
	for _, g := range gs {
		names = append(names, g.Name)
	}
	return names
}

// partOf finds the phase 1 that one of the user's private values is a part of.
func (x *examiner) partOf(dh int) *view {
	for _, v := range x.views {
		p := v.Phase1
		if p.Chosen == nil || len(p.GXI) == 0 && len(p.GXR) == 0 {
			continue
		}
		if own := x.public(dh, p.Chosen.Group); own != nil && (bytes.Equal(own, p.GXI) || bytes.Equal(own, p.GXR)) {
			return v
		}
	}
	return nil
}

// sealed reports whether a message is encrypted.
func (v *view) sealed() bool {
	return slices.ContainsFunc(v.Messages, func(m *ikestate.Message) bool { return m.Encrypted() })
}

// besidesDH is what a phase 1 lacks whose Diffie-Hellman secret is known.
func (v *view) besidesDH() string {
	switch {
	case v.Phase1.Ladder.PSK == ikestate.PSKRefuted:
		return "no pre-shared key supplied fits there"
	case v.psk() && v.sealed():
		return "the pre-shared key is needed too"
	default:
		return "opens nothing alone"
	}
}

// cutKE reports whether the capture cut messages that may have held public values.
func (x *examiner) cutKE() bool {
	for _, v := range x.views {
		for _, m := range v.Messages {
			if m.Missing > 0 && !m.Encrypted() {
				return true
			}
		}
	}
	return false
}

func lengthsOf(gs []suite.Group) string {
	var ns []string
	for _, g := range gs {
		if n := fmt.Sprint(g.SharedLen); !intersect(ns, []string{n}) {
			ns = append(ns, n)
		}
	}
	return listed(ns)
}

// isakmpEntry says why the keys of an ISAKMP SA were of no use.
func (x *examiner) isakmpEntry(i secrets.ISAKMP) entry {
	e := entry{source: i.Source, kind: "the ISAKMP SA's keys", why: "they open no conversation of the capture"}
	v := x.withCookies(i)
	if v == nil {
		if i.CookieI != nil || i.CookieR != nil {
			e.why = "no conversation of the capture has these cookies"
		}
		return e
	}
	c := v.Phase1.Chosen
	if c == nil || v.Phase1.ChoiceTried {
		return e
	}
	for _, r := range []struct {
		name string
		have int
		want int
	}{
		{"SKEYID", i.SKEYID.Len(), c.Hash.Size}, {"SKEYID_d", i.SKEYIDd.Len(), c.Hash.Size}, {"SKEYID_a", i.SKEYIDa.Len(), c.Hash.Size},
		{"SKEYID_e", i.SKEYIDe.Len(), c.Hash.Size}, {"the cipher key", i.CipherKey.Len(), c.Cipher.KeyLen},
	} {
		if r.have > 0 && r.want > 0 && r.have != r.want {
			e.length = fmt.Sprintf("%s of %d octets; %s has %d", r.name, r.have, c, r.want)
		}
	}
	return e
}

// withCookies finds the conversation with the cookies of an entry.
func (x *examiner) withCookies(i secrets.ISAKMP) *view {
	for _, v := range x.views {
		if i.CookieI != nil && bytes.Equal(i.CookieI[:], v.CookieI[:]) || i.CookieR != nil && bytes.Equal(i.CookieR[:], v.CookieR[:]) {
			return v
		}
	}
	return nil
}

// espEntry says why the keys of an IPsec SA were of no use.
func (x *examiner) espEntry(e secrets.ESP) entry {
	out := entry{source: e.Source, kind: "the IPsec SA's keys", why: "they verify no packet of the capture"}
	if e.SPI != 0 {
		out.kind = "the keys of SPI " + hex32(e.SPI)
		if !x.sawSPI(e.SPI) {
			out.why = "no packet of the capture has this SPI"
		}
	}
	if c, ok := suite.CipherByName(e.Encryption); ok && e.EncryptionKey.Len() != c.KeymatLen() {
		out.length = fmt.Sprintf("%d octets; %s has %d", e.EncryptionKey.Len(), c.Name, c.KeymatLen())
	}
	if i, ok := suite.IntegrityByName(e.Integrity); ok && e.IntegrityKey.Len() != i.KeyLen {
		out.length = fmt.Sprintf("%d octets; %s has %d", e.IntegrityKey.Len(), i.Name, i.KeyLen)
	}
	return out
}

// sawSPI reports whether packets of an SPI are in the capture. Both sides of the
// question may be long, so the SPIs are looked up.
func (x *examiner) sawSPI(spi uint32) bool {
	if x.spis == nil {
		x.spis = map[uint32]bool{}
		for i := range x.SAs {
			if x.SAs[i].Traffic != nil {
				x.spis[x.SAs[i].SPI] = true
			}
		}
		for i := range x.Unknown {
			x.spis[x.Unknown[i].SPI] = true
		}
	}
	return x.spis[spi]
}

// idle tells of the secrets that served nothing: one sentence for all of a file
// of many keys of which some fit, which is as it should be.
func (x *examiner) idle(es []entry, served bool) {
	if len(es) == 0 {
		return
	}
	d := about(SecretUnused, Proved, "", peers{})
	switch {
	case len(es) == 1:
		d.says("%s: %s %s of no use here: %s", es[0].source, es[0].kind, es[0].is(), orUnknown(es[0].why))
	case served:
		d.says("%s of those supplied are of no use here", many(int64(len(es)), "secret"))
	default:
		d.says("none of the %s supplied is of use here", many(int64(len(es)), "secret"))
	}
	if !served && x.locked() {
		d.as(Warning)
	}
	if len(es) > 1 {
		for _, e := range es[:min(len(es), maxOffered)] {
			d.line("%s: %s: %s.", e.source, e.kind, orUnknown(e.why))
		}
		if n := len(es) - maxOffered; n > 0 {
			d.line("And %s.", many(int64(n), "more secret"))
		}
	}
	x.add(d)
}

// locked reports whether anything is left that a secret could open.
func (x *examiner) locked() bool {
	for _, v := range x.views {
		for _, m := range v.Messages {
			if m.Encrypted() && !m.Decrypted && m.Missing == 0 {
				return true
			}
		}
	}
	return len(x.Unknown) > 0
}

func orUnknown(why string) string {
	if why == "" {
		return "nothing in the capture asks for it"
	}
	return strings.TrimSuffix(why, ".")
}
