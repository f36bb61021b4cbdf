package diagnose_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// A post-quantum pre-shared key (RFC 8784) makes no keys wrong: the messages are read,
// the pre-shared key is not refuted.
func TestPPK(t *testing.T) {
	k := &talkV2{talk: newTalk(t)}
	k.begins(curve)
	k.agrees()
	k.provesWithPPK("")
	k.ring.PSKs = []secrets.PSK{{Secret: keymat.NewSecret([]byte("any other key")), Source: secrets.Source{File: "psk", Line: 1}}}
	check(t, findings(t, write(t, pcaps.LinkRaw, k.frames), &k.ring), nil)
}

// With ML-KEM behind curve25519 (RFC 9370), IKE_AUTH opens with the secrets of both,
// or with keys of after it, and with the first secret alone nothing is misread.
func TestFurtherKeyExchange(t *testing.T) {
	kem := bytes.Repeat([]byte{0x5a}, 32)
	shared := secrets.DH{Shared: keymat.NewSecret(kem), Source: secrets.Source{File: "kem", Line: 1}}
	for _, cbc := range []bool{false, true} {
		k := &talkV2{talk: newTalk(t), cbc: cbc, kem: 36}
		k.begins(curve)
		k.agrees()
		k.agreesAgain(kem)
		k.asks(sideA, ikAuth, append(k.proves(sideA, 2), child(1, 0)...)...)
		k.replies(sideB, ikAuth, append(k.proves(sideB, 2), notify2(38, nil))...)
		path := write(t, pcaps.LinkRaw, k.frames)
		after := secrets.IKEv2{
			SKd: k.keysV2.D.Secret(), SKei: k.keysV2.Ei.Secret(), SKer: k.keysV2.Er.Secret(), SKai: k.keysV2.Ai.Secret(), SKar: k.keysV2.Ar.Secret(),
			Source: secrets.Source{File: "sk", Line: 1},
		}
		both := k.ring
		both.DHs = append(both.DHs[:1:1], shared)
		both.PSKs = []secrets.PSK{{Secret: keymat.NewSecret([]byte(k.pskA)), Source: secrets.Source{File: "psk", Line: 1}}}
		supplied := k.ring
		supplied.IKEv2s = []secrets.IKEv2{after}
		refused := want{diagnose.SelectorMismatch, failure, proved, []int{5, 6}}
		for _, c := range []struct {
			name string
			ring *secrets.Ring
			want []want
		}{
			{"no secret", nil, nil},
			{"the first secret", &k.ring, nil},
			{"both secrets", &both, []want{refused}},
			{"keys of after", &supplied, []want{refused}},
		} {
			t.Run(c.name, func(t *testing.T) { check(t, findings(t, path, c.ring), c.want) })
		}
	}
}

// provesWithPPK records IKE_AUTH in which both sides name a post-quantum key.
func (k *talkV2) provesWithPPK(ppk string) {
	mixed := *k
	if ppk != "" {
		mixed.keysV2 = k.keysV2.WithPPK(k.prf, keymat.NewSecret([]byte(ppk)))
	}
	k.asks(sideA, ikAuth, append(mixed.proves(sideA, 2), append(child(1, 0), notify2(16436, []byte("\x01name")))...)...)
	k.replies(sideB, ikAuth, append(mixed.proves(sideB, 2), append(child(2, 0), notify2(16436, nil))...)...)
	k.keysV2 = mixed.keysV2
}

// carries records ESP packets of both directions of a child SA with the SPIs of
// [child], AES-128 in GCM.
func (k *talkV2) carries(spiA, spiB byte, in keymat.ChildSA) {
	keys := k.keysV2.D.Keymat(k.prf, in, 40).Bytes()
	for seq := byte(1); seq <= 3; seq++ {
		for from, spi := range []byte{spiB, spiA} {
			key := keys[20*from : 20*from+20]
			c, err := aes.NewCipher(key[:16])
			if err != nil {
				k.t.Fatal(err)
			}
			gcm, err := cipher.NewGCM(c)
			if err != nil {
				k.t.Fatal(err)
			}
			inner := make([]byte, 32)
			inner[0], inner[3], inner[9], inner[31] = 0x45, 30, 17, 4
			head := []byte{0xc0, 0, 0, spi, 0, 0, 0, seq}
			iv := []byte{0, 0, 0, 0, 0, 0, 0, seq}
			src, dst := k.ends(from)
			k.packet(50, src.Addr(), dst.Addr(), slices.Concat(head, iv, gcm.Seal(nil, slices.Concat(key[16:], iv), inner, head)))
		}
	}
}

