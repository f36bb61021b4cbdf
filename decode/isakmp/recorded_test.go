package isakmp

import (
	"bufio"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"
)

// unhex joins hex digits; blanks are ignored, so that octets can be grouped by field.
func unhex(t testing.TB, parts ...string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(strings.Join(parts, " ")), ""))
	if err != nil {
		t.Fatalf("test octets: %v", err)
	}
	return b
}

// wantError checks layer, field, offset and kind of an error.
func wantError(t *testing.T, err error, layer, field string, offset int, kind error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want an *Error of %s, %s", err, layer, field)
	}
	if e.Layer != layer || e.Field != field || e.Offset != offset || !errors.Is(err, kind) {
		t.Errorf("error %v, want %s, %s at %d: %v", err, layer, field, offset, kind)
	}
}

// part makes a payload, proposal or transform with a generic header in front of the body.
func part(next byte, body []byte) []byte { return AppendPayload(nil, PayloadType(next), body) }

// recorded is a message of testdata/messages.txt.
type recorded struct {
	name              string
	types, lengths    string // as Wireshark reads them, joined by commas
	attributes, value string
	raw               []byte
}

// recordedMessages reads testdata/messages.txt.
func recordedMessages(t testing.TB) (ms []recorded) {
	for _, ls := range stanzas(t, "testdata/messages.txt", 6) {
		ms = append(ms, recorded{
			ls[0], strings.TrimPrefix(ls[1], "types "), strings.TrimPrefix(ls[2], "lengths "),
			strings.TrimPrefix(ls[3], "attributes "), strings.TrimPrefix(ls[4], "values "), unhex(t, ls[5]),
		})
	}
	return ms
}

// message returns the recorded message with the given name.
func message(t testing.TB, name string) []byte {
	t.Helper()
	for _, m := range recordedMessages(t) {
		if m.name == name {
			return m.raw
		}
	}
	t.Fatalf("no recorded message %q", name)
	return nil
}

// plain is a decrypted payload chain of testdata/plain.txt.
type plain struct {
	name   string
	first  PayloadType
	parsed string // what strongSwan read, in its own names
	raw    []byte
}

// plainChains reads testdata/plain.txt.
func plainChains(t testing.TB) (ps []plain) {
	for _, ls := range stanzas(t, "testdata/plain.txt", 4) {
		first := PayloadHash
		if ls[1] == "first 5" {
			first = PayloadID
		}
		ps = append(ps, plain{ls[0], first, strings.TrimPrefix(ls[2], "parsed "), unhex(t, ls[3])})
	}
	return ps
}

// chain returns the payloads of the decrypted chain with the given name.
func chain(t testing.TB, name string) []Payload {
	t.Helper()
	for _, p := range plainChains(t) {
		if p.name == name {
			ps, _, err := ParsePayloads(p.first, p.raw, HeaderLen)
			if err != nil {
				t.Fatal(err)
			}
			return ps
		}
	}
	t.Fatalf("no plain chain %q", name)
	return nil
}

// find returns the first payload of the given type.
func find(t testing.TB, ps []Payload, pt PayloadType) Payload {
	t.Helper()
	for _, p := range ps {
		if p.Type == pt {
			return p
		}
	}
	t.Fatalf("no %s payload", pt)
	return Payload{}
}

// stanzas splits a file into groups of n lines; groups are separated by empty lines.
func stanzas(t testing.TB, name string, n int) (groups [][]string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := s.Text(); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	for len(lines) >= n {
		groups, lines = append(groups, lines[:n]), lines[n:]
	}
	if len(lines) != 0 || len(groups) == 0 {
		t.Fatalf("%s: %d lines left over", name, len(lines))
	}
	return groups
}
