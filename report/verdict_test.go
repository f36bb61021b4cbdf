package report

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/esp/replay"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

// espSA is an SA of a conversation (nil: of none) with packets of which so many
// were opened.
func espSA(c *ikestate.Conversation, spi uint32, src, dst netip.AddrPort, packets int64, opened analysis.Totals) *analysis.SA {
	s := &analysis.SA{IPsecSA: &ikestate.IPsecSA{
		Conversation: c, Protocol: isakmp.ProtocolESP, SPI: spi, Src: src.Addr(), Dst: dst.Addr(), Mode: "tunnel",
		Encryption: "aes-cbc-128", IntegrityName: "hmac-sha1-96",
	}, Opened: opened, KeysKnown: opened.Any()}
	if packets > 0 {
		s.Flow = flow(spi, src, dst, packets)
	}
	return s
}

func flow(spi uint32, src, dst netip.AddrPort, packets int64) *analysis.Flow {
	f := &analysis.Flow{
		Key: analysis.FlowKey{Dst: dst.Addr(), SPI: spi, Protocol: 50}, Src: src.Addr(),
		Packets: packets, Bytes: 100 * packets, First: 20, Last: 20 + packets, FirstSeq: 1, Sequence: new(replay.Counter),
	}
	for n := range packets {
		f.Sequence.Add(uint64(n + 1))
	}
	return f
}

func established1(ms ...*ikestate.Message) *ikestate.Conversation {
	c := conversation(ms...)
	c.Phase1.State = ikestate.Established
	if len(ms) > 0 {
		c.Phase1.Flights[5] = ms[len(ms)-1]
	}
	return c
}

func hello(frame int64, fromInitiator bool) *ikestate.Message {
	return message(frame, fromInitiator, isakmp.ExchangeMain, payload(isakmp.PayloadNonce, "12345678"))
}

// sealed is a message that stayed closed.
func sealed(frame int64, exchange isakmp.ExchangeType) *ikestate.Message {
	m := message(frame, true, exchange)
	m.Header.Flags, m.Decrypted, m.Header.MessageID = isakmp.FlagEncryption, false, 7
	return m
}

