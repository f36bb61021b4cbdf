package diagnose_test

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

var router = netip.MustParseAddr("198.51.100.9")

// fragment cuts an IPv4 datagram into two fragments and returns them.
func fragment(d []byte, id uint16) (first, second []byte) {
	const at = 64
	cut := func(data []byte, offset uint16, more bool) []byte {
		h := append(slices.Clone(d[:20]), data...)
		binary.BigEndian.PutUint16(h[2:], uint16(len(h)))
		binary.BigEndian.PutUint16(h[4:], id)
		flags := offset / 8
		if more {
			flags |= 0x2000
		}
		binary.BigEndian.PutUint16(h[6:], flags)
		return h
	}
	return cut(d[20:20+at], 0, true), cut(d[20+at:], at, false)
}

// split replaces a recorded packet by fragments; without the second if lost.
func (k *talk) split(frame int, lost bool) {
	f := k.frames[frame-1]
	a, b := fragment(f.Data, uint16(frame))
	first, second := f, f
	first.Data, first.WireLen = a, len(a)
	second.Data, second.WireLen = b, len(b)
	second.Nanos += 1e5
	k.frames = append(k.frames[:frame-1], first)
	if !lost {
		k.frames = append(k.frames, second)
	}
}

var pathScenes = []scene{
	{
		name: "fragmentation needed",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 3)
			k.icmp(router, 3, 4, 1400, 11)
			k.icmp(router, 3, 4, 1400, 13)
		}),
		outside:  []want{{diagnose.MTUExceeded, warning, proved, []int{16, 17}}},
		sameBoth: true,
	},
	{
		name: "ESP in fragments",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 3)
			k.split(len(k.frames), false)
		}),
		outside:  []want{{diagnose.MTUExceeded, warning, proved, []int{16}}},
		sameBoth: true,
	},
	{
		name: "a fragment is missing",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 3)
			k.esp(sideA, m.spi+1)
			k.split(len(k.frames), true)
		}),
		outside:  []want{{diagnose.FragmentsMissing, warning, proved, []int{16}}},
		sameBoth: true,
	},
	{
		name: "protocol unreachable",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 3)
			k.icmp(addrB.Addr(), 3, 2, 0, 11)
		}),
		outside:  []want{{diagnose.PortUnreachable, warning, proved, []int{16}}},
		sameBoth: true,
	},
	{
		name: "a NAT maps another port",
		play: func(k *talk) {
			k.main(4)
			k.a, k.b = withPort(k.a, 4500), withPort(k.b, 4500)
			k.proof(sideA)
			k.proof(sideB)
			m := usual(sideA, 0x1000)
			m.transform = slices.Concat(attr(1, 1), attr(2, 3600), attr(4, uint16(isakmp.EncapUDPTunnel)), attr(5, hmac256), attr(6, 128))
			k.quick(m)
			k.traffic(m, 3)
			k.a = withPort(k.a, 31002)
			k.traffic(m, 3)
			k.informs(sideA, k.probe(isakmp.NotifyRUThere, 1))
		},
		outside:  []want{{diagnose.NATMappingChanged, warning, proved, []int{17}}, {diagnose.NATMappingChanged, warning, proved, []int{22}}},
		sameBoth: true,
	},
	{
		name: "a NAT maps another address",
		play: func(k *talk) {
			k.main(4)
			k.a, k.b = withPort(k.a, 4500), withPort(k.b, 4500)
			k.proof(sideA)
			k.proof(sideB)
			m := usual(sideA, 0x1000)
			k.quick(m)
			k.traffic(m, 3)
			k.a = netip.MustParseAddrPort("203.0.113.7:4500")
			k.traffic(m, 3)
		},
		outside:  []want{{diagnose.NATMappingChanged, warning, proved, []int{17}}, {diagnose.NATMappingChanged, warning, proved, []int{16}}},
		sameBoth: true,
	},
}

func TestPath(t *testing.T) {
	for _, s := range pathScenes {
		s.run(t)
	}
}

