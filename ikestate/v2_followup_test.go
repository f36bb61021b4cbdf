package ikestate_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
)

// rekeying is what CREATE_CHILD_SA and the IKE_FOLLOWUP_KE exchanges behind it
// contribute (RFC 9370, section 2.2.4).
type rekeying struct {
	nonce   [2][]byte
	sk0     []byte
	further [][]byte
}

func newRekeying(n int, further ...[]byte) rekeying {
	return rekeying{
		nonce:   [2][]byte{bytes.Repeat([]byte{byte(0x70 + n)}, 32), bytes.Repeat([]byte{byte(0x80 + n)}, 32)},
		sk0:     bytes.Repeat([]byte{byte(0x90 + n)}, 32),
		further: further,
	}
}

const additionalKeyExchange = 16441

// followUp speaks the exchanges behind CREATE_CHILD_SA, whose answer has links[0].
func (s *spokenV2) followUp(methods []uint16, links [][]byte) {
	s.t.Helper()
	for i, id := range methods {
		response := []isakmp.Payload{keV2(id, bytes.Repeat([]byte{4}, 1088))}
		if i+1 < len(methods) {
			response = append(response, notifyV2(additionalKeyExchange, links[i+1]))
		}
		s.exchange(isakmp.ExchangeFollowupKE, []isakmp.Payload{keV2(id, bytes.Repeat([]byte{3}, 1184)), notifyV2(additionalKeyExchange, links[i])}, response)
	}
}

// createChild speaks CREATE_CHILD_SA for a child SA with further key exchanges.
func (s *spokenV2) createChild(r rekeying, methods []uint16, links [][]byte) (mid uint32) {
	s.t.Helper()
	mid = s.mid
	var ps [2][]isakmp.Payload
	for by := range ps {
		ps[by] = append(s.childV2(by, 31, methods), payload(isakmp.PayloadNonce2, r.nonce[by]), keV2(31, bytes.Repeat([]byte{byte(5 + by)}, 32)))
	}
	if len(methods) > 0 {
		ps[1] = append(ps[1], notifyV2(additionalKeyExchange, links[0]))
	}
	s.exchange(isakmp.ExchangeCreateChildSA, ps[0], ps[1])
	return mid
}

func links(n int) (all [][]byte) {
	for i := range n {
		all = append(all, []byte{'l', 'i', 'n', 'k', byte(i)})
	}
	return all
}

// Child SAs of CREATE_CHILD_SA with IKE_FOLLOWUP_KE have their keys among the
// candidates: from secrets that are given one by one, and from those that a log has
// together.
func TestFollowupChild(t *testing.T) {
	for n := range 4 {
		s, _ := hybrid(t, true, 0, 1)
		methods := []uint16{36, 37, 35}[:n]
		r := newRekeying(1, [][]byte{kem(11), kem(12), kem(13)}[:n]...)
		mid := s.createChild(r, methods, links(4))
		s.followUp(methods, links(4))
		want := s.childKeys(s.sk.d, r.sk0, r.nonce, r.further...)

		single := knows(append([][]byte{s.shared, kem(0), r.sk0}, r.further...)...)
		c := s.solved(single)
		s.hasKeys(c, mid, want)
		for _, sa := range c.IPsecSAs[2:] {
			if want := s.ds[len(s.ds)-1].Frame; sa.Made.Frame != want {
				t.Errorf("made by frame %d, want %d", sa.Made.Frame, want)
			}
			if d := len(sa.FurtherGroups); d != n {
				t.Errorf("%d further groups, want %d", d, n)
			}
		}

		logged := knows(s.shared, kem(0))
		logged.DHs = append(logged.DHs, secrets.DH{
			Shared: keymat.NewSecret(r.sk0), Further: keymat.NewSecret(slices.Concat(r.further...)), Source: secrets.Source{File: "log", Line: 7},
		})
		s.hasKeys(s.solved(logged), mid, want)
		if n > 0 {
			if first := s.solved(logged).IPsecSAs[2].Keys[0]; first.Source.File != "log" {
				t.Errorf("first candidate from %v", first.Source)
			}
		}
	}
}