func TestVerdicts(t *testing.T) {
	quick := func(state ikestate.State, ms ...*ikestate.Message) *ikestate.Exchange {
		return &ikestate.Exchange{Type: isakmp.ExchangeQuick, MessageID: 7, Messages: ms, Quick: &ikestate.QuickMode{State: state}}
	}
	all := func(n int64) analysis.Totals { return analysis.Totals{Decrypted: n} }
	for _, c := range []struct {
		name string
		make func() *analysis.Result
		mark string
		want []string
	}{
		{"phase 1 only", func() *analysis.Result { return result(established1(hello(3, true), hello(8, false))) },
			"✔", []string{"phase 1 completed in 5 ms, no phase 2 in the capture"}},
		{"one side of two phases", func() *analysis.Result {
			m := sealed(9, isakmp.ExchangeQuick)
			c := established1(hello(3, true), m)
			c.Phase1.Flights[0], c.Phase1.Flights[5] = c.Messages[0], nil
			c.Exchanges = []*ikestate.Exchange{quick(ikestate.Incomplete, m)}
			return result(c)
		}, "?", []string{"phase 1 completed (1 of 6 messages in the capture), phase 2 seen from one side only"}},
		{"half of phase 1", func() *analysis.Result {
			c := conversation(hello(3, true))
			c.Phase1.Flights[0] = c.Messages[0]
			return result(c)
		}, "!", []string{"phase 1 incomplete: 1 of 6 messages"}},
		{"failed", func() *analysis.Result {
			c := conversation(hello(3, true))
			c.Phase1.State, c.Phase1.Flights[0] = ikestate.Failed, c.Messages[0]
			return result(c)
		}, "!", []string{"phase 1 failed"}},
		{"starts late", func() *analysis.Result {
			m := sealed(3, isakmp.ExchangeQuick)
			c := conversation(m)
			c.Phase1 = &ikestate.Phase1{State: ikestate.Established}
			c.Exchanges = []*ikestate.Exchange{quick(ikestate.Incomplete, m, m, m)}
			return result(c)
		}, "?", []string{"phase 1 is not in the capture, phase 2 completed (3 messages)"}},
		{"closed", func() *analysis.Result {
			m := sealed(9, isakmp.ExchangeQuick)
			c := established1(hello(3, true), hello(8, false), m)
			c.Phase1.Flights[5] = c.Messages[1]
			c.Exchanges = []*ikestate.Exchange{quick(ikestate.Incomplete, m, m, m), quick(ikestate.Incomplete, m)}
			r := result(c)
			r.Unknown = []*analysis.Flow{flow(1, peerA, peerB, 5), flow(2, peerB, peerA, 6)}
			return r
		}, "?", []string{"phase 1 completed in 5 ms, 1 of 2 Quick Modes completed", "11 ESP packets, both directions"}},
		{"stuck in phase 2", func() *analysis.Result {
			m := message(9, true, isakmp.ExchangeQuick)
			c := established1(hello(3, true), hello(8, false), m)
			c.Phase1.Flights[5] = c.Messages[1]
			c.Exchanges = []*ikestate.Exchange{quick(ikestate.Incomplete, m)}
			return result(c)
		}, "!", []string{"0 of 1 Quick Mode completed"}},
		{"up", func() *analysis.Result {
			c := established1(hello(3, true), hello(8, false))
			s := espSA(c, 1, peerA, peerB, 5, all(5))
			s.Made = c.Messages[1]
			c.IPsecSAs = []*ikestate.IPsecSA{s.IPsecSA}
			r := result(c)
			r.SAs = []*analysis.SA{s}
			return r
		}, "✔", []string{"tunnel 192.0.2.1/32 ⇄ 192.0.2.2/32 up after 5 ms", "5 of 5 ESP packets decrypted and verified"}},
		{"wrong ICVs", func() *analysis.Result {
			r := result()
			r.SAs = []*analysis.SA{espSA(nil, 1, peerA, peerB, 9, analysis.Totals{Decrypted: 5, ICVFailed: 2, Damaged: 1, NoKey: 1})}
			return r
		}, "!", []string{"5 of 9 ESP packets decrypted and verified, 2 with a wrong ICV, 1 damaged or cut, 1 without a key"}},
		{"no ICV to check", func() *analysis.Result {
			r := result()
			r.SAs = []*analysis.SA{espSA(nil, 1, peerA, peerB, 9, analysis.Totals{Unverified: 9})}
			return r
		}, "✔", []string{"9 of 9 ESP packets decrypted, 9 without an ICV to check"}},
		{"unused", func() *analysis.Result {
			r := result()
			r.SAs = []*analysis.SA{espSA(nil, 1, peerA, peerB, 0, analysis.Totals{})}
			return r
		}, "✔", []string{"no ESP packets in the capture"}},
		{"ESP alone", func() *analysis.Result {
			r := result()
			r.Unknown = []*analysis.Flow{flow(1, peerA, peerB, 5)}
			return r
		}, "?", []string{"5 ESP packets, one direction only"}},
		{"AH alone", func() *analysis.Result {
			r := result()
			r.Unknown = []*analysis.Flow{flow(1, peerA, peerB, 5)}
			r.Unknown[0].Key.Protocol = 51
			return r
		}, "?", []string{"5 AH packets, one direction only"}},
		{"ESP beside AH alone", func() *analysis.Result {
			r := result()
			r.Unknown = []*analysis.Flow{flow(1, peerA, peerB, 5), flow(2, peerB, peerA, 5)}
			r.Unknown[0].Key.Protocol = 51
			return r
		}, "?", []string{"10 IPsec packets, both directions"}},
		{"AH", func() *analysis.Result {
			r := result()
			s := espSA(nil, 1, peerA, peerB, 5, all(5))
			s.Protocol = isakmp.ProtocolAH
			r.SAs = []*analysis.SA{s}
			return r
		}, "✔", []string{"5 of 5 AH packets verified"}},
		{"AH and ESP", func() *analysis.Result {
			r := result()
			s := espSA(nil, 1, peerA, peerB, 5, all(5))
			s.Protocol = isakmp.ProtocolAH
			r.SAs = []*analysis.SA{s, espSA(nil, 2, peerB, peerA, 5, all(5))}
			return r
		}, "✔", []string{"10 of 10 IPsec packets decrypted and verified"}},
		{"IKEv2 refused", func() *analysis.Result {
			c := conversation(message2(1, true, false, 0, isakmp.ExchangeIKESAInit))
			c.IKEv2, c.Phase1.State = &ikestate.IKEv2{}, ikestate.Failed
			return result(c)
		}, "!", []string{"IKEv2, 1 message, refused"}},
		{"IKEv2", func() *analysis.Result {
			c := conversation(message2(1, true, false, 0, isakmp.ExchangeIKESAInit))
			c.IKEv2, c.Phase1.State = &ikestate.IKEv2{}, ikestate.Established
			return result(c)
		}, "✔", []string{"IKEv2, 1 message, IKE SA established"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			contains(t, table(t, c.make(), Options{Unicode: true}), append([]string{c.mark + " 192.0.2.1 ⇄ 192.0.2.2"}, c.want...)...)
		})
	}
}

