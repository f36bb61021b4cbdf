package report

import (
	"encoding/binary"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// factsOf joins the facts of a result's first conversation.
func factsOf(r *analysis.Result, o Options) string {
	var b strings.Builder
	for _, f := range NewWords().Facts(r.Conversations[0], o) {
		b.WriteString(f.Title + "\n")
		for _, l := range f.Lines {
			b.WriteString("  " + l + "\n")
		}
	}
	return b.String()
}

// What recorded tunnels tell of their peers, as the daemons' configurations have it.
func TestFactsOfRecordedTunnels(t *testing.T) {
	for name, want := range map[string][]string{
		"natt-masquerade":               {"NAT", "Initiator: behind a NAT; believes to be 10.99.0.2:500", "Responder: no NAT."},
		"natt-forced-aes128-sha1":       {"NAT", "Initiator: false NAT-D hashes, which force UDP encapsulation.", "Responder: false NAT-D"},
		"mm-rsa-aes256-sha256-modp2048": {"No NAT between the peers.", "Certificates and proofs", "Certificate of the initiator: CN=gw-a.lab,O=Lab,C=CH; issued by CN=Lab CA", "Signature of the responder: verified"},
		"xauth-mm-psk-modecfg":          {"XAUTH and Mode-Config", "user alice, XAUTH-USER-PASSWORD (hidden); accepted by the responder", "INTERNAL_IP4_ADDRESS 10.3.0.1"},
	} {
		got := factsOf(recorded(t, name, 0), Options{})
		rest := got
		for _, w := range want {
			i := strings.Index(rest, w)
			if i < 0 {
				t.Errorf("%s: %q is missing in\n%s", name, w, got)
				break
			}
			rest = rest[i:]
		}
	}
	if got := factsOf(recorded(t, "xauth-mm-psk-modecfg", 0), Options{ShowKeys: true}); strings.Contains(got, "(hidden)") {
		t.Errorf("with keys:\n%s", got)
	}
}

// lifetimeNotice is RESPONDER-LIFETIME of 1,800 s.
func lifetimeNotice(frame int64, p isakmp.Protocol, x *ikestate.Exchange) ikestate.Notice {
	life, duration := uint32(0x80010001), uint32(0x80020000)
	if p == isakmp.ProtocolISAKMP { // numbers of RFC 2409, appendix A
		life, duration = 0x800b0001, 0x800c0000
	}
	data := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, life), duration|1800)
	return ikestate.Notice{
		Notify:  isakmp.Notify{DOI: 1, Protocol: p, Type: isakmp.NotifyResponderLifetime, Data: data},
		Message: message(frame, false, isakmp.ExchangeInformational), Exchange: x,
	}
}

// natted is a conversation with NAT-OA payloads and lifetimes that the responder cut.
func natted() *analysis.Result {
	c := conversation(message(3, true, isakmp.ExchangeMain))
	c.Phase1.Chosen = &ikestate.Proposal{Attributes: isakmp.Phase1Attributes{}, Encryption: "aes-cbc-128", LifetimeSeconds: 28800}
	q := &ikestate.QuickMode{
		MessageID: 7, Initiator: peerA, Responder: peerB,
		OriginalI: netip.MustParseAddr("10.0.0.5"), OriginalR: netip.MustParseAddr("192.0.2.2"),
	}
	x := &ikestate.Exchange{MessageID: 7, Type: isakmp.ExchangeQuick, Quick: q, Messages: []*ikestate.Message{message(9, true, isakmp.ExchangeQuick)}}
	c.Exchanges = []*ikestate.Exchange{x}
	c.Notices = []ikestate.Notice{lifetimeNotice(8, isakmp.ProtocolISAKMP, nil), lifetimeNotice(10, isakmp.ProtocolESP, x)}
	r := result(c)
	for i, ends := range [][2]netip.Addr{{peerA.Addr(), peerB.Addr()}, {peerB.Addr(), peerA.Addr()}} {
		r.SAs = append(r.SAs, &analysis.SA{IPsecSA: &ikestate.IPsecSA{
			Conversation: c, MessageID: 7, Protocol: isakmp.ProtocolESP, SPI: uint32(i + 1), Src: ends[0], Dst: ends[1], Mode: "transport",
		}})
	}
	return r
}

// RESPONDER-LIFETIME and NAT-OA are told in every format.
func TestLifetimesAndOriginalAddresses(t *testing.T) {
	want := []string{
		"Original addresses (NAT-OA): 192.0.2.1 is 10.0.0.5, 192.0.2.2 is 192.0.2.2.",
		"192.0.2.2 keeps the ISAKMP SA for 1,800 s; negotiated: 28,800 s (RESPONDER-LIFETIME, packet 8).",
		"192.0.2.2 keeps the ESP SAs for 1,800 s (RESPONDER-LIFETIME, packet 10).",
	}
	contains(t, table(t, natted(), Options{}), want...)
	contains(t, strings.ReplaceAll(factsOf(natted(), Options{}), glue, " "), want...)
	var got struct {
		ISAKMP []struct {
			Lifetimes []struct {
				Protocol       string
				Frame, Seconds int64
			} `json:"responder_lifetimes"`
		} `json:"isakmp_sas"`
		IPsec []struct {
			Source string `json:"original_source"`
			Dest   string `json:"original_destination"`
		} `json:"ipsec_sas"`
	}
	if err := json.Unmarshal([]byte(output{"json", JSON}.render(t, natted(), Options{})), &got); err != nil {
		t.Fatal(err)
	}
	if l := got.ISAKMP[0].Lifetimes; len(l) != 2 || l[0].Protocol != "isakmp" || l[1].Seconds != 1800 || l[1].Frame != 10 {
		t.Errorf("%+v", l)
	}
	s := got.IPsec
	if s[0].Source != "10.0.0.5" || s[0].Dest != "192.0.2.2" || s[1].Source != "192.0.2.2" || s[1].Dest != "10.0.0.5" {
		t.Errorf("%+v", s)
	}
}

// What TCP carried, and what of it is missing, is told in every format.
func TestTCPEncapsulation(t *testing.T) {
	r := result(conversation(message(3, true, isakmp.ExchangeMain)))
	out := table(t, r, Options{})
	out += output{"json", JSON}.render(t, r, Options{})
	if strings.Contains(strings.ToLower(out), "tcp encap") || strings.Contains(out, `"tcp":`) {
		t.Errorf("told without any:\n%s", out)
	}
	r.Decode.TCP = decode.TCPStats{Segments: 1200, Messages: 1100, Repeated: 3, Early: 2, Gaps: 1, Lost: 1448, Resyncs: 1, Skipped: 77, Malformed: 1}
	contains(t, table(t, r, Options{}), "TCP encapsulation: 1,100 IKE or IPsec packets in 1,200 segments, 3 repeated, 2 out of order",
		"1 place in TCP streams where segments are not in the capture, 1,448 octets in all", "1 length in TCP streams that cannot be", "77 octets of TCP streams passed over")
	if a := Tell(r); !strings.HasPrefix(a.Carried, "TCP encapsulation: 1,100") || len(a.Lacking) != 3 {
		t.Errorf("%q %q", a.Carried, a.Lacking)
	}
	contains(t, output{"json", JSON}.render(t, r, Options{}), `"tcp": { "segments": 1200, "messages": 1100,`, `"lost_octets": 1448`)
}
