package secrets

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"ikescope/keymat"
)

// tomlKeys are the keys of all tables: those that an error may name, because they are words of the format and not of its
// user.
var tomlKeys = []string{
	"secret", "secret_hex", "secret_base64", "ids", "id",
	"private", "shared", "further",
	"initiator_cookie", "responder_cookie", "skeyid", "skeyid_d", "skeyid_a", "skeyid_e", "encryption_key", "initial_iv",
	"initiator_spi", "responder_spi", "skeyseed", "sk_d", "sk_ai", "sk_ar", "sk_ei", "sk_er", "sk_pi", "sk_pr",
	"spi", "source", "destination", "encryption", "integrity", "integrity_key", "keymat", "unchecked_icv_bits", "esn",
}

// TOMLKeys returns the keys of all tables of a secrets file.
func TOMLKeys() []string { return slices.Clone(tomlKeys) }

// knownKey is key if errors may name it, else "": a secret can stand where a key should.
func knownKey(key string) string {
	if slices.Contains(tomlKeys, key) {
		return key
	}
	return ""
}

// tomlEntry is one table of a document. Its methods take one key each and convert it; the first fault is kept until
// finish, so that reading an entry needs no error handling between.
type tomlEntry struct {
	c     *collector
	table string
	index int
	keys  map[string]any
	lines tomlLines
	asked []string
	fault *Error
}

// line is where the entry begins.
func (e *tomlEntry) line() int { return e.lines.line(e.table, e.index, "") }

// fail notes a fault of a key, or of the entry as a whole when the key is "".
func (e *tomlEntry) fail(key, msg string) {
	if e.fault != nil {
		return
	}
	e.fault = &Error{Line: e.lines.line(e.table, e.index, key), Field: key, Msg: msg}
	if key == "" {
		e.fault.Field = "[[" + e.table + "]]"
	}
}

// count is how many of the keys stand in the entry.
func (e *tomlEntry) count(keys ...string) (n int) {
	for _, key := range keys {
		if _, ok := e.keys[key]; ok {
			n++
		}
	}
	return n
}

// finish returns the entry's fault: a key that nobody asked for comes first, since a misspelt key is why another is absent.
func (e *tomlEntry) finish() error {
	if unknown := e.unasked(); len(unknown) > 0 {
		line := func(key string) int { return e.lines.line(e.table, e.index, key) }
		first := slices.MinFunc(unknown, func(a, b string) int { return cmp.Or(line(a)-line(b), strings.Compare(a, b)) })
		msg := "unknown key" + meant(first, e.asked) + "; keys are " + strings.Join(e.asked, ", ")
		return &Error{Line: line(first), Field: "[[" + e.table + "]]", Msg: msg}
	}
	if e.fault != nil {
		return e.fault
	}
	return nil
}

// unasked returns the keys that nobody asked for.
func (e *tomlEntry) unasked() (keys []string) {
	for key := range e.keys {
		if !slices.Contains(e.asked, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// take returns a key's value, nil if absent.
func (e *tomlEntry) take(key string) any {
	e.asked = append(e.asked, key)
	return e.keys[key]
}

// text takes a string; "" when absent, since an empty one is refused.
func (e *tomlEntry) text(key string) string {
	v := e.take(key)
	s, ok := v.(string)
	switch {
	case v == nil:
	case !ok:
		e.fail(key, "the value needs quotes around it")
	case s == "":
		e.fail(key, "empty: leave the key out if there is no value")
	}
	return s
}

// hex takes octets, zero when absent. want is what lengths are right, for the check and for advice.
func (e *tomlEntry) hex(key string, want lengths) keymat.Secret {
	s := e.text(key)
	if s == "" {
		return keymat.Secret{}
	}
	out, err := parseHex(s)
	var odd oddDigits
	switch {
	case errors.As(err, &odd):
		e.fail(key, odd.Error()+want.advice(int(odd)))
	case err != nil:
		e.fail(key, err.Error())
	default:
		if msg := want.check(out.Len()); msg != "" {
			e.fail(key, msg)
		}
	}
	return out
}

// cookie takes a cookie or SPI of 8 octets, nil when absent.
func (e *tomlEntry) cookie(key string) *[8]byte {
	s := e.hex(key, lengths{strict: true, rows: []length{{8, "a cookie or IKE SPI"}}})
	if s.Len() != 8 {
		return nil
	}
	return (*[8]byte)(s.Bytes())
}

// list takes a list of strings.
func (e *tomlEntry) list(key string) []string {
	v := e.take(key)
	if v == nil {
		return nil
	}
	items, ok := v.([]any)
	if !ok {
		e.fail(key, `not a list: write ["192.0.2.1"]`)
		return nil
	}
	if len(items) > maxIDs {
		e.fail(key, fmt.Sprintf("more than %d", maxIDs))
		return nil
	}
	var out []string
	for _, item := range items {
		s, ok := item.(string)
		if !ok || s == "" {
			e.fail(key, "each item is a string in quotes that is not empty")
			return nil
		}
		out = append(out, s)
	}
	return out
}

// spi takes an ESP or AH SPI: "0xcc4fcd10", or an integer without quotes. 0 when absent.
func (e *tomlEntry) spi(key string) uint32 {
	v := e.take(key)
	n, isInt := v.(int64)
	s, isText := v.(string)
	switch {
	case v == nil:
		return 0
	case isText:
		u, err := strconv.ParseUint(strings.ToLower(s), 0, 32)
		if err != nil || !strings.HasPrefix(strings.ToLower(s), "0x") {
			e.fail(key, "not an SPI: write it in hex with 0x, as in \"0xcc4fcd10\"")
			return 0
		}
		n = int64(u)
	case !isInt:
		e.fail(key, "not an SPI: write it in hex with 0x, as in \"0xcc4fcd10\"")
		return 0
	}
	if n <= 0 || n > math.MaxUint32 {
		e.fail(key, "an SPI is a number from 1 to 0xffffffff; leave the key out if it is not known")
		return 0
	}
	return uint32(n)
}

// addr takes an IP address, the zero Addr when absent.
func (e *tomlEntry) addr(key string) netip.Addr {
	s := e.text(key)
	if s == "" {
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		e.fail(key, "not an IP address")
		return netip.Addr{}
	}
	return a.Unmap()
}

// bits takes a number of bits, whole octets, and returns the octets; 0 when absent.
func (e *tomlEntry) bits(key string) int {
	v := e.take(key)
	n, ok := v.(int64)
	if v != nil && (!ok || n <= 0 || n > 8*maxICV || n%8 != 0) {
		e.fail(key, fmt.Sprintf("write a number of bits without quotes: a multiple of 8, at most %d", 8*maxICV))
		return 0
	}
	return int(n / 8)
}

// flag takes a boolean, false when absent.
func (e *tomlEntry) flag(key string) bool {
	v := e.take(key)
	b, ok := v.(bool)
	if v != nil && !ok {
		e.fail(key, "write true or false, without quotes")
	}
	return b
}