// An error of the findings is the verdict, and what came up all the same is said.
func TestVerdictOfAnErrorKeepsTheFacts(t *testing.T) {
	c := established1(hello(3, true), hello(8, false))
	s := espSA(c, 1, peerA, peerB, 5, analysis.Totals{Decrypted: 5})
	s.Made, c.IPsecSAs = c.Messages[1], []*ikestate.IPsecSA{s.IPsecSA}
	r := result(c)
	r.SAs = []*analysis.SA{s}
	r.Findings = []diagnose.Finding{
		{Code: "dpd-timeout", Severity: diagnose.Error, SA: "isakmp-1", Summary: "the peer is silent", Detail: "Packets 35 and 36."},
		{Code: "esp-lost", Severity: diagnose.Error, SA: "ipsec-1", Summary: "packets are missing", Advice: "Look there."},
		{Code: "esp-reordered", Severity: diagnose.Notice, SA: "ipsec-1", Summary: "some came late", Detail: "not told"},
	}
	out := table(t, r, Options{Unicode: true})
	contains(t, out, "✘ 192.0.2.1 ⇄ 192.0.2.2 the peer is silent [probable]", "tunnel", "5 of 5", "Packets 35 and 36.",
		"✘ packets are missing [probable]", "Look there.", "– some came late", "Phase 1")
	if strings.Count(out, "the peer is silent") != 1 || strings.Contains(out, "not told") {
		t.Error(out)
	}
}

func TestTunnels(t *testing.T) {
	x, y := netip.MustParseAddrPort("198.51.100.1:500"), netip.MustParseAddrPort("198.51.100.2:500")
	one, two := conversation(hello(30, true)), conversation(hello(40, false))
	two.Initiator, two.Responder = peerB, peerA // the same peers the other way round
	other := conversation(hello(10, true))
	other.Initiator, other.Responder = x, y
	r := result(one, two, other)
	// Behind a NAT the packets of an SA have other addresses than its conversation.
	mapped := netip.MustParseAddrPort("203.0.113.9:4500")
	r.SAs = []*analysis.SA{espSA(one, 1, mapped, peerB, 5, analysis.Totals{}), espSA(nil, 2, x, y, 5, analysis.Totals{})}
	r.Unknown = []*analysis.Flow{flow(3, y, x, 2), flow(4, mapped, y, 2)}
	r.Findings = []diagnose.Finding{{SA: "ipsec-1"}, {SA: "isakmp-3"}, {SA: ""}, {SA: "isakmp-99"}}
	l := arrange(r)
	type shape struct{ conversations, sas, unknown, findings int }
	var got []shape
	for _, u := range l.tunnels {
		got = append(got, shape{len(u.conversations), len(u.sas), len(u.unknown), len(u.findings)})
	}
	want := []shape{{1, 1, 1, 1}, {0, 0, 1, 0}, {2, 1, 0, 1}} // by first packet: 10, 20, 30
	if !slices.Equal(got, want) || len(l.general) != 2 {
		t.Errorf("%v, %d general findings; want %v, 2", got, len(l.general), want)
	}
}

