package secrets

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"strings"

	"ikescope/keymat"
	"ikescope/suite"
)

// Entry describes an entry of a ring without its values.
type Entry struct {
	Source Source
	Kind   string   // psk, ppk, dh-private, dh-shared, isakmp, ike, esp, ah, rsa-key
	Of     string   // what it is said to belong to: cookies, SPI and addresses, identities; "" anything
	Holds  []string // names and lengths of its values, algorithms
}

// Entries describes all entries, in the order of the places where they stood.
func (r *Ring) Entries() []Entry {
	var all []Entry
	for i := range r.PSKs {
		p := &r.PSKs[i]
		all = append(all, Entry{p.Source, "psk", strings.Join(p.IDs, ", "), []string{octetCount(p.Secret.Len())}})
	}
	for i := range r.PPKs {
		p := &r.PPKs[i]
		all = append(all, Entry{p.Source, "ppk", strings.Join(p.IDs, ", "), []string{octetCount(p.Secret.Len())}})
	}
	for i := range r.DHs {
		all = append(all, r.DHs[i].entry())
	}
	for i := range r.ISAKMPs {
		all = append(all, r.ISAKMPs[i].entry())
	}
	for i := range r.IKEv2s {
		all = append(all, r.IKEv2s[i].entry())
	}
	for i := range r.ESPs {
		all = append(all, r.ESPs[i].entry())
	}
	for i := range r.RSAKeys {
		all = append(all, Entry{Source: r.RSAKeys[i].Source, Kind: "rsa-key"})
	}
	slices.SortStableFunc(all, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Source.File, b.Source.File), cmp.Compare(a.Source.Line, b.Source.Line))
	})
	return all
}

// Sources yields where the entries stood, kind by kind.
func (r *Ring) Sources() iter.Seq[Source] {
	return func(yield func(Source) bool) {
		_ = sources(r.PSKs, yield, func(x *PSK) Source { return x.Source }) &&
			sources(r.PPKs, yield, func(x *PPK) Source { return x.Source }) &&
			sources(r.DHs, yield, func(x *DH) Source { return x.Source }) &&
			sources(r.ISAKMPs, yield, func(x *ISAKMP) Source { return x.Source }) &&
			sources(r.IKEv2s, yield, func(x *IKEv2) Source { return x.Source }) &&
			sources(r.ESPs, yield, func(x *ESP) Source { return x.Source }) &&
			sources(r.RSAKeys, yield, func(x *RSAKey) Source { return x.Source })
	}
}

// sources reports whether more are wanted.
func sources[T any](entries []T, yield func(Source) bool, of func(*T) Source) bool {
	for i := range entries {
		if !yield(of(&entries[i])) {
			return false
		}
	}
	return true
}

func octetCount(n int) string {
	if n == 1 {
		return "1 octet"
	}
	return fmt.Sprintf("%d octets", n)
}

func (d *DH) entry() Entry {
	if !d.Private.IsZero() {
		return Entry{d.Source, "dh-private", "", []string{octetCount(d.Private.Len())}}
	}
	var groups []string
	for _, g := range suite.Groups() {
		if g.SharedLen == d.Shared.Len() {
			groups = append(groups, g.Name)
		}
	}
	holds := append([]string{octetCount(d.Shared.Len())}, groups...)
	return Entry{d.Source, "dh-shared", "", append(holds, list(value{"of the key exchanges behind it", d.Further})...)}
}

// value is a named value of an entry.
type value struct {
	name string
	keymat.Secret
}

// list names the values that are there, with their lengths; those of one length stand together.
func list(values ...value) (out []string) {
	var names []string
	length := 0
	flush := func() {
		if len(names) > 0 {
			out = append(out, fmt.Sprintf("%s: %s", strings.Join(names, " "), octetCount(length)))
		}
		names = nil
	}
	for _, v := range values {
		if v.IsZero() {
			continue
		}
		if v.Len() != length {
			flush()
			length = v.Len()
		}
		names = append(names, v.name)
	}
	flush()
	return out
}

func (i *ISAKMP) entry() Entry {
	return Entry{i.Source, "isakmp", cookiesText(i.CookieI, i.CookieR), list(
		value{"SKEYID", i.SKEYID}, value{"SKEYID_d", i.SKEYIDd}, value{"SKEYID_a", i.SKEYIDa}, value{"SKEYID_e", i.SKEYIDe},
		value{"cipher key", i.CipherKey}, value{"IV", i.InitialIV})}
}

func (i *IKEv2) entry() Entry {
	holds := list(
		value{"SKEYSEED", i.SKEYSEED}, value{"SK_d", i.SKd}, value{"SK_ai", i.SKai}, value{"SK_ar", i.SKar},
		value{"SK_ei", i.SKei}, value{"SK_er", i.SKer}, value{"SK_pi", i.SKpi}, value{"SK_pr", i.SKpr})
	return Entry{i.Source, "ike", cookiesText(i.SPIi, i.SPIr), append(names(i.Encryption, i.Integrity), holds...)}
}

func (e *ESP) entry() Entry {
	out := Entry{Source: e.Source, Kind: "esp", Of: e.of(), Holds: names(e.Encryption, e.Integrity)}
	if e.Protocol == 51 {
		out.Kind = "ah"
	}
	if e.Encryption == "" {
		out.Holds = append(out.Holds, list(value{"cipher key", e.EncryptionKey})...)
	}
	if e.Integrity == "" {
		out.Holds = append(out.Holds, list(value{"integrity key", e.IntegrityKey})...)
	}
	out.Holds = append(out.Holds, list(value{"KEYMAT", e.Keymat})...)
	if e.UncheckedICV > 0 {
		out.Holds = append(out.Holds, fmt.Sprintf("ICVs of %d bits without their key", 8*e.UncheckedICV))
	}
	if e.ESN {
		out.Holds = append(out.Holds, "extended sequence numbers")
	}
	return out
}

// of is "0xc53a42de 192.0.2.1 > 192.0.2.2", as far as it is known.
func (e *ESP) of() string {
	var parts []string
	if e.SPI != 0 {
		parts = append(parts, fmt.Sprintf("0x%08x", e.SPI))
	}
	switch {
	case e.Src.IsValid() && e.Dst.IsValid():
		parts = append(parts, e.Src.String()+" > "+e.Dst.String())
	case e.Dst.IsValid():
		parts = append(parts, "> "+e.Dst.String())
	case e.Src.IsValid():
		parts = append(parts, e.Src.String()+" >")
	}
	return strings.Join(parts, " ")
}

func names(all ...string) (out []string) {
	for _, n := range all {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

// cookiesText is "CKY-I:CKY-R", with a star for what is not known.
func cookiesText(i, r *[8]byte) string {
	if i == nil && r == nil {
		return ""
	}
	text := func(c *[8]byte) string {
		if c == nil {
			return "*"
		}
		return hex.EncodeToString(c[:])
	}
	return text(i) + ":" + text(r)
}
