package ikestate_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

func natText(n ikestate.NAT) string {
	var parts []string
	for _, s := range n.Sides {
		parts = append(parts, fmt.Sprintf("%s own %v seen %v unsure %t", s.Status, addr(s.Own), addr(s.Seen), s.Unsure))
	}
	return fmt.Sprint(parts)
}

func addr(a netip.AddrPort) string {
	if !a.IsValid() {
		return "?"
	}
	return a.String()
}

// The recorded tunnels, as their configuration and the daemons' logs say: one
// initiator at 10.99.0.2 behind a NAT at 192.0.2.254, one pair that forces UDP
// encapsulation, others without a NAT.
func TestNATRecorded(t *testing.T) {
	none := "none own 192.0.2.1:500 seen 192.0.2.1:500 unsure false none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false"
	for _, x := range []struct{ sample, capture, want string }{
		{"natt-masquerade", "outer.pcap", "behind own 10.99.0.2:500 seen ? unsure false none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false"},
		{"natt-masquerade", "outer-public.pcap", "behind own 10.99.0.2:500 seen 192.0.2.254:500 unsure false none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false"},
		{"natt-forced-aes128-sha1", "outer.pcap", "forced own ? seen 192.0.2.1:500 unsure false forced own ? seen 192.0.2.2:500 unsure false"},
		{"mm-psk-aes128-sha1-modp1536", "outer.pcap", none},
		{"aggressive-psk-aes128-sha1-modp1536", "outer.pcap", none},
		{"libreswan-mm-psk-3des-sha1-pfs", "outer.pcap", none},
		{"racoon-mm-psk-3des-sha1-modp1024", "outer.pcap", "unknown own ? seen ? unsure false unknown own ? seen ? unsure false"},
	} {
		s := samples.ByName(x.sample)
		s.Captures = []string{x.capture}
		c := solve(t, datagrams(t, s), ring(t, s)).Conversations()[0]
		if got := natText(c.NAT()); got != "["+x.want+"]" {
			t.Errorf("%s/%s:\n%s, want\n%s", x.sample, x.capture, got, x.want)
		}
		if detected := x.sample[:2] == "na"; c.NAT().Detected() != detected {
			t.Errorf("%s: detected %t", x.sample, !detected)
		}
		if s := c.NAT().Sides[0]; s.Status != ikestate.NATUnknown && len(s.Messages) != 2 {
			t.Errorf("%s: %d messages", x.sample, len(s.Messages))
		}
	}
}

// With the captures of both sides of the NAT, no search is needed.
func TestNATOfBothCaptures(t *testing.T) {
	s := samples.ByName("natt-masquerade")
	inside := datagrams(t, s)
	s.Captures = []string{"outer-public.pcap"}
	all := append(inside, datagrams(t, s)...)
	slices.SortStableFunc(all, func(a, b ikestate.Datagram) int { return int(a.Nanos - b.Nanos) })
	c := oneConversation(t, solve(t, all, ring(t, s)))
	want := "[behind own 10.99.0.2:500 seen 192.0.2.254:500 unsure false none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false]"
	if got := natText(c.NAT()); got != want {
		t.Errorf("%s", got)
	}
	if moves := c.Moves(); len(moves) != 0 {
		t.Errorf("%d moves where the capture holds both sides of a NAT", len(moves))
	}
}