// The MSS is computed for the negotiated suite: 1,400 octets hold an ESP packet of
// 20 + 8 + 16 + 1,328 + 16 = 1,388, of which 2 are trailer; 16 more do not fit.
func TestAdvisedMSS(t *testing.T) {
	k := newTalk(t)
	pathScenes[0].play(k)
	got := findings(t, write(t, pcaps.LinkRaw, k.frames), &k.ring)
	i := slices.IndexFunc(got, func(f diagnose.Finding) bool { return f.Code == diagnose.MTUExceeded })
	if i < 0 || !strings.Contains(got[i].Advice, "MSS of 1286 fits") || !strings.Contains(got[i].Detail, "leaves 1326 octets") {
		t.Errorf("%+v", got)
	}
}

var inputScenes = []scene{
	{
		name: "a public value of one",
		play: func(k *talk) {
			k.main(2)
			one := make([]byte, 32)
			k.send(sideA, k.clear(isakmp.ExchangeMain, 0, payload{isakmp.PayloadKE, one}, payload{isakmp.PayloadNonce, k.p.NiB}))
		},
		outside:  []want{{diagnose.MalformedMessage, warning, proved, []int{3}}, {diagnose.Phase1Incomplete, warning, likely, []int{3}}},
		sameBoth: true,
	},
	{
		name: "a payload that is longer than its message",
		play: func(k *talk) {
			k.main(2)
			m := k.clear(isakmp.ExchangeMain, 0, payload{isakmp.PayloadKE, k.p.GXI}, payload{isakmp.PayloadNonce, k.p.NiB})
			m[28+3] = 250
			k.send(sideA, m)
		},
		outside:  []want{{diagnose.MalformedMessage, warning, proved, []int{3}}},
		sameBoth: true,
	},
	{
		name: "a key length of no cipher in an offer",
		play: func(k *talk) {
			k.offers(phase1(aesCBC, 1, sha256, curve, k.auth, 28800))
		},
		outside:  []want{{diagnose.MalformedMessage, notice, proved, []int{1}}, {diagnose.Phase1Incomplete, warning, likely, []int{1}}},
		sameBoth: true,
	},
}

func TestInput(t *testing.T) {
	for _, s := range inputScenes {
		s.run(t)
	}
}

// Secrets that open nothing are named by their place, with the reason.
func TestSecretsThatDoNotFit(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	good := ringOf(t, s)
	secret := func(n int) keymat.Secret { return keymat.NewSecret([]byte(strings.Repeat("k", n))) }
	at := func(line int) secrets.Source { return secrets.Source{File: "secrets.toml", Line: line} }
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	cookie := [8]byte(known.IKE[0].CookieI)
	for _, c := range []struct {
		name string
		ring secrets.Ring
		code diagnose.Code
		text string
	}{
		{"a DH value of another exchange", secrets.Ring{DHs: []secrets.DH{{Private: secret(100), Source: at(4)}}}, diagnose.SecretUnused, "secrets.toml:4: DH private value: its public value (MODP 1024) is in no KE payload of this capture"},
		{"a PSK alone", secrets.Ring{PSKs: []secrets.PSK{{Secret: secret(8), Source: at(1)}}}, diagnose.SecretUnused, "secrets.toml:1: pre-shared key: not tried: alone it opens nothing"},
		{"a DH value alone", secrets.Ring{DHs: good.DHs}, diagnose.SecretUnused, "dh:1: DH private value: belongs to ISAKMP SA 73cc11d2349a360d:d97b5c488f49300c; the pre-shared key is needed too"},
		{"a wrong PSK besides a right DH value", secrets.Ring{PSKs: []secrets.PSK{{Secret: secret(8), Source: at(1)}}, DHs: good.DHs}, diagnose.SecretUnused, "none of the 2 secrets supplied opens anything here"},
		{"a shared secret that lost its zero", secrets.Ring{DHs: []secrets.DH{{Shared: secret(127), Source: at(9)}}}, diagnose.SecretWrongLength, "secrets.toml:9: DH shared secret: wrong length: 127 octets; the groups here are MODP 1024 with 128; was a leading zero lost?"},
		{"a SKEYID_d of another hash", secrets.Ring{ISAKMPs: []secrets.ISAKMP{{CookieI: &cookie, SKEYIDd: secret(32), Source: at(3)}}}, diagnose.SecretWrongLength, "SKEYID_d of 32 octets"},
		{"keys of another SPI", secrets.Ring{ESPs: []secrets.ESP{{Protocol: 50, SPI: 7, Encryption: "3des-cbc", EncryptionKey: secret(24), Source: at(5)}}}, diagnose.SecretUnused, "secrets.toml:5: ESP keys: no packet in this capture has SPI 0x00000007"},
		{"keys of a wrong length", secrets.Ring{ESPs: []secrets.ESP{{Protocol: 50, SPI: 7, Encryption: "3des-cbc", EncryptionKey: secret(23), Source: at(6)}}}, diagnose.SecretWrongLength, "23 octets; 3DES-CBC has a key of 24"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := findings(t, s.Capture(), &c.ring)
			i := slices.IndexFunc(got, func(f diagnose.Finding) bool { return f.Code == c.code })
			if i < 0 || !strings.Contains(got[i].Summary, c.text) {
				t.Fatalf("%q is not in %v", c.text, got)
			}
			noErrors(t, got)
			for _, f := range got {
				if strings.Contains(f.Summary+f.Detail, "kkkk") {
					t.Errorf("a secret is in %s", describe(f))
				}
			}
		})
	}
}

