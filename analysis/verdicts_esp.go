package analysis

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/esp"
	"ikescope/secrets"
	"ikescope/suite"
)

// esp judges the keys of an IPsec SA.
func (j *judge) esp(e *secrets.ESP) SecretVerdict {
	v := SecretVerdict{Source: e.Source, Kind: KindESP}
	if e.Protocol == protocolAH {
		v.Kind = KindAH
	}
	if sas := j.given[e]; len(sas) > 0 {
		v.Verdict, v.Text = j.used(sas)
		return v
	}
	if e.SPI == 0 {
		v.Verdict, v.Text = j.nowhere(e)
		return v
	}
	flows := slices.DeleteFunc(slices.Clone(j.bySPI[e.SPI]), func(f *Flow) bool { return !sameProtocol(e, f) })
	if len(flows) == 0 {
		v.Verdict, v.Text = VerdictUnused, fmt.Sprintf("no packet in this capture has SPI 0x%08x", e.SPI)
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
func (j *judge) used(sas []*SA) (Verdict, string) {
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
		return VerdictOpened, text
	case total.Unverified > 0:
		return VerdictOpened, fmt.Sprintf("%s: %s of %s packets opened, none verified for want of an integrity key", name, grouped(total.Unverified), grouped(all))
	case total.ICVFailed > 0:
		return why(sas[0])
	case total.Damaged > 0:
		return VerdictUntested, fmt.Sprintf("%s: all %s packets are cut or damaged", name, grouped(total.Damaged))
	}
	return VerdictUntested, name + ": no packet of it was opened"
}

// why says what is wrong with keys of which no ICV verified.
func why(s *SA) (Verdict, string) {
	name := saName(s)
	failed := fmt.Sprintf("%s: none of %s ICVs verified", name, grouped(s.Opened.ICVFailed))
	if s.opener == nil || s.opener.sa == nil || s.Flow == nil || len(s.Flow.samples) == 0 {
		return VerdictRefuted, failed
	}
	sa := s.opener.sa
	samples := samplesOf(s.Flow)
	if fits := sa.Probe(samples); len(fits) > 0 {
		return VerdictWrongICV, name + ": " + variantText(sa, fits[0])
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
		return VerdictRefuted, failed + "; the cipher key is right, the integrity key or its algorithm is not"
	}
	return VerdictRefuted, failed
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
func (j *judge) besides(e *secrets.ESP, s *SA) (Verdict, string) {
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
		return VerdictSame, text + "; the keys follow from " + from + " too"
	}
	if !s.Opened.Any() {
		return VerdictRefuted, fmt.Sprintf("wrong keys for %s", saName(s))
	}
	return VerdictRefuted, fmt.Sprintf("wrong keys: %s opens with those of %s", saName(s), from)
}

// unfit says why keys with the SPI of a flow were not taken for it.
func unfit(e *secrets.ESP, f *Flow) (Verdict, string) {
	name := fmt.Sprintf("SPI 0x%08x", e.SPI)
	if f.negotiated() {
		s := f.sa
		if n := s.Cipher.KeymatLen(); !e.EncryptionKey.IsZero() && e.EncryptionKey.Len() != n {
			return VerdictWrongLength, fmt.Sprintf("%d octets; %s of %s has a key of %d", e.EncryptionKey.Len(), strings.ToUpper(s.Encryption), saName(s), n)
		}
		if n := s.Integrity.KeyLen; !e.IntegrityKey.IsZero() && e.IntegrityKey.Len() != n {
			return VerdictWrongLength, fmt.Sprintf("an integrity key of %d octets; %s of %s has %d", e.IntegrityKey.Len(), strings.ToUpper(s.IntegrityName), saName(s), n)
		}
	}
	if len(variants(e, f)) == 0 {
		return VerdictWrongLength, fmt.Sprintf("keys of %d and %d octets go with no algorithms known here", e.EncryptionKey.Len(), e.IntegrityKey.Len())
	}
	if len(f.samples) == 0 {
		return VerdictUntested, name + " has no whole packet in this capture on which keys could be tried"
	}
	return VerdictRefuted, "wrong keys: no packet of " + name + " verifies"
}

// nowhere says why keys without an SPI opened nothing.
func (j *judge) nowhere(e *secrets.ESP) (Verdict, string) {
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
		return VerdictUnused, "no packet in this capture is for them"
	case known && e.Encryption != "" && !slices.Contains(here, e.Encryption):
		return VerdictWrongLength, fmt.Sprintf("%d octets, %s fits no SA here", e.EncryptionKey.Len(), strings.ToUpper(e.Encryption))
	}
	return VerdictUnused, "verify no packet of this capture"
}
