package secrets

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ikescope/keymat"
)

// WriteTOML writes the ring in this program's own format, which Read takes again: the secrets in the clear. Where an
// entry came from is a comment above it. The error is w's.
func WriteTOML(w io.Writer, r *Ring) error {
	t := &tomlWriter{bufio.NewWriter(w)}
	t.WriteString("# Secrets for ikescope, in the clear: keep this file to yourself.\n")
	for _, p := range r.PSKs {
		t.table("psk", p.Source)
		t.psk(p)
	}
	for _, p := range r.PPKs {
		t.ppk(p)
	}
	for _, d := range r.DHs {
		t.table("dh", d.Source)
		t.hex("private", d.Private)
		t.hex("shared", d.Shared)
		t.hex("further", d.Further)
	}
	for _, i := range r.ISAKMPs {
		t.table("isakmp", i.Source)
		t.isakmp(i)
	}
	for _, i := range r.IKEv2s {
		t.table("ike", i.Source)
		t.ikev2(i)
	}
	for _, e := range r.ESPs {
		t.esp(e)
	}
	return t.Flush()
}

// tomlWriter writes a key a line. Errors stay in the bufio.Writer until Flush.
type tomlWriter struct{ *bufio.Writer }

func (t *tomlWriter) table(name string, src Source) {
	t.WriteByte('\n')
	if src.File != "" {
		fmt.Fprintf(t, "# from %s\n", printable(src.String()))
	}
	fmt.Fprintf(t, "[[%s]]\n", name)
}

func (t *tomlWriter) psk(p PSK) {
	t.preshared(p.Secret)
	switch {
	case len(p.IDs) == 0:
	case p.Only:
		quoted := make([]string, 0, len(p.IDs))
		for _, id := range p.IDs {
			quoted = append(quoted, tomlString(id))
		}
		fmt.Fprintf(t, "ids = [%s]\n", strings.Join(quoted, ", "))
	default: // as ids they would restrict the key
		fmt.Fprintf(t, "# for %s\n", printable(strings.Join(p.IDs, ", ")))
	}
}

// ppk writes a table for each name that a key has.
func (t *tomlWriter) ppk(p PPK) {
	for i := range max(len(p.IDs), 1) {
		t.table("ppk", p.Source)
		t.preshared(p.Secret)
		if i < len(p.IDs) {
			t.text("id", p.IDs[i])
		}
	}
}

func (t *tomlWriter) preshared(s keymat.Secret) {
	if text := string(s.Bytes()); plainText(text) {
		t.text("secret", text)
	} else {
		t.hex("secret_hex", s)
	}
}

func (t *tomlWriter) isakmp(i ISAKMP) {
	t.cookie("initiator_cookie", i.CookieI)
	t.cookie("responder_cookie", i.CookieR)
	t.hex("skeyid", i.SKEYID)
	t.hex("skeyid_d", i.SKEYIDd)
	t.hex("skeyid_a", i.SKEYIDa)
	t.hex("skeyid_e", i.SKEYIDe)
	t.hex("encryption_key", i.CipherKey)
	t.hex("initial_iv", i.InitialIV)
}

func (t *tomlWriter) ikev2(i IKEv2) {
	t.cookie("initiator_spi", i.SPIi)
	t.cookie("responder_spi", i.SPIr)
	t.hex("skeyseed", i.SKEYSEED)
	t.hex("sk_d", i.SKd)
	t.text("encryption", i.Encryption)
	t.hex("sk_ei", i.SKei)
	t.hex("sk_er", i.SKer)
	t.text("integrity", i.Integrity)
	t.hex("sk_ai", i.SKai)
	t.hex("sk_ar", i.SKar)
	t.hex("sk_pi", i.SKpi)
	t.hex("sk_pr", i.SKpr)
}

func (t *tomlWriter) esp(e ESP) {
	name := "esp"
	if e.Protocol == 51 {
		name = "ah"
	}
	t.table(name, e.Source)
	if e.SPI != 0 {
		t.text("spi", fmt.Sprintf("0x%08x", e.SPI))
	}
	if e.Src.IsValid() {
		t.text("source", e.Src.String())
	}
	if e.Dst.IsValid() {
		t.text("destination", e.Dst.String())
	}
	t.text("encryption", e.Encryption)
	t.hex("encryption_key", e.EncryptionKey)
	t.text("integrity", e.Integrity)
	t.hex("integrity_key", e.IntegrityKey)
	t.hex("keymat", e.Keymat)
	if e.UncheckedICV != 0 {
		fmt.Fprintf(t, "unchecked_icv_bits = %d\n", 8*e.UncheckedICV)
	}
	if e.ESN {
		t.WriteString("esn = true\n")
	}
}

func (t *tomlWriter) text(key, value string) {
	if value != "" {
		fmt.Fprintf(t, "%s = %s\n", key, tomlString(value))
	}
}

func (t *tomlWriter) hex(key string, s keymat.Secret) {
	if !s.IsZero() {
		fmt.Fprintf(t, "%s = \"%s\"\n", key, s.Hex())
	}
}

func (t *tomlWriter) cookie(key string, c *[8]byte) {
	if c != nil {
		fmt.Fprintf(t, "%s = \"%x\"\n", key, c[:])
	}
}

// plainText reports whether a pre-shared key can stand as text that everyone reads alike: printable, without blanks at
// its ends, and not like one of the prefixes of other formats.
func plainText(s string) bool {
	if s == "" || !utf8.ValidString(s) || strings.TrimSpace(s) != s {
		return false
	}
	lower := strings.ToLower(s)
	if strings.HasPrefix(lower, "0x") || strings.HasPrefix(lower, "0s") {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// tomlString quotes text as a TOML basic string. Octets that are not UTF-8, which TOML cannot hold, are replaced.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// printable makes a file name fit for a comment.
func printable(s string) string {
	q := strconv.QuoteToGraphic(s)
	return q[1 : len(q)-1]
}
