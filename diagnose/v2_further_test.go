package diagnose_test

import (
	"bytes"
	"testing"

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
	k.asks(sideA, ikAuth, append(k.proves(sideA, 2), append(child(1, 0), notify2(16436, []byte("\x01name")))...)...)
	k.replies(sideB, ikAuth, append(k.proves(sideB, 2), append(child(2, 0), notify2(16436, nil))...)...)
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
