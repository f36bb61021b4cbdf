package analysis_test

import (
	"context"
	"net/netip"
	"testing"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// kernelKeys are the keys of a sample's IPsec SAs, once for each SPI, and nothing
// else about them.
func kernelKeys(t *testing.T, s samples.Sample) (all []secrets.ESP) {
	t.Helper()
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]bool{}
	for i, e := range known.ESP {
		spi, err := e.SPI()
		if err != nil {
			t.Fatal(err)
		}
		if seen[spi] || len(e.EncKey) == 0 {
			continue
		}
		seen[spi] = true
		all = append(all, secrets.ESP{
			Protocol: 50, SPI: spi, EncryptionKey: keymat.NewSecret(e.EncKey), IntegrityKey: keymat.NewSecret(e.AuthKey),
			Source: secrets.Source{File: "keys", Line: i + 1},
		})
	}
	return all
}

// asKeymat puts the keys behind each other and more octets behind them.
func asKeymat(e *secrets.ESP, more int) {
	b := append(append([]byte(nil), e.EncryptionKey.Bytes()...), e.IntegrityKey.Bytes()...)
	e.Keymat = keymat.NewSecret(append(b, make([]byte, more)...))
	e.EncryptionKey, e.IntegrityKey = keymat.Secret{}, keymat.Secret{}
}

// A file may not say all that belongs to a key. The packets do.
func TestSuppliedKeysOfWhichLittleIsKnown(t *testing.T) {
	for _, name := range []string{
		"mm-psk-3des-sha1-modp1024", "mm-psk-aes256-sha512-x25519", "esp-aes128gcm16", "esp-aes128ctr-sha1", "esp-aes128-esn",
		"esp-aes128-aesxcbc", "natt-masquerade", "mm-psk-camellia128-sha256-modp2048", "capture-late-quick-mode", "ikev2-rekey-pfs",
	} {
		s := samples.ByName(name)
		for _, c := range []struct {
			name   string
			change func(all []secrets.ESP)
		}{
			{"no algorithms", func([]secrets.ESP) {}},
			{"nor SPIs", func(all []secrets.ESP) {
				for i := range all {
					all[i].SPI = 0
				}
			}},
			{"KEYMAT", func(all []secrets.ESP) {
				for i := range all {
					asKeymat(&all[i], 0)
				}
			}},
			{"KEYMAT, longer than needed", func(all []secrets.ESP) {
				for i := range all {
					asKeymat(&all[i], 13)
				}
			}},
			{"the other direction's SPI", func(all []secrets.ESP) {
				for i := 0; i+1 < len(all); i += 2 {
					all[i].SPI, all[i+1].SPI = 0, 0
				}
			}},
			{"other addresses", func(all []secrets.ESP) {
				for i := range all {
					all[i].Src, all[i].Dst = netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("2001:db8::7")
				}
			}},
		} {
			ring := &secrets.Ring{ESPs: kernelKeys(t, s)}
			c.change(ring.ESPs)
			res := opened(t, s, ring)
			if res.Opened.Decrypted != int64(s.ESP) || res.Opened.ICVFailed != 0 {
				t.Errorf("%s, %s: %+v, want %d", name, c.name, res.Opened, s.ESP)
			}
		}
	}
}

func opened(t *testing.T, s samples.Sample, ring *secrets.Ring) *analysis.Result {
	t.Helper()
	set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// Keys that verify nothing open nothing, however many readings they have.
func TestSuppliedKeysThatAreWrong(t *testing.T) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	ring := &secrets.Ring{ESPs: kernelKeys(t, samples.ByName("natt-forced-aes128-sha1"))}
	for i := range ring.ESPs {
		ring.ESPs[i].SPI = 0
		asKeymat(&ring.ESPs[i], 8)
	}
	res := opened(t, s, ring)
	if res.Opened.Decrypted != 0 || res.Opened.ICVFailed != 0 || res.Opened.Unverified != 0 {
		t.Errorf("%+v", res.Opened)
	}
	for _, v := range res.Secrets() {
		if v.Verdict != diagnose.VerdictUnused {
			t.Errorf("%+v", v)
		}
	}
}

// Without the key of the ICVs packets are opened, and none counts as verified.
func TestSuppliedKeysWithoutIntegrity(t *testing.T) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	ring := &secrets.Ring{ESPs: kernelKeys(t, s)}
	for i := range ring.ESPs {
		e := &ring.ESPs[i]
		e.IntegrityKey, e.Encryption, e.UncheckedICV = keymat.Secret{}, "aes-cbc-128", 12
	}
	res := opened(t, s, ring)
	if res.Opened.Unverified != int64(s.ESP) || res.Opened.Decrypted != 0 {
		t.Errorf("%+v", res.Opened)
	}
	for _, v := range res.Secrets() {
		if v.Verdict != diagnose.VerdictOpened {
			t.Errorf("%+v", v)
		}
	}
}
