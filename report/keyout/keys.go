package keyout

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"slices"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/secrets"
	"ikescope/suite"
)

// Keys is the key material of a result.
type Keys struct {
	ISAKMP  []ISAKMP
	IKEv2   []secrets.IKEv2
	IPsec   []IPsec
	Unknown []Skipped // SAs of which no key is known
}

// ISAKMP is an ISAKMP SA of which at least one rung of the ladder is known.
type ISAKMP struct {
	*ikestate.Conversation
	Ladder ikestate.Ladder
}

// IPsec is an IPsec SA whose keys are known.
type IPsec struct {
	*analysis.SA
	Src, Dst netip.Addr // as on the wire, where packets are in the capture
}

// Skipped is something that an output format cannot hold, and why.
type Skipped struct {
	What   string // "ESP 0xc7a8cc9e 192.0.2.1 to 192.0.2.2"
	Reason string
}

// Collect gathers the keys of a result, in its order.
func Collect(r *analysis.Result) Keys {
	var k Keys
	for _, c := range r.Conversations {
		switch {
		case c.IKEv2 != nil:
			if keys := c.IKEv2.Keys; !keys.D.IsZero() || !keys.Ei.IsZero() {
				k.IKEv2 = append(k.IKEv2, c.IKEv2Secrets())
			}
		case c.Phase1 != nil && known(c.Phase1.Ladder):
			k.ISAKMP = append(k.ISAKMP, ISAKMP{c, c.Phase1.Ladder})
		}
	}
	for _, s := range r.SAs {
		sa := IPsec{s, s.Src, s.Dst}
		if s.Flow != nil {
			sa.Src, sa.Dst = s.Flow.Src, s.Flow.Key.Dst
		}
		switch {
		case s.Protocol == isakmp.ProtocolIPComp:
		case s.KeysKnown:
			k.IPsec = append(k.IPsec, sa)
		default:
			k.Unknown = append(k.Unknown, Skipped{sa.name(), "its keys are not known"})
		}
	}
	return k
}

// known reports whether a ladder was entered with secrets that fit.
func known(l ikestate.Ladder) bool {
	return !(l.GXY.IsZero() && l.D.IsZero() && l.A.IsZero() && l.E.IsZero() && l.CipherKey.IsZero())
}

// Empty reports whether no key is known at all.
func (k Keys) Empty() bool { return len(k.ISAKMP)+len(k.IKEv2)+len(k.IPsec) == 0 }

// protocol is the name of an SA's protocol in lower case: "esp" or "ah".
func (s IPsec) protocol() string { return s.Protocol.String() }

// aead reports whether the cipher protects integrity, so that there is no other
// algorithm.
func (s IPsec) aead() bool { return s.Cipher.AEAD() }

// integrity is the integrity algorithm, zero with an AEAD and with none.
func (s IPsec) integrity() suite.Integrity {
	if s.aead() || s.Integrity.Name == "none" {
		return suite.Integrity{}
	}
	return s.Integrity
}

// Ring is the key material as secrets for a later run.
func (k Keys) Ring() *secrets.Ring {
	r := &secrets.Ring{IKEv2s: k.IKEv2}
	for _, i := range k.ISAKMP {
		r.ISAKMPs = append(r.ISAKMPs, i.secrets())
	}
	for _, s := range k.IPsec {
		r.ESPs = append(r.ESPs, s.secrets())
	}
	return r
}

func (i ISAKMP) secrets() secrets.ISAKMP {
	cookieI, cookieR := [8]byte(i.CookieI), [8]byte(i.CookieR)
	l := i.Ladder
	return secrets.ISAKMP{
		CookieI: &cookieI, CookieR: &cookieR,
		SKEYID: l.SKEYID.Secret(), SKEYIDd: l.D.Secret(), SKEYIDa: l.A.Secret(), SKEYIDe: l.E.Secret(),
		CipherKey: l.CipherKey.Secret(), InitialIV: l.InitialIV,
	}
}

func (s IPsec) secrets() secrets.ESP {
	e := secrets.ESP{
		Protocol: s.IPProtocol(), SPI: s.SPI, Src: s.Src, Dst: s.Dst,
		Encryption: s.Cipher.Name, EncryptionKey: s.Keys.Encryption,
		Integrity: s.integrity().Name, IntegrityKey: s.Keys.Integrity, ESN: s.ESN,
	}
	if e.Integrity == "" && s.Protocol == isakmp.ProtocolESP {
		e.Integrity = "none"
	}
	return e
}

// lines writes a line for each IPsec SA, and returns those of which none can be written, with the reason.
func (k Keys) lines(w io.Writer, line func(IPsec) (text, reason string)) ([]Skipped, error) {
	b := bufio.NewWriter(w)
	skipped := slices.Clone(k.Unknown)
	for _, s := range k.IPsec {
		text, reason := line(s)
		if reason != "" {
			skipped = append(skipped, Skipped{s.name(), reason})
			continue
		}
		fmt.Fprintln(b, text)
	}
	return skipped, b.Flush()
}