func TestMovesRecorded(t *testing.T) {
	s := samples.ByName("natt-masquerade")
	c := oneConversation(t, solve(t, datagrams(t, s), ring(t, s)))
	var got []string
	for _, m := range c.Moves() {
		got = append(got, fmt.Sprint(m.Side, " ", m.From, " ", m.To, " ", m.Floats, " ", m.Message.Position))
	}
	want := []string{"initiator 10.99.0.2:500 10.99.0.2:4500 true 5", "responder 192.0.2.2:500 192.0.2.2:4500 true 6"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	ds := datagrams(t, s)
	ds[len(ds)-1].Src = netip.MustParseAddrPort("10.99.0.2:61000") // a Delete through a new mapping
	moves := oneConversation(t, solve(t, ds, ring(t, s))).Moves()
	if n := len(moves); n != 3 || moves[2].Floats || moves[2].To.Port() != 61000 {
		t.Errorf("%+v", moves)
	}
}

// Behind a NAT that maps ports, the float shows at the peer's end only; a message
// that comes late shows it backwards; neither is a new mapping.
func TestFloatsBehindMappedPorts(t *testing.T) {
	s := samples.ByName("natt-masquerade")
	ds := datagrams(t, s)
	mapped := map[uint16]uint16{500: 61001, 4500: 61002}
	for i := range ds {
		for _, a := range []*netip.AddrPort{&ds[i].Src, &ds[i].Dst} {
			if a.Addr() == netip.MustParseAddr("10.99.0.2") {
				*a = netip.AddrPortFrom(a.Addr(), mapped[a.Port()])
			}
		}
	}
	ds[3], ds[4] = ds[4], ds[3]
	moves := oneConversation(t, solve(t, ds, ring(t, s))).Moves()
	if len(moves) < 2 {
		t.Fatalf("%d moves", len(moves))
	}
	for _, m := range moves {
		if !m.Floats {
			t.Errorf("%s from %s to %s is no float", m.Side, m.From, m.To)
		}
	}
}

// natD is HASH(CKY-I | CKY-R | IP | Port) (RFC 3947, section 3.2).
func (s *spoken) natD(at string) []byte {
	a := netip.MustParseAddrPort(at)
	return s.digest(s.cky[0], s.cky[1], a.Addr().AsSlice(), []byte{byte(a.Port() >> 8), byte(a.Port())})
}

// speakNAT sends messages 1 to 4 of Main Mode with NAT-D payloads of a type.
func (s *spoken) speakNAT(t isakmp.PayloadType, views [2][][]byte) []ikestate.Datagram {
	s.derive()
	sa := payload(isakmp.PayloadSA, s.sa)
	s.say(0, sa)
	s.say(1, sa)
	for by, hashes := range views {
		ps := []isakmp.Payload{payload(isakmp.PayloadKE, s.side[by].public), payload(isakmp.PayloadNonce, s.side[by].nonce)}
		for _, h := range hashes {
			ps = append(ps, payload(t, h))
		}
		s.say(by, ps...)
	}
	return s.sent
}

// The cases of RFC 3947, section 3.2, under the payload numbers of the RFC and of
// its drafts. The ends of the capture are 192.0.2.1 and 192.0.2.2.
func TestNATD(t *testing.T) {
	const i, r = "192.0.2.1:500", "192.0.2.2:500"
	wrong := bytes.Repeat([]byte{9}, 20)
	for _, x := range []struct {
		name  string
		views func(s *spoken) [2][][]byte
		want  string
	}{
		{"none", func(s *spoken) [2][][]byte {
			return [2][][]byte{{s.natD(r), s.natD(i)}, {s.natD(i), s.natD(r)}}
		}, "none own 192.0.2.1:500 seen 192.0.2.1:500 unsure false none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false"},
		{"several own addresses", func(s *spoken) [2][][]byte {
			return [2][][]byte{{s.natD(r), s.natD("192.168.7.7:500"), s.natD(i)}, {s.natD(i), s.natD(r)}}
		}, "none own 192.0.2.1:500 seen 192.0.2.1:500 unsure false none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false"},
		{"initiator behind 192.0.2.1", func(s *spoken) [2][][]byte {
			return [2][][]byte{{s.natD(r), s.natD("192.168.77.31:500")}, {s.natD(i), s.natD(r)}}
		}, "behind own 192.168.77.31:500 seen 192.0.2.1:500 unsure false none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false"},
		{"both behind", func(s *spoken) [2][][]byte {
			return [2][][]byte{{s.natD(r), s.natD("10.55.1.10:500")}, {s.natD(i), s.natD("172.29.3.1:500")}}
		}, "behind own 10.55.1.10:500 seen 192.0.2.1:500 unsure false behind own 172.29.3.1:500 seen 192.0.2.2:500 unsure false"},
		{"another port", func(s *spoken) [2][][]byte {
			return [2][][]byte{{s.natD(r), s.natD(i)}, {s.natD("192.0.2.1:4500"), s.natD(r)}}
		}, "behind own 192.0.2.1:500 seen 192.0.2.1:4500 unsure false none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false"},
		{"nowhere", func(s *spoken) [2][][]byte {
			return [2][][]byte{{s.natD(r), wrong}, {s.natD(i), s.natD(r)}}
		}, "behind own ? seen 192.0.2.1:500 unsure true none own 192.0.2.2:500 seen 192.0.2.2:500 unsure false"},
		{"initiator falsifies both", func(s *spoken) [2][][]byte {
			s.id[0] = append([]byte{byte(isakmp.IDIPv4), 0, 0, 0}, 192, 0, 2, 1)
			return [2][][]byte{{wrong[1:], wrong}, {s.natD(i), s.natD(r)}}
		}, "behind own ? seen 192.0.2.1:500 unsure true behind own 192.0.2.2:500 seen ? unsure true"},
		{"one side only", func(s *spoken) [2][][]byte {
			return [2][][]byte{nil, {s.natD(i), s.natD(r)}}
		}, "unknown own ? seen 192.0.2.1:500 unsure false unknown own ? seen ? unsure false"},
		{"one payload", func(s *spoken) [2][][]byte {
			return [2][][]byte{{s.natD(r)}, {s.natD(i)}}
		}, "unknown own ? seen ? unsure false unknown own ? seen ? unsure false"},
		{"empty payloads", func(s *spoken) [2][][]byte {
			return [2][][]byte{{nil, nil}, {nil, nil}}
		}, "unknown own ? seen ? unsure false unknown own ? seen ? unsure false"},
	} {
		for _, kind := range []isakmp.PayloadType{isakmp.PayloadNATD, isakmp.PayloadNATDDraft, isakmp.PayloadNATDDraft4} {
			s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
			c := oneConversation(t, solve(t, s.speakNAT(kind, x.views(s)), nil))
			if got := natText(c.NAT()); got != "["+x.want+"]" {
				t.Errorf("%s, payload %d:\n%s, want\n%s", x.name, kind, got, x.want)
			}
		}
	}
}

// An initiator that falsifies the hashes of both addresses, as racoon does with
// nat_traversal force, and whose identity is the address in the capture.
func TestNATForcedForBoth(t *testing.T) {
	s := newSpoken(t, isakmp.ExchangeAggressive, isakmp.AuthPSK)
	s.derive()
	s.id[0] = append([]byte{byte(isakmp.IDIPv4), 0, 0, 0}, 192, 0, 2, 1)
	wrong := bytes.Repeat([]byte{9}, 20)
	sa := payload(isakmp.PayloadSA, s.sa)
	part := func(i int) []isakmp.Payload {
		return []isakmp.Payload{sa, payload(isakmp.PayloadKE, s.side[i].public), payload(isakmp.PayloadNonce, s.side[i].nonce), payload(isakmp.PayloadID, s.id[i])}
	}
	natD := func(a, b []byte) []isakmp.Payload {
		return []isakmp.Payload{payload(isakmp.PayloadNATD, a), payload(isakmp.PayloadNATD, b)}
	}
	s.say(0, part(0)...)
	s.say(1, slices.Concat(part(1), s.proof(1), natD(s.natD("192.0.2.1:500"), s.natD("192.0.2.2:500")))...)
	s.say(0, slices.Concat(s.proof(0), natD(wrong[1:], wrong))...)
	n := oneConversation(t, solve(t, s.sent, s.ring())).NAT()
	if n.Sides[0].Status != ikestate.NATForced || n.Sides[1].Status != ikestate.NATForced {
		t.Errorf("%s", natText(n))
	}
}

// Hashes that are of no address cost a bounded search over all conversations.
func TestNATSearchIsBounded(t *testing.T) {
	e := ikestate.New(nil, ikestate.DefaultLimits)
	const conversations = 12
	for i := range conversations {
		s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
		s.cky[0] = bytes.Repeat([]byte{byte(i + 1)}, 8)
		wrong := bytes.Repeat([]byte{byte(i)}, 20)
		for _, d := range s.speakNAT(isakmp.PayloadNATD, [2][][]byte{{wrong, wrong[:19]}, {wrong[:18], wrong[:17]}}) {
			if err := e.Add(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	e.Solve()
	exhausted := 0
	for _, c := range e.Conversations() {
		if n := c.NAT(); n.Exhausted {
			exhausted++
		}
	}
	if exhausted == 0 || exhausted == conversations {
		t.Errorf("the search stopped in %d of %d conversations", exhausted, conversations)
	}
}

// NAT-OA payloads of a Quick Mode: both addresses as in RFC 3947, section 5.2, or
// the sender's own as in its drafts.
func TestNATOriginalAddresses(t *testing.T) {
	oa := func(kind isakmp.PayloadType, a string) isakmp.Payload {
		return payload(kind, append([]byte{byte(isakmp.IDIPv4), 0, 0, 0}, netip.MustParseAddr(a).AsSlice()...))
	}
	for _, x := range []struct {
		name   string
		two    []isakmp.Payload
		oi, or string
	}{
		{"both", []isakmp.Payload{oa(isakmp.PayloadNATOA, "10.0.0.5"), oa(isakmp.PayloadNATOA, "192.0.2.2")}, "10.0.0.5", "192.0.2.2"},
		{"own, draft", []isakmp.Payload{oa(isakmp.PayloadNATOADraft, "10.7.0.5")}, "invalid IP", "10.7.0.5"},
		{"damaged", []isakmp.Payload{payload(isakmp.PayloadNATOA, []byte{1, 0, 0, 0, 9})}, "invalid IP", "invalid IP"},
		{"none", nil, "invalid IP", "invalid IP"},
	} {
		s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
		s.speak()
		q := newQuick(9)
		q.notify = x.two
		s.quick(q)
		got := oneQuick(t, oneConversation(t, solve(t, s.sent, s.ring())))
		if got.OriginalI.String() != x.oi || got.OriginalR.String() != x.or {
			t.Errorf("%s: %v, %v", x.name, got.OriginalI, got.OriginalR)
		}
	}
}
