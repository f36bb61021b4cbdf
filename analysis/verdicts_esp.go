package analysis

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/diagnose"
	"ikescope/esp"
	"ikescope/secrets"
	"ikescope/suite"
)

// esp judges the keys of an IPsec SA.
func (j *judge) esp(e *secrets.ESP) diagnose.SecretVerdict {
	v := diagnose.SecretVerdict{Source: e.Source, Kind: diagnose.KindESP}
	if e.Protocol == protocolAH {
		v.Kind = diagnose.KindAH
	}
	if sas := j.given[e]; len(sas) > 0 {
		v.Verdict, v.Text = j.used(sas)
		v.Tried = slices.ContainsFunc(sas, func(s *SA) bool { return s.Opened.ICVFailed+s.Opened.Damaged > 0 })
		return v
	}
	if text := wrongKeyLength(e); text != "" {
		v.Verdict, v.Text = diagnose.VerdictWrongLength, text
		return v
	}
	if e.SPI == 0 {
		v.Verdict, v.Text = j.nowhere(e)
		return v
	}
	flows := slices.DeleteFunc(slices.Clone(j.bySPI[e.SPI]), func(f *Flow) bool { return !sameProtocol(e, f) })
	if len(flows) == 0 {
		v.Verdict, v.Text = diagnose.VerdictUnused, fmt.Sprintf("no packet in this capture has SPI 0x%08x", e.SPI)
		return v
	}
	for _, f := range flows {
		if s := f.sa; s != nil && s.KeysKnown {
			v.Verdict, v.Text = j.besides(e, s)
			return v
		}
	}
	v.Verdict, v.Text = unfit(e, flows[0])
	return v
}

// wrongKeyLength says which of some keys cannot be of the algorithm that is named
// with it.
func wrongKeyLength(e *secrets.ESP) string {
	c, ok := suite.CipherByName(e.Encryption)
	if n := e.EncryptionKey.Len(); ok && n > 0 && n != c.KeymatLen() {
		return fmt.Sprintf("%d octets; %s has a key of %d", n, suite.Title(c.Name), c.KeymatLen())
	}
	i, ok := suite.IntegrityByName(e.Integrity)
	if n := e.IntegrityKey.Len(); ok && n > 0 && n != i.KeyLen {
		return fmt.Sprintf("an integrity key of %d octets; %s has %d", n, suite.Title(i.Name), i.KeyLen)
	}
	return ""
}

// saName is "ESP 0xc53a42de".
func saName(s *SA) string {
	return fmt.Sprintf("%s 0x%08x", strings.ToUpper(s.Protocol.String()), s.SPI)
}

// spiList names SAs, the first of them where there are many.
func spiList(sas []*SA) string {
	const most = 4
	var names []string
	for _, s := range sas[:min(len(sas), most)] {
		names = append(names, saName(s))
	}
	list := strings.Join(names, ", ")
	if n := len(sas) - most; n > 0 {
		list += fmt.Sprintf(" and %d more", n)
	}
	return list
}

// used tells what keys opened: "ESP 0xc53a42de: 4,040 of 4,040 ICVs verified".
func (j *judge) used(sas []*SA) (diagnose.Verdict, string) {
	var total Totals
	for _, s := range sas {
		total.Add(s.Opened)
	}
	name := spiList(sas)
	all := total.Decrypted + total.Unverified + total.ICVFailed + total.Damaged + total.NoKey
	switch {
	case total.Decrypted > 0:
		text := fmt.Sprintf("%s: %s of %s ICVs verified", name, grouped(total.Decrypted), grouped(all))
		if total.Damaged > 0 {
			text += fmt.Sprintf(", %s cut or damaged", grouped(total.Damaged))
		}
		return diagnose.VerdictOpened, text
	case total.Unverified > 0:
		return diagnose.VerdictOpened, fmt.Sprintf("%s: %s of %s packets opened, none verified for want of an integrity key", name, grouped(total.Unverified), grouped(all))
	case total.ICVFailed > 0:
		return why(sas[0])
	case total.Damaged > 0:
		return diagnose.VerdictUntested, fmt.Sprintf("%s: all %s packets are cut or damaged", name, grouped(total.Damaged))
	}
	return diagnose.VerdictUntested, name + ": no packet of it was opened"
}

// why says what is wrong with keys of which no ICV verified.
func why(s *SA) (diagnose.Verdict, string) {
	name := saName(s)
	failed := fmt.Sprintf("%s: none of %s ICVs verified", name, grouped(s.Opened.ICVFailed))
	if s.opener == nil || s.opener.sa == nil || s.Flow == nil || len(s.Flow.samples) == 0 {
		return diagnose.VerdictRefuted, failed
	}
	sa := s.opener.sa
	samples := samplesOf(s.Flow)
	if fits := sa.Probe(samples); len(fits) > 0 {
		return diagnose.VerdictWrongICV, name + ": " + variantText(sa, fits[0])
	}
	w := esp.Worker{Unverified: true}
	w.Open(sa, samples)
	plausible := 0
	for i := range samples {
		p := &samples[i]
		if _, _, ok := esp.InnerDatagram(p.NextHeader, p.Inner); ok && !p.OddPadding {
			plausible++
		}
	}
	if !sa.Cipher().AEAD() && sa.Cipher().Mode != suite.ModeNull && plausible == len(samples) {
		return diagnose.VerdictRefuted, failed + "; the cipher key is right, the integrity key or its algorithm is not"
	}
	return diagnose.VerdictRefuted, failed
}