func TestIdentifiersAreThoseOfFindings(t *testing.T) {
	r := result(conversation(), conversation())
	r.SAs = []*analysis.SA{espSA(nil, 1, peerA, peerB, 0, analysis.Totals{})}
	ids := identify(r)
	if ids.conversation[r.Conversations[1]] != diagnose.ISAKMPID(1) || ids.sa[r.SAs[0]] != diagnose.IPsecID(0) {
		t.Errorf("%v", ids)
	}
}

func TestSATable(t *testing.T) {
	c := conversation(hello(3, true))
	good := espSA(c, 0xc7a8cc9e, peerA, peerB, 43, analysis.Totals{Decrypted: 43})
	bad := espSA(c, 0xc9032330, peerB, peerA, 59, analysis.Totals{Decrypted: 50, ICVFailed: 9})
	for _, seq := range []uint64{70, 65, 65} { // 60 to 64 and 66 to 69 are missing; 65 is late, then doubled
		bad.Flow.Sequence.Add(seq)
	}
	comp := espSA(c, 0xad01, peerA, peerB, 0, analysis.Totals{})
	comp.Protocol = isakmp.ProtocolIPComp
	ah := espSA(c, 7, peerA, peerB, 1, analysis.Totals{NoKey: 1})
	ah.Protocol, ah.KeysKnown, ah.Flow.Sequence = isakmp.ProtocolAH, false, nil
	render := func(sas ...*analysis.SA) string {
		r := result(c)
		r.SAs = sas
		return table(t, r, Options{Unicode: true})
	}
	contains(t, render(good), "SPI from → to packets bytes verified seq lost late",
		"0xc7a8cc9e 192.0.2.1 → 192.0.2.2 43 4,300 43 1-43 0 0")
	contains(t, render(good, bad, comp, ah), "SPI", "dup bad ICV", "0xc7a8cc9e", "43", "0 0 0 0",
		"0xc9032330", "50 1-70 9 1 1 9", "IPComp CPI 0xad01", "– –", "AH 0x00000007", "no key 1-1")
	if out := render(good); strings.Contains(out, "dup") || strings.Contains(out, "bad ICV") {
		t.Errorf("columns that say nothing:\n%s", out)
	}
}

func TestSuppliedSAs(t *testing.T) {
	r := recorded(t, "mm-psk-3des-sha1-modp1024", -1)
	r.SAs = []*analysis.SA{espSA(nil, 1, peerA, peerB, 5, analysis.Totals{Decrypted: 5})}
	contains(t, table(t, r, Options{}), "IPsec SAs", "their negotiation is not in the capture", "0x00000001")
}

func TestUnknownSPIsAreBounded(t *testing.T) {
	r := result()
	for i := range uint32(50) {
		r.Unknown = append(r.Unknown, flow(i+1, peerA, peerB, 3))
	}
	contains(t, table(t, r, Options{}), "IPsec packets of unknown SAs", "esp 0x00000001", "1-3", "20-23", "and 40 more SPIs")
}

// The SAs of a bundle (ESP and IPComp) are one tunnel, not one that was rekeyed.
func TestBundleIsNotRekeyed(t *testing.T) {
	out := table(t, recorded(t, "ipcomp-tunnel-aes128-sha1", int(samples.Shared)), Options{Unicode: true})
	contains(t, out, "up after 1.27 s", "121 of 121", "4 IPsec SAs up",
		// Counts as a dissector with the same ESP keys shows them.
		"IPComp CPI 0xad01 192.0.2.1 → 192.0.2.2 4 1,286 –", "IPComp CPI 0x0515 192.0.2.2 → 192.0.2.1 79 15,662 –")
	for _, not := range []string{"rekeyed", "without a key"} {
		if strings.Contains(out, not) {
			t.Error(not)
		}
	}
}
