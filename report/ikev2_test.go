package report

import (
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
)

// message2 makes a message of version 2.
func message2(frame int64, fromInitiator, response bool, mid uint32, exchange isakmp.ExchangeType, ps ...isakmp.Payload) *ikestate.Message {
	m := message(frame, fromInitiator, exchange, ps...)
	m.Header.Major, m.Header.MessageID = 2, mid
	if fromInitiator {
		m.Header.Flags |= isakmp.FlagInitiator
	}
	if response {
		m.Header.Flags |= isakmp.FlagResponse
	}
	return m
}

// sa2 is an SA payload with one proposal: AES-CBC-256, HMAC-SHA2-256-128, and of
// IKE (protocol 1) PRF-HMAC-SHA2-256 and group 14 (RFC 7296, section 3.3).
func sa2(protocol byte, spi string) isakmp.Payload {
	transforms := "\x03\x00\x00\x0c\x01\x00\x00\x0c\x80\x0e\x01\x00" + "\x03\x00\x00\x08\x03\x00\x00\x0c"
	n := byte(4)
	if protocol == 1 {
		transforms += "\x03\x00\x00\x08\x02\x00\x00\x05" + "\x00\x00\x00\x08\x04\x00\x00\x0e"
	} else {
		n = 3
		transforms += "\x00\x00\x00\x08\x05\x00\x00\x00"
	}
	head := "\x00\x00\x00" + string([]byte{byte(8 + len(spi) + len(transforms)), 1, protocol, byte(len(spi)), n})
	return payload(isakmp.PayloadSA2, head+spi+transforms)
}

func notify2(kind uint16, data string) isakmp.Payload {
	return payload(isakmp.PayloadNotify2, "\x00\x00"+string(binary.BigEndian.AppendUint16(nil, kind))+data)
}

// natHash is the NAT_DETECTION data of RFC 7296, section 2.23.
func natHash(m *ikestate.Message, at netip.AddrPort) string {
	b := append(append([]byte{}, m.Header.CookieI[:]...), m.Header.CookieR[:]...)
	b = append(b, at.Addr().AsSlice()...)
	sum := sha1.Sum(binary.BigEndian.AppendUint16(b, at.Port()))
	return string(sum[:])
}

func selectors(first, last string) string {
	return "\x01\x00\x00\x00" + "\x07\x00\x00\x10\x00\x00\xff\xff" + first + last
}

func TestTableOfIKEv2(t *testing.T) {
	tsi, tsr := payload(isakmp.PayloadTSi, selectors("\x0a\x01\x00\x00", "\x0a\x01\x00\xff")), payload(isakmp.PayloadTSr, selectors("\x0a\x02\x00\x00", "\x0a\x02\x00\xff"))
	init := message2(3, true, false, 0, isakmp.ExchangeIKESAInit, sa2(1, ""), payload(isakmp.PayloadKE2, "\x00\x0e\x00\x00"+strings.Repeat("k", 256)),
		payload(isakmp.PayloadNonce2, strings.Repeat("n", 32)), notify2(16430, ""))
	init.Payloads = append(init.Payloads, notify2(natSource, natHash(init, peerA)), notify2(natDestination, natHash(init, netip.MustParseAddrPort("10.0.0.1:500"))))
	answer := message2(4, false, true, 0, isakmp.ExchangeIKESAInit, sa2(1, ""))
	auth := message2(5, true, false, 1, isakmp.ExchangeIKEAuth, payload(isakmp.PayloadIDi, "\x02\x00\x00\x00gw.example.org"),
		payload(isakmp.PayloadAuth, "\x02\x00\x00\x00xxxx"), sa2(3, "\x11\x22\x33\x44"), tsi, tsr)
	bad := message2(6, false, true, 1, isakmp.ExchangeIKEAuth, notify2(24, ""))
	gone := message2(7, true, false, 2, isakmp.ExchangeInformational2, payload(isakmp.PayloadDelete2, "\x03\x04\x00\x01\x11\x22\x33\x44"))
	ping := message2(8, false, true, 2, isakmp.ExchangeInformational2)
	c := conversation(init, answer, auth, bad, gone, ping)
	c.IKEv2 = &ikestate.IKEv2{}
	c.Phase1.HashI = ikestate.Verified
	contains(t, table(t, result(c), Options{}),
		"IKEv2, 6 messages", "IKEv2 IKE SA 0100000000000000:0200000000000000",
		"3 0 ms initiator IKE_SA_INIT: SA AES-CBC-256, HMAC-SHA2-256-128, PRF SHA2-256, MODP 2048; KE MODP 2048; nonce 32;",
		"NAT-D: responder is behind a NAT; supports fragmentation",
		"responder IKE_SA_INIT: SA accepted",
		"IKE_AUTH: IDi fqdn gw.example.org; AUTH by pre-shared key ok; SA ESP AES-CBC-256, HMAC-SHA2-256-128, no ESN; 10.1.0.0/24 -> 10.2.0.0/24",
		"AUTHENTICATION_FAILED", "Other exchanges", "INFORMATIONAL: delete ESP 0x11223344", "1 empty message")
}