// analysed runs an analysis and returns how many packets of SAs were opened, and the
// verdict of each secret by file.
func analysed(t *testing.T, path string, ring *secrets.Ring) (opened int64, verdicts map[string]diagnose.SecretVerdict) {
	t.Helper()
	res := analyse(t, path, ring)
	for _, s := range res.SAs {
		if s.Flow != nil {
			opened += s.Opened.Decrypted
		}
	}
	verdicts = map[string]diagnose.SecretVerdict{}
	for _, v := range res.Secrets() {
		verdicts[v.Source.File] = v
	}
	return opened, verdicts
}

// Which of several post-quantum keys is in a child SA AUTH tells where the
// pre-shared key is known, else the packets of ESP do.
func TestPPKOpensESP(t *testing.T) {
	k := &talkV2{talk: newTalk(t)}
	k.begins(curve)
	k.agrees()
	k.provesWithPPK("the right one")
	k.carries(1, 2, keymat.ChildSA{Ni: k.ni, Nr: k.nr})
	path := write(t, pcaps.LinkRaw, k.frames)
	for _, psk := range []string{"", k.pskA} {
		ring := secrets.Ring{DHs: k.ring.DHs}
		for _, ppk := range []string{"a wrong one", "the right one"} {
			ring.PPKs = append(ring.PPKs, secrets.PPK{Secret: keymat.NewSecret([]byte(ppk)), Source: secrets.Source{File: ppk, Line: 1}})
		}
		if psk != "" {
			ring.PSKs = []secrets.PSK{{Secret: keymat.NewSecret([]byte(psk)), Source: secrets.Source{File: "psk", Line: 1}}}
		}
		opened, verdicts := analysed(t, path, &ring)
		if right, wrong := verdicts["the right one"], verdicts["a wrong one"]; opened != 6 || right.Verdict != diagnose.VerdictOpened || wrong.Verdict.Good() {
			t.Errorf("PSK %q: %d opened, %+v, %+v", psk, opened, right, wrong)
		}
	}
	ring := secrets.Ring{DHs: k.ring.DHs}
	if opened, _ := analysed(t, path, &ring); opened != 0 {
		t.Errorf("%d opened without the key", opened)
	}
}

// A child SA that IKE_FOLLOWUP_KE completes opens with the secrets of its key
// exchanges, given one by one in any order, and each of them is told as of use.
func TestFollowupOpensESP(t *testing.T) {
	k := &talkV2{talk: newTalk(t)}
	k.begins(curve)
	k.agrees()
	k.asks(sideA, ikAuth, append(k.proves(sideA, 2), child(1, 0)...)...)
	k.replies(sideB, ikAuth, append(k.proves(sideB, 2), child(2, 0)...)...)
	nonces := [2][]byte{bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{8}, 32)}
	for side, spi := range []byte{3, 4} {
		ps := child(spi, curve)
		ps[0].body = sa2(3, []byte{0xc0, 0, 0, spi}, [3]uint16{1, 20, 128}, [3]uint16{5, 0}, [3]uint16{4, curve}, [3]uint16{6, 36})
		ps = append(ps, payload{isakmp.PayloadNonce2, nonces[side]}, ke2(curve, bytes.Repeat([]byte{9}, 32)))
		if side == sideA {
			k.asks(sideA, isakmp.ExchangeCreateChildSA, ps...)
		} else {
			k.replies(sideB, isakmp.ExchangeCreateChildSA, append(ps, notify2(16441, []byte("link")))...)
		}
	}
	k.asks(sideA, isakmp.ExchangeFollowupKE, ke2(36, make([]byte, 1184)), notify2(16441, []byte("link")))
	k.replies(sideB, isakmp.ExchangeFollowupKE, ke2(36, make([]byte, 1088)))
	first, second := bytes.Repeat([]byte{0x5a}, 32), bytes.Repeat([]byte{0xa5}, 32)
	k.carries(3, 4, keymat.ChildSA{Ni: nonces[0], Nr: nonces[1], GIR: keymat.NewSecret(first), Further: []keymat.Secret{keymat.NewSecret(second)}})
	ring := secrets.Ring{DHs: k.ring.DHs}
	for name, s := range map[string][]byte{"first": first, "second": second, "neither": bytes.Repeat([]byte{1}, 32)} {
		ring.DHs = append(ring.DHs, secrets.DH{Shared: keymat.NewSecret(s), Source: secrets.Source{File: name, Line: 1}})
	}
	opened, verdicts := analysed(t, write(t, pcaps.LinkRaw, k.frames), &ring)
	if a, b := verdicts["first"], verdicts["second"]; opened != 6 || !a.Verdict.Good() || b.Verdict != diagnose.VerdictOpened || verdicts["neither"].Verdict.Good() {
		t.Errorf("%d opened, %+v, %+v, %+v", opened, a, b, verdicts["neither"])
	}
}