// Without the secrets the report says of which key exchanges they are.
func TestFollowupMissing(t *testing.T) {
	s, _ := hybrid(t, true, 0, 1)
	r := newRekeying(1, kem(11), kem(12))
	s.createChild(r, []uint16{36, 37}, links(2))
	s.followUp([]uint16{36, 37}, links(2))
	c := s.solved(knows(s.shared, kem(0)))
	sa := c.IPsecSAs[2]
	if got := sa.Missing(); len(sa.Keys) > 0 || !strings.Contains(got, "Curve25519, ML-KEM-768 and ML-KEM-1024") {
		t.Errorf("%d keys, missing %q", len(sa.Keys), got)
	}
}

// Exchanges of several children that run side by side are told apart by their links,
// and one that is refused makes no SA.
func TestFollowupLinks(t *testing.T) {
	s, _ := hybrid(t, true, 0, 1)
	a, b := newRekeying(1, kem(11)), newRekeying(2, kem(12))
	midA := s.createChild(a, []uint16{36}, [][]byte{[]byte("same")})
	midB := s.createChild(b, []uint16{37}, [][]byte{[]byte("other")})
	refused := s.createChild(newRekeying(3, kem(13)), []uint16{36}, [][]byte{[]byte("refused")})
	s.followUp([]uint16{37}, [][]byte{[]byte("other")})
	s.followUp([]uint16{36}, [][]byte{[]byte("same")})
	const stateNotFound = 47
	s.exchange(isakmp.ExchangeFollowupKE, []isakmp.Payload{keV2(36, []byte{1}), notifyV2(additionalKeyExchange, []byte("refused"))},
		[]isakmp.Payload{notifyV2(stateNotFound, nil)})
	c := s.solved(knows(s.shared, kem(0), a.sk0, b.sk0, kem(11), kem(12), kem(13)))
	s.hasKeys(c, midA, s.childKeys(s.sk.d, a.sk0, a.nonce, kem(11)))
	s.hasKeys(c, midB, s.childKeys(s.sk.d, b.sk0, b.nonce, kem(12)))
	for _, sa := range c.IPsecSAs {
		if sa.MessageID == refused {
			t.Errorf("SA %08x of an exchange that was refused", sa.SPI)
		}
		if sa.MessageID == midA && sa.Made.Header.MessageID != refused+2 || sa.MessageID == midB && sa.Made.Header.MessageID != refused+1 {
			t.Errorf("message ID %d: made by %d", sa.MessageID, sa.Made.Header.MessageID)
		}
	}
}

// An IKE SA that is rekeyed with further key exchanges opens with their secrets.
func TestFollowupRekeyedIKESA(t *testing.T) {
	s, _ := hybrid(t, false, 0, 1)
	r := newRekeying(1, kem(11), kem(12))
	spi := [2][]byte{bytes.Repeat([]byte{0xc3}, 8), bytes.Repeat([]byte{0xd4}, 8)}
	methods := []uint16{36, 37}
	var ps [2][]isakmp.Payload
	for by := range ps {
		ps[by] = []isakmp.Payload{
			payload(isakmp.PayloadSA2, s.proposalV2(1, spi[by], 31, methods)), payload(isakmp.PayloadNonce2, r.nonce[by]), keV2(31, bytes.Repeat([]byte{byte(5 + by)}, 32)),
		}
	}
	ps[1] = append(ps[1], notifyV2(additionalKeyExchange, links(2)[0]))
	s.exchange(isakmp.ExchangeCreateChildSA, ps[0], ps[1])
	s.followUp(methods, links(2))
	s.sk = s.expand(prfV2(s.sk.d, r.sk0, r.nonce[0], r.nonce[1], kem(11), kem(12)), r.nonce, spi)
	s.spi, s.mid = spi, 0
	s.exchange(isakmp.ExchangeInformational2, nil, nil)
	child := newRekeying(4)
	mid := s.createChild(child, nil, nil)
	want := s.childKeys(s.sk.d, child.sk0, child.nonce)

	e := solve(t, s.ds, knows(s.shared, kem(0), r.sk0, kem(12), kem(11), child.sk0))
	next := e.Conversations()[1]
	s.hasKeys(next, mid, want)
	for _, m := range next.Messages {
		if !m.Decrypted || m.Verified != ikestate.Verified {
			t.Errorf("frame %d: decrypted %t, %v", m.Frame, m.Decrypted, m.Verified)
		}
	}
	next = solve(t, s.ds, knows(s.shared, kem(0), r.sk0, kem(12))).Conversations()[1]
	if got := next.Missing(); !strings.Contains(got, "Curve25519, ML-KEM-768 and ML-KEM-1024") {
		t.Errorf("missing %q", got)
	}
}

