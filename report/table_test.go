package report

import (
	"net/netip"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

// The facts of a healthy tunnel, in the order in which a reader wants them: from
// the daemons' logs and from the capture as tcpdump counts it.
func TestTableOfAHealthyTunnel(t *testing.T) {
	out := table(t, recorded(t, "mm-psk-3des-sha1-modp1024", 0), Options{Unicode: true})
	contains(t, out,
		"outer.pcap", "115 packets", "00:18:00 to 00:18:06", "complete, both directions",
		"✔ 192.0.2.1 ⇄ 192.0.2.2", "tunnel 10.1.0.0/24 ⇄ 10.2.0.0/24 up after 812 ms", "102 of 102 ESP packets decrypted and verified",
		"Phase 1  Main Mode  73cc11d2349a360d:d97b5c488f49300c", "key: PSK secrets.toml:", "(verified) + DH value of 192.0.2.1",
		"1 3 0 ms initiator SA: 3DES-CBC, SHA-1, MODP 1024, pre-shared key, 15,840 s", "NAT-T (RFC 3947",
		"2 4 28 ms responder SA: accepted", "g^xi 128 octets; nonce 32; NAT-D: no NAT", "5 7 133 ms initiator ID 192.0.2.1; HASH_I ✔",
		"6 8 144 ms responder ID 192.0.2.2; HASH_R ✔ ISAKMP SA up",
		"Phase 2  Quick Mode 48c69e1a", "no PFS", "10.1.0.0/24 → 10.2.0.0/24",
		"ESP tunnel, 3DES-CBC + HMAC-SHA1-96, 3,960 s", "HASH(1) ✔", "HASH(2) ✔", "3 11 812 ms initiator HASH(3) ✔ 2 IPsec SAs up",
		"0xc7a8cc9e", "192.0.2.1 → 192.0.2.2", "1-43", "0xc9032330", "1-59",
		"Deleted by 192.0.2.1: packets 114 (ESP 0xc9032330), 115 (ISAKMP SA).",
		"Next: ikescope decrypt", "-k secrets.toml -o inner.pcapng",
	)
}

// Keys stand in the terminal's report, too, if they were asked for, each whole in its
// line. The expected ones are the daemon's and the kernel's.
func TestTableShowsKeys(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "ikev2-psk-aes256-sha256-modp2048"} {
		r := recorded(t, name, 0)
		known, err := samples.ByName(name).Secrets()
		if err != nil {
			t.Fatal(err)
		}
		ike, shown := known.IKE[0], table(t, r, Options{ShowKeys: true})
		want := []samples.Hex{ike.Shared, ike.SKEYID, ike.SKEYIDd, ike.SKEYIDa, ike.SKEYIDe, ike.SKd, ike.SKei, ike.SKer}
		for _, e := range known.ESP {
			want = append(want, e.EncKey, e.AuthKey)
		}
		hidden := table(t, r, Options{})
		for _, v := range want {
			if len(v) == 0 {
				continue
			}
			contains(t, shown, v.String())
			if strings.Contains(hidden, v.String()) {
				t.Errorf("%s: shown although nobody asked", name)
			}
		}
	}
}

func TestTableWithoutSecrets(t *testing.T) {
	out := table(t, recorded(t, "mm-psk-3des-sha1-modp1024", -1), Options{Unicode: true})
	contains(t, out,
		"? 192.0.2.1 ⇄ 192.0.2.2", "phase 1 completed in 144 ms, phase 2 completed (3 messages)", "102 ESP packets, both directions",
		"encrypted, 68 octets", "IPsec packets of unknown SAs", "esp 0xc7a8cc9e",
		"Encrypted from packet 7 on.", "strongSwan", "ike 4", "libreswan", "racoon", "MikroTik", "ip xfrm state",
		"Give such a file as it is: ikescope report",
	)
}

func TestTableOfARefusedPhase2(t *testing.T) {
	r := recorded(t, "mm-psk-3des-sha1-modp1024", 0)
	r.Findings = []diagnose.Finding{{
		Code: "selector-mismatch", Severity: diagnose.Error, Certainty: diagnose.Proved, SA: "isakmp-1",
		Summary: "phase 2 refused: the traffic selectors do not match",
		Detail:  "Packet 10: proposed.\nPacket 11: refused.", Advice: "Make both ends mirror each other.", Frames: []int64{10, 11},
	}, {
		Code: "weak-hash", Severity: diagnose.Warning, Certainty: diagnose.Proved, SA: "isakmp-1", Summary: "SHA-1 in phase 1", Ref: "RFC 8247",
	}, {
		Code: "weak-group", Severity: diagnose.Warning, Certainty: diagnose.Proved, SA: "isakmp-1", Summary: "MODP 1024 in phase 1", Ref: "RFC 8247",
	}}
	contains(t, table(t, r, Options{Unicode: true}),
		"✘ 192.0.2.1 ⇄ 192.0.2.2   phase 2 refused: the traffic selectors do not match   [proved]",
		"Packet 10: proposed.", "Packet 11: refused.", "Make both ends mirror each other.",
		"! weak: SHA-1 in phase 1; MODP 1024 in phase 1 (RFC 8247)", "Phase 1")
}