// A child SA is told with the exchange that made it.
func TestTableOfAChildSA(t *testing.T) {
	ask := message2(9, true, false, 3, isakmp.ExchangeCreateChildSA, notify2(rekeySA, ""), sa2(3, "\x11\x22\x33\x44"))
	reply := message2(10, false, true, 3, isakmp.ExchangeCreateChildSA, sa2(3, "\x55\x66\x77\x88"))
	c := conversation(ask, reply)
	c.IKEv2 = &ikestate.IKEv2{}
	made := &ikestate.IPsecSA{
		Conversation: c, MessageID: 3, Protocol: isakmp.ProtocolESP, SPI: 0x55667788, Src: peerA.Addr(), Dst: peerB.Addr(),
		Mode: "tunnel", PFSGroup: "modp2048", Made: reply,
	}
	c.IPsecSAs = []*ikestate.IPsecSA{made}
	c.Exchanges = []*ikestate.Exchange{{
		Type: isakmp.ExchangeCreateChildSA, MessageID: 3, Messages: []*ikestate.Message{ask, reply},
		Quick: &ikestate.QuickMode{State: ikestate.Established, SAs: []*ikestate.IPsecSA{made}, Initiator: peerA, Responder: peerB},
	}}
	r := result(c)
	r.SAs = []*analysis.SA{{IPsecSA: made}}
	contains(t, table(t, r, Options{}), "CREATE_CHILD_SA 3 PFS MODP 2048", "SA ESP AES-CBC-256", "SA accepted", "1 IPsec SA up", "0x55667788")
}

func TestJSONOfIKEv2Keys(t *testing.T) {
	c := conversation(message2(3, true, false, 0, isakmp.ExchangeIKESAInit, sa2(1, "")))
	c.IKEv2 = &ikestate.IKEv2{Keys: keymat.IKEv2Keys{
		D: keymat.SKdFrom(keymat.NewSecret([]byte{1})), Ei: keymat.SKeFrom(keymat.NewSecret([]byte{2})), Er: keymat.SKeFrom(keymat.NewSecret([]byte{3})),
	}}
	sa := first(t, parse(t, output{"json", JSON}.render(t, result(c), Options{ShowKeys: true})), "isakmp_sas")
	keys := sa["keys"].(object)
	if keys["sk_d"] != "01" || keys["sk_ei"] != "02" || keys["sk_er"] != "03" || keys["skeyid"] != nil || sa["version"] != 2.0 {
		t.Errorf("%v", sa)
	}
	if sa["secrets"].(object)["missing"] != "" {
		t.Errorf("open, and yet missing: %v", sa["secrets"])
	}
	plain := first(t, parse(t, output{"json", JSON}.render(t, result(c), Options{})), "isakmp_sas")
	if _, ok := plain["keys"]; ok {
		t.Error("keys without being asked")
	}
}

// A message of one version in a conversation of the other, and conversations of
// which nothing could be rebuilt, are told as far as they go.
func TestMixedVersions(t *testing.T) {
	one := message(1, true, isakmp.ExchangeMain, payload(isakmp.PayloadSA, "\x00\x00\x00\x01\x00\x00\x00\x01"), payload(isakmp.PayloadNATD, "x"), payload(isakmp.PayloadNATD, "y"))
	two := message2(2, false, true, 0, isakmp.ExchangeIKESAInit, sa2(1, ""), notify2(natSource, "x"), notify2(natDestination, "y"))
	three := message(3, true, isakmp.ExchangeQuick, payload(isakmp.PayloadSA, "\x00\x00\x00\x01"))
	three.Header.Major = 3
	for _, ms := range [][]*ikestate.Message{{one}, {two}, {three}, {one, two}, {two, two, one}, {three, one, two}, {}} {
		for _, phase1 := range []*ikestate.Phase1{nil, {}} {
			c := conversation(ms...)
			c.Phase1 = phase1
			for _, w := range outputs {
				w.render(t, result(c), Options{})
			}
		}
	}
}

func selectorsPayload() isakmp.Payload {
	return payload(isakmp.PayloadTSi, selectors("\x0a\x01\x00\x00", "\x0a\x01\x00\xff"))
}
