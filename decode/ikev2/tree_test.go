package ikev2

import (
	"strings"
	"testing"

	"ikescope/decode/isakmp"
)

// One payload of each kind: its summary, then its fields behind the generic header's.
func TestPayloadTrees(t *testing.T) {
	for _, c := range []struct {
		kind isakmp.PayloadType
		body string
		want string
	}{
		{isakmp.PayloadSA2, sa2, "isakmp aes-cbc-256, hmac-sha2-256-128, sha2-256, modp2048|proposal=1 isakmp"},
		{isakmp.PayloadKE2, "001f 0000 0102", "curve25519, 2 octets|group=curve25519|public value=0102"},
		{isakmp.PayloadKE2, "00", "none, 0 octets|group=none|public value=|problem=isakmp: ke: group at octet 0: cut short"},
		{isakmp.PayloadIDi, "01 000000 c0000201", "ipv4 192.0.2.1|type=ipv4|data=192.0.2.1"},
		{isakmp.PayloadIDr, "02 000000 67772e6578616d706c65", "fqdn gw.example|type=fqdn|data=gw.example"},
		{isakmp.PayloadAuth, "02 000000 aabb", "psk|method=psk|data=aabb"},
		{isakmp.PayloadNotify2, "00 00 4004 " + "0102", "NAT_DETECTION_SOURCE_IP|type=NAT_DETECTION_SOURCE_IP (16388)|data=0102"},
		{isakmp.PayloadNotify2, "03 04 4009 c9a1b2c3", "REKEY_SA|type=REKEY_SA (16393)|protocol=esp|spi=0xc9a1b2c3|data="},
		{isakmp.PayloadNotify2, "00 00 4034 " + "02 6b6579", "PPK_IDENTITY|type=PPK_IDENTITY (16436)|ppk=key|data=026b6579"},
		{isakmp.PayloadNotify2, "00 00 4034", "PPK_IDENTITY|type=PPK_IDENTITY (16436)|data="},
		{isakmp.PayloadDelete2, "03 04 0002 00000001 00000002", "esp 0x00000001, 0x00000002|protocol=esp|spi=0x00000001|spi=0x00000002"},
		{isakmp.PayloadDelete2, "01 00 0000", "isakmp|protocol=isakmp"},
		{isakmp.PayloadTSi, "01000000 07 00 0010 0000 ffff 0a010000 0a0100ff", "10.1.0.0/24|selector=10.1.0.0/24[0/0-65535]"},
		{isakmp.PayloadConfiguration, "0102", "2 octets|data=0102"},
		{isakmp.PayloadNonce2, strings.Repeat("ab", 65), "65 octets|data=" + strings.Repeat("ab", 64) + "... (65 octets)"},
	} {
		raw := isakmp.AppendPayload(nil, isakmp.PayloadNone, unhex(t, c.body))
		n := Tree(isakmp.Payload{Type: c.kind, Raw: raw, Body: raw[4:], Offset: 28})
		got := []string{n.Value}
		for _, k := range n.Children[2:] { // behind next payload and length
			got = append(got, k.Name+"="+k.Value)
		}
		if line := strings.Join(got, "|"); line != c.want {
			t.Errorf("%v %s:\n%s, want\n%s", c.kind, c.body, line, c.want)
		}
		if n.Offset != 28 || n.Length != len(raw) || n.Name != c.kind.String() {
			t.Errorf("%v: %s at %d, %d octets", c.kind, n.Name, n.Offset, n.Length)
		}
	}
}

// The flag that a payload must be understood (RFC 7296, section 2.5) is shown where it is set.
func TestCriticalPayload(t *testing.T) {
	p := isakmp.Payload{Type: isakmp.PayloadNonce2, Raw: make([]byte, 4), Reserved: 0x80}
	if n := Tree(p); n.Children[1].Name != "critical" {
		t.Errorf("%+v", n.Children)
	}
	p.Reserved = 0x7f
	if n := Tree(p); n.Children[1].Name != "length" {
		t.Errorf("%+v", n.Children)
	}
}

// Transforms have the names of their registry, numbers where it has none.
func TestTransformNames(t *testing.T) {
	for _, c := range []struct {
		Transform
		want string
	}{
		{Transform{Type: Encryption, ID: 20, KeyBits: 128}, "encryption aes-gcm-16-128"},
		{Transform{Type: Encryption, ID: 1000}, "encryption encryption 1000"},
		{Transform{Type: PRF, ID: 7}, "prf sha2-512"},
		{Transform{Type: Integrity, ID: 12}, "integrity hmac-sha2-256-128"},
		{Transform{Type: KeyMethod, ID: 19}, "group ecp256"},
		{Transform{Type: ESN, ID: 0}, "esn no"},
		{Transform{Type: ESN, ID: 1}, "esn yes"},
		{Transform{Type: 77, ID: 3}, "transform type 77 3"},
	} {
		if got := c.Type.String() + " " + c.Name(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.Transform, got, c.want)
		}
	}
	if _, ok := (Proposal{}).First(PRF); ok {
		t.Error("an empty proposal has a PRF")
	}
}

func FuzzTree(f *testing.F) {
	f.Add(uint8(isakmp.PayloadSA2), unhex(f, sa2))
	f.Add(uint8(isakmp.PayloadTSi), unhex(f, "01000000 07000010 0000ffff 0a010000 0a0100ff"))
	f.Add(uint8(isakmp.PayloadNotify2), unhex(f, "03044009c9a1b2c3"))
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		if len(body) > 0xfff0 {
			return
		}
		raw := isakmp.AppendPayload(nil, isakmp.PayloadNone, body)
		p := isakmp.Payload{Type: isakmp.PayloadType(kind), Raw: raw, Body: raw[4:]}
		if n := Tree(p); n.Name == "" {
			t.Error("payload without a name")
		}
	})
}
