package report

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
)

// forms are the ways in which a secret could stand in an output.
func forms(secret []byte) map[string]string {
	h := hex.EncodeToString(secret)
	return map[string]string{
		"text": string(secret), "hex": h, "HEX": strings.ToUpper(h),
		"base64": base64.StdEncoding.EncodeToString(secret), "base64url": base64.RawURLEncoding.EncodeToString(secret),
	}
}

func leaks(out string, secret []byte) (form string, found bool) {
	for form, s := range forms(secret) {
		if strings.Contains(out, s) {
			return form, true
		}
	}
	return "", false
}

// secretsOf gathers everything secret in a result, and what its user supplied.
func secretsOf(t *testing.T, r *analysis.Result, sample string) (all [][]byte) {
	t.Helper()
	add := func(ss ...keymat.Secret) {
		for _, s := range ss {
			if !s.IsZero() {
				all = append(all, s.Bytes())
			}
		}
	}
	known, err := samples.ByName(sample).Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range known.PSK {
		all = append(all, []byte(p))
	}
	for _, d := range r.Ring.DHs {
		add(d.Private, d.Shared)
	}
	for _, c := range r.Conversations {
		l := c.Phase1.Ladder
		add(l.GXY, l.SKEYID.Secret(), l.D.Secret(), l.A.Secret(), l.E.Secret(), l.CipherKey.Secret())
	}
	for _, s := range r.SAs {
		add(s.Keys.Encryption, s.Keys.Integrity)
	}
	return all
}

func TestNoSecretWithoutBeingAsked(t *testing.T) {
	for _, sample := range []string{"mm-psk-3des-sha1-modp1024", "mm-psk-aes256-sha256-modp2048-pfs", "two-tunnels"} {
		for k := range samples.Knows {
			r := recorded(t, sample, k)
			all := secretsOf(t, r, sample)
			if len(all) < 12 {
				t.Fatalf("%s: only %d secrets to look for", sample, len(all))
			}
			for _, w := range outputs {
				out := w.render(t, r, Options{Unicode: true, Color: true})
				for i, s := range all {
					if form, found := leaks(out, s); found {
						t.Errorf("%s, %s: secret %d of %d octets in %s", sample, w.name, i, len(s), form)
					}
				}
			}
		}
	}
}

func TestJSONShowsKeysWhenAsked(t *testing.T) {
	r := recorded(t, "mm-psk-3des-sha1-modp1024", 0)
	out := output{"json", JSON}.render(t, r, Options{ShowKeys: true})
	l := r.Conversations[0].Phase1.Ladder
	for _, s := range []keymat.Secret{l.GXY, l.SKEYID.Secret(), l.D.Secret(), l.A.Secret(), l.E.Secret(), l.CipherKey.Secret(), r.SAs[0].Keys.Encryption, r.SAs[1].Keys.Integrity} {
		if !strings.Contains(out, s.Hex()) {
			t.Error("a key is missing")
		}
	}
	if plain := (output{"json", JSON}).render(t, r, Options{}); strings.Contains(plain, `"keys"`) {
		t.Error("keys without --show-keys")
	}
}

// login is an XAUTH reply with a name and a password.
func login(name, password string) *ikestate.Message {
	attribute := func(kind uint16, value string) string {
		return string([]byte{byte(kind >> 8), byte(kind), byte(len(value) >> 8), byte(len(value))}) + value
	}
	return message(9, true, isakmp.ExchangeTransaction, payload(isakmp.PayloadAttributes,
		"\x02\x00\x00\x01"+attribute(16521, name)+attribute(16522, password)))
}

func TestPasswordsAreHidden(t *testing.T) {
	const name, password = "alice", "hunter2-correct-horse"
	m := login(name, password)
	c := conversation(m)
	c.Exchanges = []*ikestate.Exchange{{Type: isakmp.ExchangeTransaction, Messages: []*ikestate.Message{m}}}
	r := result(c)
	for _, w := range outputs {
		out := w.render(t, r, Options{})
		if form, found := leaks(out, []byte(password)); found {
			t.Errorf("%s: the password in %s", w.name, form)
		}
		shown := w.render(t, r, Options{ShowKeys: true})
		if strings.HasSuffix(w.name, " v") != strings.Contains(shown, password) {
			t.Errorf("%s with keys: the password is shown %v", w.name, strings.Contains(shown, password))
		}
	}
	contains(t, table(t, r, Options{}), "XAUTH and Mode-Config", "reply: XAUTH-USER-NAME alice, XAUTH-USER-PASSWORD (hidden)")
}
