package keymat

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"ikescope/suite"
)

const canary = "c4nary-d0-n0t-pr1nt"

// leaks reports whether a text holds the canary in any of the forms in which
// a program writes octets.
func leaks(text string) bool {
	b := []byte(canary)
	spaced := strings.Trim(fmt.Sprint(b), "[]")
	forms := []string{
		canary, fmt.Sprintf("%x", b), fmt.Sprintf("%X", b), fmt.Sprintf("% x", b), spaced, strings.ReplaceAll(spaced, " ", ", "),
		fmt.Sprintf("%#v", b)[len("[]byte{"):40], base64.StdEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b)[:20],
		fmt.Sprintf("%o", b), fmt.Sprintf("%b", b),
	}
	for _, f := range forms {
		if strings.Contains(text, strings.Trim(f, "[]")) {
			return true
		}
	}
	return false
}

// carriers are the types that hold a secret, bare and inside structures with
// exported and unexported fields.
func carriers() []any {
	s := NewSecret([]byte(canary))
	type hidden struct{ s Secret }
	type hiddenRung struct{ d SKEYIDd }
	type open struct{ S Secret }
	return []any{
		s, &s, []Secret{s}, map[string]Secret{"k": s}, hidden{s}, &hidden{s}, []hidden{{s}}, hiddenRung{SKEYIDdFrom(s)}, open{s},
		[1]Secret{s}, any(&s), struct{ k Keys }{Keys{A: SKEYIDaFrom(s)}}, struct{ m map[int]Secret }{map[int]Secret{1: s}},
		struct{ p *Secret }{&s}, struct{ s []Secret }{[]Secret{s}}, struct{ i any }{s},
		SKEYIDFrom(s), SKEYIDdFrom(s), SKEYIDaFrom(s), SKEYIDeFrom(s), CipherKeyFrom(s),
		SKEYSEEDFrom(s), SKdFrom(s), SKaFrom(s), SKeFrom(s), SKpFrom(s),
		Keys{D: SKEYIDdFrom(s)}, &Keys{E: SKEYIDeFrom(s)}, IKEv2Keys{Ei: SKeFrom(s)},
		QuickMode{GQMXY: s}, &QuickMode{GQMXY: s}, ChildSA{GIR: s}, ChildSA{Further: []Secret{s}},
	}
}

func TestSecretNeverPrintsItself(t *testing.T) {
	if !leaks(fmt.Sprintf("%v", []byte(canary))) || !leaks(fmt.Sprintf("%#v", []byte(canary))) {
		t.Fatal("the test does not recognise a leak")
	}
	verbs := []string{"%v", "%+v", "%#v", "%x", "%X", "% x", "%s", "%q", "%d", "%o", "%b", "%c", "%U", "%t", "%e", "%T", "%w", "%10v", "%-30s", "%p"}
	for _, c := range carriers() {
		for _, verb := range verbs {
			if text := fmt.Sprintf(verb, c); leaks(text) {
				t.Errorf("%s of %T: %s", verb, c, text)
			}
		}
		if text := fmt.Sprint(c) + fmt.Sprintln("x", c) + fmt.Errorf("wrapped: %v", c).Error(); leaks(text) {
			t.Errorf("%T: %s", c, text)
		}
	}
}

func TestSecretIsNotMarshaled(t *testing.T) {
	for _, c := range carriers() {
		text, err := json.Marshal(c)
		if leaks(string(text)) || err != nil && leaks(err.Error()) {
			t.Errorf("JSON of %T: %s, %v", c, text, err)
		}
		var log bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
			slog.New(h).Info("x", "value", c, slog.Group("g", "inner", c))
		}
		if leaks(log.String()) {
			t.Errorf("log of %T: %s", c, log.String())
		}
	}
	s := NewSecret([]byte(canary))
	if text, err := json.Marshal(struct{ S Secret }{s}); err != nil || string(text) != `{"S":"[redacted]"}` {
		t.Errorf("%s, %v", text, err)
	}
	if text, err := s.MarshalText(); err != nil || string(text) != "[redacted]" {
		t.Errorf("%s, %v", text, err)
	}
}

func TestErrorsHoldNoSecret(t *testing.T) {
	c, _ := suite.CipherByName("aes-cbc-128")
	key := CipherKeyFrom(NewSecret([]byte(canary)))
	_, errKey := DecryptCBC(c, key, make([]byte, 16), make([]byte, 16))
	g, _ := suite.GroupByName("ecp192")
	_, errPrivate := g.Public(append([]byte(canary), canary...))
	for _, err := range []error{errKey, errPrivate} {
		if err == nil || leaks(fmt.Sprintf("%v %+v %#v", err, err, err)) {
			t.Errorf("%v", err)
		}
	}
}

func TestSecretValues(t *testing.T) {
	var absent Secret
	if !absent.IsZero() || absent.Len() != 0 || absent.Bytes() != nil || absent.Hex() != "" || !absent.Equal(NewSecret(nil)) {
		t.Error("the zero value is not absent")
	}
	b := []byte{1, 2, 3}
	s := NewSecret(b)
	b[0] = 9
	if s.Hex() != "010203" || s.Len() != 3 || s.IsZero() {
		t.Errorf("not a copy: %s", s.Hex())
	}
	if !s.Equal(NewSecret([]byte{1, 2, 3})) || s.Equal(absent) || s.Equal(NewSecret([]byte{1, 2, 4})) || s.Equal(NewSecret([]byte{1, 2})) {
		t.Error("Equal is wrong")
	}
	if grown := append(s.Bytes(), 7); &grown[0] == &s.Bytes()[0] {
		t.Error("appending to Bytes writes behind the secret")
	}
	for n := range 2 * maxHeld {
		b := bytes.Repeat([]byte{0x5a}, n)
		s := NewSecret(b)
		clear(b)
		if want := bytes.Repeat([]byte{0x5a}, n); !bytes.Equal(s.Bytes(), want) || cap(s.Bytes()) != len(want) {
			t.Errorf("%d octets: %s, room for %d", n, s.Hex(), cap(s.Bytes()))
		}
	}
	if r := SKEYIDaFrom(absent); !r.IsZero() || SKEYIDaFrom(s).IsZero() || !SKEYIDaFrom(s).Secret().Equal(s) {
		t.Error("a rung is not what it was made from")
	}
}
