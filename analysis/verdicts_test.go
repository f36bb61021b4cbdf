package analysis_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
	"ikescope/suite"
)

// runOn analyses a sample with a ring.
func runOn(t *testing.T, s samples.Sample, ring *secrets.Ring) *analysis.Result {
	t.Helper()
	set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	r, err := analysis.Run(context.Background(), set, analysis.Options{Ring: ring, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// verdictsOn judges a ring on a sample.
func verdictsOn(t *testing.T, s samples.Sample, ring *secrets.Ring) []diagnose.SecretVerdict {
	t.Helper()
	return runOn(t, s, ring).Secrets()
}

// Each kind of secret, right and wrong, on a tunnel of which everything is known.
func TestSecretVerdicts(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	ike, spi := known.IKE[0], uint32(0xc7a8cc9e)
	at := func(line int) secrets.Source { return secrets.Source{File: "s", Line: line} }
	psk := func(text string) secrets.PSK {
		return secrets.PSK{Secret: keymat.NewSecret([]byte(text)), Source: at(1)}
	}
	private := func(b []byte) secrets.DH { return secrets.DH{Private: keymat.NewSecret(b), Source: at(2)} }
	shared := func(b []byte) secrets.DH { return secrets.DH{Shared: keymat.NewSecret(b), Source: at(2)} }
	keys := func(enc, auth []byte) []secrets.ESP {
		return []secrets.ESP{{Protocol: 50, SPI: spi, Encryption: "3des-cbc", EncryptionKey: keymat.NewSecret(enc),
			Integrity: "hmac-sha1-96", IntegrityKey: keymat.NewSecret(auth), Source: at(4)}}
	}
	enc, auth := known.ESP[0].EncKey, known.ESP[0].AuthKey
	cookie := [8]byte(ike.CookieI)
	for _, c := range []struct {
		name string
		ring secrets.Ring
		want []string // verdict and text, in the order of the ring
	}{
		{"right PSK and DH value", secrets.Ring{PSKs: []secrets.PSK{psk(known.PSK[0])}, DHs: []secrets.DH{private(ike.Private.A)}},
			[]string{"opened: proved by the authentication", "opened: 7 of 7 encrypted messages"}},
		{"PSK alone", secrets.Ring{PSKs: []secrets.PSK{psk(known.PSK[0])}}, []string{"untested: not tried: alone it opens nothing"}},
		{"DH value alone", secrets.Ring{DHs: []secrets.DH{private(ike.Private.B)}},
			[]string{"untested: belongs to ISAKMP SA 73cc11d2349a360d:d97b5c488f49300c; the pre-shared key is needed too"}},
		{"wrong PSK, right DH value", secrets.Ring{PSKs: []secrets.PSK{psk("wrong")}, DHs: []secrets.DH{private(ike.Private.A)}},
			[]string{"refuted: wrong", "untested: belongs to ISAKMP SA 73cc11d2349a360d:d97b5c488f49300c; no pre-shared key supplied fits"}},
		{"right PSK, wrong DH value", secrets.Ring{PSKs: []secrets.PSK{psk(known.PSK[0])}, DHs: []secrets.DH{private(enc)}},
			[]string{"untested: not tried", "unused: its public value (MODP 1024) is in no KE payload"}},
		{"shared secret cut", secrets.Ring{PSKs: []secrets.PSK{psk(known.PSK[0])}, DHs: []secrets.DH{shared(ike.Shared[1:])}},
			[]string{"untested:", "wrong-length: 127 octets; the groups here are MODP 1024 with 128"}},
		{"SKEYID alone", secrets.Ring{ISAKMPs: []secrets.ISAKMP{{SKEYID: keymat.NewSecret(ike.SKEYID), Source: at(3)}}},
			[]string{"untested: SKEYID alone opens nothing"}},
		{"SKEYID_e", secrets.Ring{ISAKMPs: []secrets.ISAKMP{{SKEYIDe: keymat.NewSecret(ike.SKEYIDe), Source: at(3)}}},
			[]string{"opened: 7 of 7 encrypted messages"}},
		{"wrong SKEYID_e", secrets.Ring{ISAKMPs: []secrets.ISAKMP{{CookieI: &cookie, SKEYIDe: keymat.NewSecret(ike.SKEYIDd), Source: at(3)}}},
			[]string{"refuted: wrong keys for ISAKMP SA"}},
		{"keys of ESP", secrets.Ring{ESPs: keys(enc, auth)}, []string{"opened: ESP 0xc7a8cc9e: 43 of 43 ICVs verified"}},
		{"cipher key alone", secrets.Ring{ESPs: []secrets.ESP{{Protocol: 50, SPI: spi, Encryption: "3des-cbc", EncryptionKey: keymat.NewSecret(enc), Source: at(4)}}},
			[]string{"opened: ESP 0xc7a8cc9e: 43 of 43 packets opened, none verified for want of an integrity key"}},
		{"wrong integrity key", secrets.Ring{ESPs: keys(enc, enc[:20])}, []string{"refuted: ESP 0xc7a8cc9e"}},
		{"keys of another SPI", secrets.Ring{ESPs: []secrets.ESP{{Protocol: 50, SPI: 7, Encryption: "3des-cbc", EncryptionKey: keymat.NewSecret(enc), Source: at(4)}}},
			[]string{"unused: no packet in this capture has SPI 0x00000007"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := verdictsOn(t, s, &c.ring)
			if len(got) != len(c.want) {
				t.Fatalf("%d verdicts: %v", len(got), got)
			}
			for i, v := range got {
				if line := string(v.Verdict) + ": " + v.Text; !strings.HasPrefix(line, c.want[i]) {
					t.Errorf("%q\nwant %q...", line, c.want[i])
				}
			}
		})
	}
}

// A key that only a finding could make use of is right too: that of the peer
// whose answer it opens.
func TestSecretVerdictsOfDifferentKeys(t *testing.T) {
	s := samples.ByName("fail-wrong-psk")
	ring := ringOf(t, s)
	got := verdictsOn(t, s, ring)
	for i, want := range []string{"opened: proved by the authentication", "opened: proves a finding: phase 1 failed", "opened: 1 of 5 encrypted messages"} {
		if line := string(got[i].Verdict) + ": " + got[i].Text; !strings.HasPrefix(line, want) {
			t.Errorf("%q\nwant %q...", line, want)
		}
	}
}

// The keys that the log of either peer of a tunnel with different pre-shared keys
// holds open that peer's messages alone, which proves it.
func TestLogsOfDifferentKeys(t *testing.T) {
	s := samples.ByName("fail-wrong-psk")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"opened: 1 of 5 encrypted messages", "opened: proves a finding: phase 1 failed"} {
		r := runOn(t, s, loggedBy(t, s, known.PSK[i], known.IKE[0].Shared))
		for _, v := range r.Secrets() {
			if line := string(v.Verdict) + ": " + v.Text; !v.Verdict.Good() || v.Kind == diagnose.KindISAKMP && !strings.HasPrefix(line, want) {
				t.Errorf("%q\nwant %q...", line, want)
			}
		}
		if f := r.Findings[0]; f.Code != diagnose.PSKMismatch || f.Certainty != diagnose.Proved {
			t.Errorf("%s, %s", f.Certainty, f.Summary)
		}
	}
}

// loggedBy is what a peer with a pre-shared key derives in a sample's phase 1.
func loggedBy(t *testing.T, s samples.Sample, psk string, shared []byte) *secrets.Ring {
	t.Helper()
	c := runOn(t, s, nil).Conversations[0]
	p := c.Phase1
	in := keymat.Phase1{PRF: suite.HMAC(p.Chosen.Hash), Hash: p.Chosen.Hash, CookieI: c.CookieI, CookieR: c.CookieR, NiB: p.NonceI, NrB: p.NonceR}
	skeyid := in.SKEYIDFromPSK(keymat.NewSecret([]byte(psk)))
	keys := skeyid.Derive(in, keymat.NewSecret(shared))
	cookieI, cookieR := [8]byte(c.CookieI), [8]byte(c.CookieR)
	return &secrets.Ring{
		DHs: []secrets.DH{{Shared: keymat.NewSecret(shared), Source: secrets.Source{File: "log", Line: 1}}},
		ISAKMPs: []secrets.ISAKMP{{
			CookieI: &cookieI, CookieR: &cookieR, SKEYID: skeyid.Secret(), SKEYIDd: keys.D.Secret(),
			SKEYIDa: keys.A.Secret(), SKEYIDe: keys.E.Secret(), Source: secrets.Source{File: "log", Line: 2},
		}},
	}
}

// A shared secret of the right length that is not that of a Quick Mode with PFS is
// not taken for it: the SAs stay without keys, and the report says what they lack.
func TestOtherSharedSecretUnderPFS(t *testing.T) {
	s := samples.ByName("two-tunnels")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	ring := &secrets.Ring{}
	for _, k := range known.IKE {
		ring.ISAKMPs = append(ring.ISAKMPs, secrets.ISAKMP{SKEYIDd: keymat.NewSecret(k.SKEYIDd), SKEYIDe: keymat.NewSecret(k.SKEYIDe), Source: secrets.Source{File: "s", Line: 1}})
		ring.DHs = append(ring.DHs, secrets.DH{Shared: keymat.NewSecret(k.Shared), Source: secrets.Source{File: "s", Line: 2}})
	}
	r := runOn(t, s, ring)
	if r.Opened.ICVFailed != 0 || r.Opened.Decrypted == 0 || r.Opened.NoKey == 0 {
		t.Errorf("%+v", r.Opened)
	}
	for _, sa := range r.SAs {
		if lacks := sa.Missing() != ""; lacks == sa.KeysKnown {
			t.Errorf("%x: keys known: %v, missing: %q", sa.SPI, sa.KeysKnown, sa.Missing())
		}
	}
}

// Secrets of a phase 1 that the capture cut or missed are not said to be wrong, nor
// to lack one another.
func TestSecretsOfAnExchangeThatIsNotWhole(t *testing.T) {
	for _, name := range []string{"capture-snaplen-200", "capture-late-quick-mode"} {
		s := samples.ByName(name)
		known, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		ring := &secrets.Ring{
			PSKs: []secrets.PSK{{Secret: keymat.NewSecret([]byte(known.PSK[0])), Source: secrets.Source{File: "s", Line: 1}}},
			DHs:  []secrets.DH{{Shared: keymat.NewSecret(known.IKE[0].Shared), Source: secrets.Source{File: "s", Line: 2}}},
		}
		for _, v := range verdictsOn(t, s, ring) {
			if v.Verdict != diagnose.VerdictUntested || !strings.HasPrefix(v.Text, "not tried: the messages with the nonces and public values") {
				t.Errorf("%s: %s: %s: %s", name, v.Kind, v.Verdict, v.Text)
			}
		}
	}
}

// Keys of ESP that verify are taken, also where others follow from a SKEYID_d that is
// wrong.
func TestSuppliedKeysBesideAWrongRung(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	k, at := known.IKE[0], func(line int) secrets.Source { return secrets.Source{File: "s", Line: line} }
	ring := &secrets.Ring{ISAKMPs: []secrets.ISAKMP{{SKEYIDd: keymat.NewSecret(k.SKEYIDa), CipherKey: keymat.NewSecret(k.CipherKey), Source: at(1)}}}
	for i, e := range known.ESP {
		spi, err := strconv.ParseUint(e.SPIText, 0, 32)
		if err != nil {
			t.Fatal(err)
		}
		ring.ESPs = append(ring.ESPs, secrets.ESP{
			Protocol: 50, SPI: uint32(spi), Encryption: "3des-cbc", EncryptionKey: keymat.NewSecret(e.EncKey),
			Integrity: "hmac-sha1-96", IntegrityKey: keymat.NewSecret(e.AuthKey), Source: at(i + 2),
		})
	}
	r := runOn(t, s, ring)
	if r.Opened.Decrypted != 102 || r.Opened.ICVFailed != 0 {
		t.Errorf("%+v", r.Opened)
	}
	for _, v := range r.Secrets() {
		if !v.Verdict.Good() {
			t.Errorf("line %d: %s: %s", v.Source.Line, v.Verdict, v.Text)
		}
	}
}
