package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// guessesIn reads a text of any kind.
func guessesIn(t *testing.T, text string) *secrets.Ring {
	t.Helper()
	ring, _, err := secrets.Try("notes", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// notes are what somebody may have written down of a sample: a line for each of the
// values that are chosen, between others.
func notes(t *testing.T, s samples.Sample, choose func(known samples.Secrets) []string) string {
	t.Helper()
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, v := range choose(known) {
		fmt.Fprintf(&b, "  value %d of monday's call: %s (?)\nsee also 00112233445566778899aabbccddeeff%02x and VGhpcyBpcyBubyBrZXkgb2YgMjAyNg==\n", i, v, i)
	}
	return b.String()
}

func TestGuesses(t *testing.T) {
	esp := func(k samples.Secrets) (all []string) {
		for _, e := range k.ESP {
			all = append(all, e.AuthKey.String(), e.EncKey.String())
		}
		return all
	}
	for _, c := range []struct {
		sample string
		choose func(samples.Secrets) []string
	}{
		{"mm-psk-3des-sha1-modp1024", esp},
		{"mm-psk-aes256-sha512-x25519", esp},
		{"esp-aes128gcm16", esp},
		{"esp-aes128ctr-sha1", esp},
		{"esp-aes128-esn", esp},
		{"mm-psk-camellia128-sha256-modp2048", esp},
		{"ikev2-rekey-pfs", esp},
		{"mm-psk-3des-sha1-modp1024", func(k samples.Secrets) []string { return []string{`"` + k.PSK[0] + `"`, k.IKE[0].Private.A.String()} }},
		{"mm-psk-3des-sha1-modp1024", func(k samples.Secrets) []string { return []string{`"` + k.PSK[0] + `"`, k.IKE[0].Shared.String()} }},
		{"mm-psk-3des-sha1-modp1024", func(k samples.Secrets) []string {
			return []string{k.IKE[0].SKEYID.String(), k.IKE[0].Shared.String()}
		}},
		{"mm-psk-3des-sha1-modp1024", func(k samples.Secrets) []string {
			return []string{k.IKE[0].SKEYIDd.String(), k.IKE[0].SKEYIDe.String()}
		}},
		{"ikev2-psk-aes256-sha256-modp2048", func(k samples.Secrets) []string { return []string{k.IKE[0].Private.B.String()} }},
	} {
		s := samples.ByName(c.sample)
		res := opened(t, s, guessesIn(t, notes(t, s, c.choose)))
		if res.Opened.Decrypted != int64(s.ESP) || res.Opened.ICVFailed != 0 {
			t.Errorf("%s: %+v, want %d", c.sample, res.Opened, s.ESP)
		}
		for _, v := range res.Secrets() {
			if !v.Verdict.Good() {
				t.Errorf("%s: %+v", c.sample, v)
			}
		}
		if len(res.Secrets()) == 0 {
			t.Errorf("%s: nothing is said of what fitted", c.sample)
		}
	}
}

// Of several values on one line each is told by itself, as what it turned out to be.
func TestGuessesOfOneLine(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	psk, private := known.PSK[0], known.IKE[0].Private.A.String()
	for _, text := range []string{
		`key "` + psk + `", value ` + private,
		private + ` "` + psk + `"`,
		`"no" "` + psk + `" "nor this" 00` + private[2:] + " " + private[:len(private)-2] + "00 " + private,
	} {
		res := opened(t, s, guessesIn(t, text+"\n"))
		if res.Opened.Decrypted != int64(s.ESP) {
			t.Errorf("%+v, want %d", res.Opened, s.ESP)
		}
		var kinds []string
		for _, v := range res.Secrets() {
			kinds = append(kinds, string(v.Verdict)+" "+string(v.Kind)+" "+v.Source.String())
		}
		if want := []string{"opened psk notes:1", "opened dh-private notes:1"}; !slices.Equal(kinds, want) {
			t.Errorf("%q, want %q", kinds, want)
		}
	}
}

// Values that fit nothing leave no trace: no wrong key, no finding about secrets.
func TestGuessesThatFitNothing(t *testing.T) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	other := notes(t, samples.ByName("natt-forced-aes128-sha1"), func(k samples.Secrets) []string {
		return []string{`"` + k.PSK[0] + `?"`, k.IKE[0].Private.A.String(), k.IKE[0].SKEYIDe.String(), k.ESP[0].EncKey.String(), k.ESP[0].AuthKey.String()}
	})
	want, got := opened(t, s, nil), opened(t, s, guessesIn(t, other))
	if got.Opened != want.Opened || len(got.Secrets()) != 0 || len(got.Findings) != len(want.Findings) {
		t.Errorf("%+v, want %+v; %v; %d findings, want %d", got.Opened, want.Opened, got.Secrets(), len(got.Findings), len(want.Findings))
	}
	for _, c := range got.Conversations {
		if c.Phase1.Ladder.PSKSource != (secrets.Source{}) {
			t.Errorf("%+v", c.Phase1.Ladder.PSKSource)
		}
	}
}

// Keys of AH are found among guesses as those of ESP are.
func TestGuessedKeysOfAH(t *testing.T) {
	s := samples.ByName("ah-tunnel-sha1")
	res := opened(t, s, guessesIn(t, notes(t, s, func(k samples.Secrets) (all []string) {
		for _, e := range k.ESP {
			all = append(all, e.AuthKey.String())
		}
		return all
	})))
	if len(res.SAs) != 2 || res.Opened.Decrypted == 0 || res.Opened.ICVFailed+res.Opened.NoKey != 0 || len(res.Secrets()) != 2 {
		t.Errorf("%d SAs, %+v, %v", len(res.SAs), res.Opened, res.Secrets())
	}
}

// SKEYID_d and SK_d that stand apart from what opens the messages give the keys of
// the SAs, and are judged by their packets.
func TestLooseRungs(t *testing.T) {
	s1, s2 := samples.ByName("mm-psk-3des-sha1-modp1024"), samples.ByName("ikev2-psk-aes128gcm16-x25519")
	known1, err1 := s1.Secrets()
	known2, err2 := s2.Secrets()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	k1, k2 := known1.IKE[0], known2.IKE[0]
	secret := func(h samples.Hex) keymat.Secret { return keymat.NewSecret(h) }
	at := func(line int) secrets.Source { return secrets.Source{File: "s", Line: line} }
	for _, c := range []struct {
		name   string
		sample samples.Sample
		ring   secrets.Ring
		opened bool
	}{
		{"version 1", s1, secrets.Ring{ISAKMPs: []secrets.ISAKMP{{SKEYIDe: secret(k1.SKEYIDe), Source: at(1)}, {SKEYIDd: secret(k1.SKEYIDd), Source: at(2)}}}, true},
		{"wrong", s1, secrets.Ring{ISAKMPs: []secrets.ISAKMP{{SKEYIDe: secret(k1.SKEYIDe), Source: at(1)}, {SKEYIDd: secret(k1.SKEYIDa), Source: at(2)}}}, false},
		{"alone", s1, secrets.Ring{ISAKMPs: []secrets.ISAKMP{{SKEYIDd: secret(k1.SKEYIDd), Source: at(2)}}}, false},
		{"version 2", s2, secrets.Ring{IKEv2s: []secrets.IKEv2{{SKei: secret(k2.SKei), SKer: secret(k2.SKer), SKai: secret(k2.SKai), SKar: secret(k2.SKar), Source: at(1)}, {SKd: secret(k2.SKd), Source: at(2)}}}, true},
	} {
		res := opened(t, c.sample, &c.ring)
		if got := res.Opened.Decrypted; got != 0 && got != int64(c.sample.ESP) || got != 0 != c.opened || res.Opened.ICVFailed != 0 {
			t.Errorf("%s: %+v", c.name, res.Opened)
		}
		for _, v := range res.Secrets() {
			if v.Source == at(2) && v.Verdict.Good() != c.opened {
				t.Errorf("%s: %+v", c.name, v)
			}
		}
	}
}