// Where nothing says whose secrets they are, the combinations that are tried stay
// bounded, also for links that lead in circles.
func TestFollowupCombinations(t *testing.T) {
	s, _ := hybrid(t, true, 0, 0)
	methods := []uint16{36, 37, 35, 36, 37, 35, 36}
	same := slices.Repeat([][]byte{[]byte("link")}, 8)
	s.createChild(newRekeying(1), methods, same)
	s.followUp(methods, same)
	ring := knows(s.shared)
	for i := range 60 {
		ring.DHs = append(ring.DHs, secrets.DH{Shared: keymat.NewSecret(kem(i)), Source: secrets.Source{File: "kem", Line: i + 1}})
	}
	for _, sa := range s.solved(ring).IPsecSAs {
		if len(sa.Keys) > 1024 {
			t.Errorf("%d candidates", len(sa.Keys))
		}
	}
}

// FuzzSealedV2 has peers say anything behind their encryption, which random octets in
// a capture never reach: nothing panics, and the candidates stay bounded.
func FuzzSealedV2(f *testing.F) {
	seed := func(ps ...isakmp.Payload) []byte {
		first, content := chainV2(ps)
		return append([]byte{byte(first)}, content...)
	}
	s := newSpokenV2(f)
	child := append(s.childV2(0, 31, []uint16{36}), payload(isakmp.PayloadNonce2, s.nonce[0]), keV2(31, make([]byte, 32)))
	link := notifyV2(additionalKeyExchange, []byte("link"))
	f.Add(seed(keV2(36, make([]byte, 100))), seed(keV2(36, make([]byte, 90))), seed(child...), seed(append(child, link)...), seed(keV2(36, nil), link), seed(keV2(36, nil)))
	f.Add(seed(notifyV2(16446, []byte("\x02a"))), seed(notifyV2(16436, nil)), seed(child...), seed(child...), seed(notifyV2(47, nil)), seed(notifyV2(47, nil)))
	f.Add(seed(), seed(), seed(payload(isakmp.PayloadIDi, s.identity(0)), payload(isakmp.PayloadAuth, []byte{2, 0, 0, 0}), notifyV2(16436, []byte("\x02a")), notifyV2(16437, nil)), seed(), seed(), seed())
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g []byte) {
		s := newSpokenV2(t)
		s.gcm, s.additional, s.fragment = true, []uint16{36}, 64
		s.begin(notifyV2(16435, nil))
		types := []isakmp.ExchangeType{isakmp.ExchangeIntermediate, isakmp.ExchangeCreateChildSA, isakmp.ExchangeFollowupKE}
		if len(c) > 0 && c[0] == byte(isakmp.PayloadIDi) {
			types[1] = isakmp.ExchangeIKEAuth
		}
		for i, said := range [][]byte{a, b, c, d, e, g} {
			if len(said) == 0 || len(said) > 4096 {
				return
			}
			s.sayOctets(i%2, i%2 == 1, types[i/2], uint32(1+i/2), isakmp.PayloadType(said[0]), said[1:])
			if i == 1 {
				s.sk = s.expand(prfV2(s.sk.d, kem(0), s.nonce[0], s.nonce[1]), s.nonce, s.spi)
			}
		}
		ring := addPPK(s.withPSK(knows(s.shared, kem(0), kem(1), kem(2))), 1, thePPK)
		for _, c := range solve(t, s.ds, ring).Conversations() {
			c.Missing()
			for _, sa := range c.IPsecSAs {
				if sa.Missing(); len(sa.Keys) > 1024 {
					t.Errorf("%d candidates", len(sa.Keys))
				}
			}
		}
	})
}
