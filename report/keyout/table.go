package keyout

import (
	"bufio"
	"fmt"
	"io"

	"ikescope/keymat"
	"ikescope/report"
	"ikescope/suite"
)

// Table writes the keys to be read and copied by a person: one key a line,
// never wrapped.
func Table(w io.Writer, k Keys, o report.Options) error {
	b := bufio.NewWriter(w)
	if k.Empty() {
		fmt.Fprintln(b, "No key is known.")
	}
	for _, i := range k.ISAKMP {
		i.table(b)
	}
	for _, i := range k.IKEv2 {
		fmt.Fprintf(b, "IKE SA  %s:%s  %s %s\n", hexSPI(i.SPIi), hexSPI(i.SPIr), suite.Title(i.Encryption), suite.Title(i.Integrity))
		line(b, "SK_d", i.SKd)
		line(b, "SK_ei", i.SKei)
		line(b, "SK_er", i.SKer)
		line(b, "SK_ai", i.SKai)
		line(b, "SK_ar", i.SKar)
		fmt.Fprintln(b)
	}
	for _, s := range k.IPsec {
		e := s.secrets()
		fmt.Fprintf(b, "%s  %s %s\n", s.name(), suite.Title(e.Encryption), suite.Title(e.Integrity))
		line(b, "encryption key", e.EncryptionKey)
		line(b, "integrity key", e.IntegrityKey)
		fmt.Fprintln(b)
	}
	for _, u := range k.Unknown {
		fmt.Fprintf(b, "%s: %s\n", u.What, u.Reason)
	}
	return b.Flush()
}

func (i ISAKMP) table(b *bufio.Writer) {
	algorithms := ""
	if p := i.Phase1.Chosen; p != nil {
		algorithms = suite.Title(p.Encryption) + " " + suite.Title(p.HashName)
	}
	fmt.Fprintf(b, "ISAKMP SA  %s:%s  %s to %s  %s\n", i.CookieI, i.CookieR, i.Initiator.Addr(), i.Responder.Addr(), algorithms)
	l := i.Ladder
	line(b, "g^xy", l.GXY)
	line(b, "SKEYID", l.SKEYID.Secret())
	line(b, "SKEYID_d", l.D.Secret())
	line(b, "SKEYID_a", l.A.Secret())
	line(b, "SKEYID_e", l.E.Secret())
	line(b, "cipher key", l.CipherKey.Secret())
	fmt.Fprintln(b)
}

// line writes one key; an absent one is left out.
func line(b *bufio.Writer, name string, s keymat.Secret) {
	if !s.IsZero() {
		fmt.Fprintf(b, "  %-14s  %s\n", name, s.Hex())
	}
}

func hexSPI(b *[8]byte) string {
	if b == nil {
		return "unknown"
	}
	return fmt.Sprintf("%x", b[:])
}

// name is how an SA is called in tables and messages.
func (s IPsec) name() string {
	proto := "ESP"
	if s.protocol() == "ah" {
		proto = "AH"
	}
	return fmt.Sprintf("%s %s  %s to %s", proto, spi(s.SPI), s.Src, s.Dst)
}
