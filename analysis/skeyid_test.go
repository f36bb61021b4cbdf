package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// skeyids are the SKEYIDs of a sample and, apart from them and in reverse order, its
// shared secrets.
func skeyids(t *testing.T, s samples.Sample) *secrets.Ring {
	t.Helper()
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	ring := &secrets.Ring{}
	for i, x := range known.IKE {
		ring.ISAKMPs = append(ring.ISAKMPs, secrets.ISAKMP{
			SKEYID: keymat.NewSecret(x.SKEYID), Source: secrets.Source{File: "skeyid", Line: i + 1},
		})
		ring.DHs = append(ring.DHs, secrets.DH{
			Shared: keymat.NewSecret(x.Shared), Source: secrets.Source{File: "shared", Line: i + 1},
		})
	}
	for i, x := range known.OtherDH {
		ring.DHs = append(ring.DHs, secrets.DH{
			Shared: keymat.NewSecret(x.Shared), Source: secrets.Source{File: "pfs", Line: i + 1},
		})
	}
	slices.Reverse(ring.DHs)
	return ring
}

// Each SKEYID goes with one of several shared secrets as long as each other, and
// with one even where the messages that name the group came before the capture.
func TestSKEYIDFindsItsSharedSecret(t *testing.T) {
	for name, unseen := range map[string]int64{"rekey-isakmp-sa": 0, "two-tunnels": 0, "capture-late-quick-mode": 6} {
		s := samples.ByName(name)
		res := opened(t, s, skeyids(t, s))
		if want := int64(s.ESP) - unseen; res.Opened.Decrypted != want {
			t.Errorf("%s: %d packets verified, want %d", name, res.Opened.Decrypted, want)
		}
	}
}

// Where nothing tells which proposal was chosen, none is said to be.
func TestUnseenChoiceIsNotGuessed(t *testing.T) {
	s := samples.ByName("capture-late-quick-mode")
	ring := skeyids(t, s)
	ring.DHs = nil
	c := opened(t, s, ring).Conversations[0]
	if c.Phase1.Chosen != nil {
		t.Errorf("chosen: %v", c.Phase1.Chosen)
	}
}

// Keys of AH need no SPI and no name of an algorithm.
func TestSuppliedKeysOfAH(t *testing.T) {
	s := samples.ByName("ah-tunnel-sha1")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for _, algorithm := range []string{"", "hmac-sha1-96"} {
		ring := &secrets.Ring{}
		for i, e := range known.ESP {
			ring.ESPs = append(ring.ESPs, secrets.ESP{
				Protocol: 51, Integrity: algorithm, IntegrityKey: keymat.NewSecret(e.AuthKey),
				Source: secrets.Source{File: "keys", Line: i + 1},
			})
		}
		if res := opened(t, s, ring); res.Opened.Decrypted != int64(s.Truth) {
			t.Errorf("algorithm %q: %d packets verified, want %d", algorithm, res.Opened.Decrypted, s.Truth)
		}
		slices.Reverse(ring.ESPs)
		for i := range ring.ESPs {
			ring.ESPs[i].IntegrityKey = keymat.NewSecret(make([]byte, 20))
		}
		if res := opened(t, s, ring); res.Opened.Any() {
			t.Error("wrong keys open packets")
		}
	}
}

// The shared secret of phase 1, or of another exchange, says nothing about the packets
// of an SA that was made with PFS.
func TestSharedSecretOfAnotherExchange(t *testing.T) {
	for _, name := range []string{"mm-psk-aes256-sha256-modp2048-pfs", "rekey-quick-modes-pfs", "libreswan-mm-psk-3des-sha1-pfs", "two-tunnels"} {
		s := samples.ByName(name)
		for _, more := range [][]secrets.DH{nil, {{Source: secrets.Source{File: "other"}}}} {
			ring := skeyids(t, s)
			ring.DHs = slices.DeleteFunc(ring.DHs, func(d secrets.DH) bool { return d.Source.File == "pfs" })
			for i := range more {
				more[i].Shared = keymat.NewSecret(append([]byte{1}, ring.DHs[0].Shared.Bytes()[1:]...))
			}
			ring.DHs = append(ring.DHs, more...)
			res := opened(t, s, ring)
			if res.Opened.ICVFailed > 0 || hasCode(res, diagnose.ESPICVFailed) {
				t.Errorf("%s: %+v", name, res.Opened)
			}
			told := false
			for _, sa := range res.SAs {
				if sa.PFSGroup == "" || sa.Conversation == nil {
					continue
				}
				told = told || !sa.KeysKnown && strings.Contains(sa.Missing(), "PFS")
			}
			if !told {
				t.Errorf("%s: what is missing is not said", name)
			}
		}
	}
}

func hasCode(r *analysis.Result, code diagnose.Code) bool {
	return slices.ContainsFunc(r.Findings, func(f diagnose.Finding) bool { return f.Code == code })
}
