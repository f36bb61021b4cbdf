package analysis_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// flags is a ring as --psk, unless it is empty, and --dh give it.
func flags(t *testing.T, psk string, dhs ...string) *secrets.Ring {
	t.Helper()
	ring := new(secrets.Ring)
	take := func(nth int, r *secrets.Ring, err error) {
		if err != nil {
			t.Fatal(err)
		}
		r.Number(nth)
		ring.Merge(r)
	}
	if psk != "" {
		r, err := secrets.FromPSK(psk)
		take(0, r, err)
	}
	for i, dh := range dhs {
		r, err := secrets.FromDH(dh)
		take(i+1, r, err)
	}
	return ring
}

// A value of --dh is one line, which says what it turned out to be, or what speaks
// against each of the two things that it may be.
func TestVerdictsOfEitherValue(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	ike := known.IKE[0]
	wrong := append([]byte{0x55}, ike.Shared[1:]...)
	const noPublic = "as a private value: its public value (MODP 1024) is in no KE payload of this capture; as a shared secret: "
	for _, c := range []struct {
		name  string
		value []byte
		psk   string
		want  string
	}{
		{"private", ike.Private.A, known.PSK[0], "dh-private opened: 7 of 7 encrypted messages"},
		{"private of the other side", ike.Private.B, known.PSK[0], "dh-private opened: 7 of 7 encrypted messages"},
		{"shared", ike.Shared, known.PSK[0], "dh-shared opened: 7 of 7 encrypted messages"},
		{"private alone", ike.Private.A, "", "dh-private untested: belongs to ISAKMP SA 73cc11d2349a360d:d97b5c488f49300c; the pre-shared key is needed too"},
		{"private, wrong key", ike.Private.A, "x", "dh-private untested: belongs to ISAKMP SA"},
		{"shared alone", ike.Shared, "", "dh untested: " + noPublic + "not tried: the pre-shared key of the exchange is needed too"},
		{"wrong", wrong, known.PSK[0], "dh unused: " + noPublic + "opens no exchange in this capture with the pre-shared keys supplied"},
		{"as long as no shared secret", ike.Shared[:23], known.PSK[0], "dh-private unused: its public value"},
		{"as long as one of another group", ike.Shared[:24], known.PSK[0], "dh unused: " + noPublic + "24 octets; the groups here are MODP 1024 with 128"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lines []string
			for _, v := range verdictsOn(t, s, flags(t, c.psk, hex.EncodeToString(c.value))) {
				if v.Kind != diagnose.KindPSK {
					lines = append(lines, string(v.Kind)+" "+string(v.Verdict)+": "+v.Text)
				}
			}
			if len(lines) != 1 || !strings.HasPrefix(lines[0], c.want) {
				t.Errorf("%q\nwant %q...", lines, c.want)
			}
		})
	}
}

// A shared secret of a Quick Mode with PFS is told as one, beside that of phase 1,
// and so is a private value.
func TestVerdictsOfEitherValueOfPFS(t *testing.T) {
	s := samples.ByName("mm-psk-aes256-sha256-modp2048-pfs")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		value samples.Hex
		want  string
	}{
		{known.OtherDH[0].Shared, "dh-shared opened: the exchange that made"},
		{known.OtherDH[0].Private.A, "dh-private opened: the exchange that made"},
	} {
		got := verdictsOn(t, s, flags(t, known.PSK[0], known.IKE[0].Private.A.String(), c.value.String()))
		if len(got) != 3 || got[1].Source.String() != "--dh (1)" || got[2].Source.String() != "--dh (2)" {
			t.Fatalf("%v", got)
		}
		if v := got[2]; !strings.HasPrefix(string(v.Kind)+" "+string(v.Verdict)+": "+v.Text, c.want) {
			t.Errorf("%+v, want %s", v, c.want)
		}
	}
}

// Where a shared secret and a pre-shared key open nothing together, neither is said
// to be the wrong one; a private value that belongs to the exchange proves it.
func TestVerdictsOfKeysThatFailTogether(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	right := known.IKE[0].Shared
	wrong := append([]byte{right[0] ^ 1}, right[1:]...)
	const together = "wrong, or the Diffie-Hellman secret is"
	for _, c := range []struct {
		psk     string
		dh      secrets.DH
		verdict string
		missing string
	}{
		{known.PSK[0], secrets.DH{Shared: keymat.NewSecret(wrong)}, together, "another pre-shared key or another DH shared secret"},
		{"other", secrets.DH{Shared: keymat.NewSecret(right)}, together, "another pre-shared key or another DH shared secret"},
		{"other", secrets.DH{Private: keymat.NewSecret(known.IKE[0].Private.A)}, "wrong: no exchange", "another pre-shared key: none of those given fits"},
	} {
		ring, err := secrets.FromPSK(c.psk)
		if err != nil {
			t.Fatal(err)
		}
		c.dh.Source = secrets.Source{File: "s", Line: 1}
		ring.DHs = []secrets.DH{c.dh}
		r := runOn(t, s, ring)
		if v := r.Secrets()[0]; v.Verdict != diagnose.VerdictRefuted || !strings.HasPrefix(v.Text, c.verdict) {
			t.Errorf("%+v, want %s", v, c.verdict)
		}
		if got := r.Conversations[0].Missing(); !strings.HasPrefix(got, c.missing) {
			t.Errorf("%q, want %s", got, c.missing)
		}
	}
}

// A shared secret in a file is not said to fit nothing where there was no
// pre-shared key to try it with.
func TestVerdictOfSharedSecretAlone(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	ring := &secrets.Ring{DHs: []secrets.DH{{Shared: keymat.NewSecret(known.IKE[0].Shared), Source: secrets.Source{File: "s", Line: 1}}}}
	got := verdictsOn(t, s, ring)
	if len(got) != 1 || got[0].Verdict != diagnose.VerdictUntested || !strings.Contains(got[0].Text, "the pre-shared key of the exchange is needed too") {
		t.Errorf("%+v", got)
	}
}