// samplesOf copies a flow's samples for Probe and Open.
func samplesOf(f *Flow) []esp.Packet {
	samples := make([]esp.Packet, 0, len(f.samples))
	for _, b := range f.samples {
		samples = append(samples, esp.Packet{Data: slices.Clone(b)})
	}
	return samples
}

// variantText says under which other reading the keys are right.
func variantText(sa *esp.SA, fit esp.Fit) string {
	var parts []string
	if fit.ICVLen != sa.ICVLen() {
		parts = append(parts, fmt.Sprintf("ICVs are %d bits long, not %d", 8*fit.ICVLen, 8*sa.ICVLen()))
	}
	if fit.ESN != sa.ESN() {
		parts = append(parts, map[bool]string{true: "sequence numbers are extended", false: "sequence numbers are not extended"}[fit.ESN])
	}
	if len(parts) == 0 {
		parts = append(parts, "only some of its packets are authentic")
	}
	return "right keys, but " + strings.Join(parts, " and ")
}

// besides compares keys with those that opened the SA of their SPI.
func (j *judge) besides(e *secrets.ESP, s *SA) (diagnose.Verdict, string) {
	from := "the negotiation"
	if s.Given != nil {
		from = s.Given.Source.String()
	}
	k := e.Keymat.Bytes()
	same := s.Keys.Encryption.Equal(e.EncryptionKey) && (e.IntegrityKey.IsZero() || s.Keys.Integrity.Equal(e.IntegrityKey))
	if n, m := s.Keys.Encryption.Len(), s.Keys.Integrity.Len(); len(k) >= n+m && n+m > 0 {
		same = string(k[:n]) == string(s.Keys.Encryption.Bytes()) && string(k[n:n+m]) == string(s.Keys.Integrity.Bytes())
	}
	if same {
		_, text := j.used([]*SA{s})
		return diagnose.VerdictSame, text + "; the keys follow from " + from + " too"
	}
	if !s.Opened.Any() {
		return diagnose.VerdictRefuted, fmt.Sprintf("wrong keys for %s", saName(s))
	}
	return diagnose.VerdictRefuted, fmt.Sprintf("wrong keys: %s opens with those of %s", saName(s), from)
}

// unfit says why keys with the SPI of a flow were not taken for it.
func unfit(e *secrets.ESP, f *Flow) (diagnose.Verdict, string) {
	name := fmt.Sprintf("SPI 0x%08x", e.SPI)
	if f.negotiated() {
		s := f.sa
		if n := s.Cipher.KeymatLen(); !e.EncryptionKey.IsZero() && e.EncryptionKey.Len() != n {
			return diagnose.VerdictWrongLength, fmt.Sprintf("%d octets; %s of %s has a key of %d", e.EncryptionKey.Len(), suite.Title(s.Encryption), saName(s), n)
		}
		if n := s.Integrity.KeyLen; !e.IntegrityKey.IsZero() && e.IntegrityKey.Len() != n {
			return diagnose.VerdictWrongLength, fmt.Sprintf("an integrity key of %d octets; %s of %s has %d", e.IntegrityKey.Len(), suite.Title(s.IntegrityName), saName(s), n)
		}
	}
	if len(variants(e, f)) == 0 {
		return diagnose.VerdictWrongLength, fmt.Sprintf("keys of %d and %d octets go with no algorithms known here", e.EncryptionKey.Len(), e.IntegrityKey.Len())
	}
	if f.sampled() == 0 {
		return diagnose.VerdictUntested, name + " has no whole packet in this capture on which keys could be tried"
	}
	return diagnose.VerdictRefuted, "wrong keys: no packet of " + name + " verifies"
}

// nowhere says why keys without an SPI opened nothing.
func (j *judge) nowhere(e *secrets.ESP) (diagnose.Verdict, string) {
	var here []string // ciphers that were negotiated
	known := true
	flows := 0
	for _, s := range j.SAs {
		if s.Flow == nil || !sameProtocol(e, s.Flow) {
			continue
		}
		flows++
		if s.Conversation == nil {
			known = false
		} else if !slices.Contains(here, s.Encryption) {
			here = append(here, s.Encryption)
		}
	}
	for _, f := range j.Unknown {
		if sameProtocol(e, f) {
			flows, known = flows+1, false
		}
	}
	switch {
	case flows == 0:
		return diagnose.VerdictUnused, "no packet in this capture is for them"
	case known && e.Encryption != "" && !slices.Contains(here, e.Encryption):
		return diagnose.VerdictWrongLength, fmt.Sprintf("%d octets, %s fits no SA here", e.EncryptionKey.Len(), suite.Title(e.Encryption))
	}
	return diagnose.VerdictUnused, "verify no packet of this capture"
}