// Every line but those to be copied fits the terminal.
func TestLinesFitTheTerminal(t *testing.T) {
	for _, s := range samples.All() {
		if s.ESP > 1000 {
			continue
		}
		for k := -1; k < 1; k++ {
			r := recorded(t, s.Name, k)
			for _, w := range []output{{"table", Table}, {"messages", Messages}} {
				for _, columns := range []int{0, 80, 120} {
					for _, l := range lines(w.render(t, r, Options{Width: columns, Unicode: true, Color: true})) {
						command := strings.Contains(l, "ikescope ")
						if n := width(l); n > max(columns, DefaultWidth) && !command {
							t.Errorf("%s, %s at %d: %d columns: %s", s.Name, w.name, columns, n, l)
						}
						if strings.TrimRight(l, " ") != l {
							t.Errorf("%s, %s: blanks at the end of %q", s.Name, w.name, l)
						}
					}
				}
			}
		}
	}
}

func TestRetransmissions(t *testing.T) {
	m := message(3, true, isakmp.ExchangeMain, payload(isakmp.PayloadVendor, "x"))
	again := func(frame int64) ikestate.Repeat {
		return ikestate.Repeat{Frame: frame, Nanos: m.Nanos + frame*1e9, Src: m.Src, Dst: m.Dst}
	}
	m.Repeats = []ikestate.Repeat{again(4), again(6)}
	contains(t, table(t, result(conversation(m)), Options{}), "4 4.00 s initiator repeats packet 3", "6 6.00 s initiator repeats packet 3")
	contains(t, output{"messages", Messages}.render(t, result(conversation(m)), Options{}), "MM repeats packet 3")
	for f := int64(7); f < 500; f++ {
		m.Repeats = append(m.Repeats, again(f))
	}
	out := table(t, result(conversation(m)), Options{})
	contains(t, out, "repeats packet 3, 495 times until packet 499")
	if n := len(lines(out)); n > 20 {
		t.Errorf("%d lines for one message", n)
	}
}

// A large capture has a short report: a table, and what failed.
func TestCrowd(t *testing.T) {
	var cs []*ikestate.Conversation
	for i := range 1000 {
		c := conversation(message(int64(i+1), true, isakmp.ExchangeMain, payload(isakmp.PayloadVendor, "x")))
		c.Initiator = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 500)
		cs = append(cs, c)
	}
	r := result(cs...)
	for _, i := range []string{"isakmp-500", "isakmp-501", "isakmp-502"} {
		r.Findings = append(r.Findings, diagnose.Finding{
			Code: "phase1-no-answer", Severity: diagnose.Error, SA: i, Summary: "nobody answers " + i, Detail: "Evidence.", Advice: "Advice.",
		})
	}
	out := table(t, r, Options{Unicode: true})
	contains(t, out, "1,000 tunnels: ", "3 failed", "1,000 IKE conversations", "10.0.1.243 ⇄ 192.0.2.2", "and 960 more tunnels",
		"✘ 10.0.1.243 ⇄ 192.0.2.2", "nobody answers isakmp-500", "Evidence.", "Phase 1  Main Mode")
	if n := len(lines(out)); n > 250 {
		t.Errorf("%d lines", n)
	}
}

func TestManyQuickModesAreSummedUp(t *testing.T) {
	c := conversation(message(1, true, isakmp.ExchangeMain, payload(isakmp.PayloadVendor, "x")))
	r := result(c)
	for i := range 200 {
		m := message(int64(10+i), true, isakmp.ExchangeQuick, payload(isakmp.PayloadNonce, "12345678"))
		sa := &ikestate.IPsecSA{
			Conversation: c, MessageID: uint32(i + 1), Protocol: isakmp.ProtocolESP, SPI: uint32(0x1000 + i), Mode: "tunnel",
			Src: peerA.Addr(), Dst: peerB.Addr(), Encryption: "aes-cbc-128", Made: m,
		}
		c.Exchanges = append(c.Exchanges, &ikestate.Exchange{
			Type: isakmp.ExchangeQuick, MessageID: uint32(i + 1), Messages: []*ikestate.Message{m},
			Quick: &ikestate.QuickMode{State: ikestate.Established, SAs: []*ikestate.IPsecSA{sa}},
		})
		c.IPsecSAs = append(c.IPsecSAs, sa)
		r.SAs = append(r.SAs, &analysis.SA{IPsecSA: sa})
	}
	out := table(t, r, Options{})
	contains(t, out, "rekeyed 199 times", "Quick Mode 00000001", "Quick Mode 000000c8", "198 more Quick Modes", "and 174 more SAs")
	if n := len(lines(out)); n > 80 {
		t.Errorf("%d lines", n)
	}
}

func TestTableOfNothing(t *testing.T) {
	contains(t, table(t, result(), Options{}), "made.pcap", "12 packets", "No IKE and no IPsec in the capture.")
	contains(t, table(t, &analysis.Result{}, Options{}), "No IKE and no IPsec in the capture.")
	cut := &analysis.Result{Decode: decode.Stats{Cut: []decode.Malformed{{Layer: "udp", Count: 1}}}}
	contains(t, table(t, cut, Options{}), "too little of the packets was captured")
}

func TestLimitsAreNamed(t *testing.T) {
	r := result()
	r.Dropped = ikestate.Dropped{HalfOpen: 1234, Messages: 5}
	r.UnknownMore = 7
	contains(t, table(t, r, Options{}), "1,234 half-open IKE conversations forgotten", "5 IKE messages left out", "7 IPsec packets left out")
}