// A pre-shared key that is refuted is not said to lack a Diffie-Hellman secret.
func TestWrongPSKIsRefuted(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	ring := secrets.Ring{
		PSKs: []secrets.PSK{{Secret: keymat.NewSecret([]byte("wrong")), Source: secrets.Source{File: "psk", Line: 1}}},
		DHs:  ringOf(t, s).DHs,
	}
	for _, f := range findings(t, s.Capture(), &ring) {
		if f.Code != diagnose.SecretUnused {
			continue
		}
		for _, want := range []string{"wrong: no exchange in this capture was made with it", "no pre-shared key supplied fits"} {
			if !strings.Contains(f.Detail, want) {
				t.Errorf("%q is not in %q", want, f.Detail)
			}
		}
		return
	}
	t.Error("no finding")
}

// Weak algorithms are named once, with the phases that use them.
func TestAudit(t *testing.T) {
	for _, c := range []struct {
		sample string
		want   []string
	}{
		{"mm-psk-3des-sha1-modp1024", []string{
			"warning weak-encryption 3DES in phases 1 and 2", "warning weak-group MODP 1024 in phase 1",
			"notice weak-hash SHA-1 in phases 1 and 2", "notice weak-group no PFS in phase 2", "notice weak-auth a short pre-shared key",
		}},
		{"mm-psk-des-md5-modp768", []string{
			"warning weak-encryption DES in phases 1 and 2", "warning weak-hash MD5 in phases 1 and 2",
			"warning weak-group MODP 768 in phase 1", "notice weak-group no PFS in phase 2", "notice weak-auth a short pre-shared key",
		}},
		{"mm-psk-aes256-sha256-modp2048-pfs", nil},
		{"tfc-padding", []string{ // IKEv2
			"notice weak-hash SHA-1 in the IKE SA and its children", "notice weak-group MODP 1536 in the IKE SA", "notice weak-auth a short pre-shared key",
		}},
		{"mm-psk-blowfish128-sha1-modp1536", []string{
			"warning weak-encryption Blowfish in phases 1 and 2", "notice weak-hash SHA-1 in phases 1 and 2",
			"notice weak-group MODP 1536 in phase 1", "notice weak-group no PFS in phase 2", "notice weak-auth a short pre-shared key",
		}},
	} {
		s := samples.ByName(c.sample)
		var got []string
		for _, f := range findings(t, s.Capture(), ringOf(t, s)) {
			if strings.HasPrefix(string(f.Code), "weak-") {
				got = append(got, f.Severity.String()+" "+string(f.Code)+" "+f.Summary)
			}
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.sample, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}
