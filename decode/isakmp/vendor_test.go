package isakmp

import (
	"encoding/hex"
	"testing"
)

// TestVendorName: IDs as seen on the wire or as published in the lists of Wireshark and
// ike-scan. Most rows of the table are computed from a text, so these check the texts.
func TestVendorName(t *testing.T) {
	for _, tt := range []struct {
		id, want string
		kind     VendorKind
	}{
		// RFC 3947 section 3.1 and its drafts.
		{"4a131c8107035845 5c5728f20e95452f", "NAT-T (RFC 3947)", VendorExtension},
		{"4485152d18b6bbcd 0be8a8469579ddcc", "NAT-T (draft-ietf-ipsec-nat-t-ike-00)", VendorExtension},
		{"16f6ca16e4a4066d 83821a0f0aeaa862", "NAT-T (draft-ietf-ipsec-nat-t-ike-01)", VendorExtension},
		{"cd60464335df21f8 7cfdb2fc68b6a448", "NAT-T (draft-ietf-ipsec-nat-t-ike-02)", VendorExtension},
		{"90cb80913ebb696e 086381b5ec427b1f", "NAT-T (draft-ietf-ipsec-nat-t-ike-02, with line feed)", VendorExtension},
		{"7d9419a65310ca6f 2c179d9215529d56", "NAT-T (draft-ietf-ipsec-nat-t-ike-03)", VendorExtension},
		{"9909b64eed937c65 73de52ace952fa6b", "NAT-T (draft-ietf-ipsec-nat-t-ike-04)", VendorExtension},
		{"8f8d83826d246b6f c7a8a6a428c11de8", "NAT-T (draft-ietf-ipsec-nat-t-ike-08)", VendorExtension},
		{"4df37928e9fc4fd1 b3262170d515c662", "NAT-T (draft-ietf-ipsec-nat-t-ike, Apple)", VendorExtension},
		{"c40fee00d5d39ddb 1fc762e09b7cfea7", "NAT-T (testing)", VendorExtension},
		{"27bab5dc01ea0760 ea4e3190ac27c0d0", "NAT-T (draft-stenberg-ipsec-nat-traversal-01)", VendorExtension},
		{"6105c422e76847e4 3f9684801292aecd", "NAT-T (draft-stenberg-ipsec-nat-traversal-02)", VendorExtension},
		{"6a7434c19d7e3634 8090a02334c9c805", "NAT-T (draft-huttunen-ipsec-esp-in-udp-00)", VendorExtension},
		{"50760f624c63e5c5 3eea386c685ca083", "NAT-T (ESPThruNAT)", VendorExtension},

		{"afcad71368a1f1c9 6b8696fc77570100", "DPD 1.0", VendorExtension},
		{"afcad71368a1f1c9 6b8696fc77570203", "DPD 2.3", VendorExtension},
		{"3b9031dce4fcf88b 489a923963dd0c49", "DPD (Shrew Soft)", VendorExtension},
		{"09002689dfd6b712", "XAUTH", VendorExtension},
		{"09002689dfd6b712 80a224dec33b81e5", "XAUTH", VendorExtension},
		{"12f5f28c457168a9 702d9fe274cc0100", "Cisco Unity 1.0", VendorExtension},
		{"4048b7d56ebce885 25e7de7f00d6c2d3", "IKE fragmentation", VendorExtension},
		{"4048b7d56ebce885 25e7de7f00d6c2d3 80000000", "IKE fragmentation (main, aggressive)", VendorExtension},
		{"4048b7d56ebce885 25e7de7f00d6c2d3 c0000000", "IKE fragmentation (main, aggressive, base)", VendorExtension},
		{"4048b7d56ebce885 25e7de7f00d6c2d3 00000001", "IKE fragmentation 1", VendorExtension},
		{"4865617274426561 745f4e6f74696679 386b0100", "heartbeat notify 386b0100", VendorExtension},
		{"ba290499c24e84e5 3a1d83a05e5f00c9", "CRACK", VendorExtension},
		{"0d33611a5d521b5e 3c9c03d2fc107e12", "CRACK (with line feed)", VendorExtension},
		{"ad3251042cdc4652 c9e0734ce5de4c7d", "CRACK revised", VendorExtension},
		{"434953434f2d4445 4c4554452d524541 534f4e", "Cisco delete with reason", VendorExtension},
		{"464c455856504e2d 535550504f525445 44", "Cisco FlexVPN", VendorExtension},

		// Microsoft.
		{"1e2b516905991c7d 7c96fcbfb587e461 00000002", "Microsoft Windows (Windows 2000)", VendorProduct},
		{"1e2b516905991c7d 7c96fcbfb587e461 00000003 00000000", "Microsoft Windows (Windows XP)", VendorProduct},
		{"1e2b516905991c7d 7c96fcbfb587e461 00000009", "Microsoft Windows (Windows 8, Server 2012 and later)", VendorProduct},
		{"1e2b516905991c7d 7c96fcbfb587e461 0000000a", "Microsoft Windows 10", VendorProduct},
		{"1e2b516905991c7d 7c96fcbfb587e461", "Microsoft Windows", VendorProduct},
		{"26244d38eddb61b3 172a36e3d0cfb819", "Microsoft initial contact", VendorExtension},
		{"e3a5966a76379fe7 07228231e5ce8652", "Microsoft CGA version 1", VendorExtension},
		{"fb1de3cdf341b7ea 16b7e5be0855f120", "Microsoft negotiation discovery", VendorExtension},
		{"214ca4faffa7f32d 6748e5303395ae83", "Microsoft AuthIP", VendorExtension},
		{"72872b95fcda2eb7 08efe322119b4971", "Microsoft fast failover", VendorExtension},
		{"01528bbbc0069612 1849ab9a1c5b2a51 00000001", "Microsoft keying modules (AuthIP)", VendorExtension},
		{"621b04bb09882ac1 e15935fefa24aeee", "GSS-API authentication", VendorExtension},
		{"ad2c0dd0b9c32083 ccba25b8861ec455", "GSS-API authentication (draft)", VendorExtension},
		{"b46d8914f3aaa3f2 fedeb7c7db2943ca", "GSS-API authentication (draft, with line feed)", VendorExtension},

		// Free software.
		{"882fe56d6fd20dbc 2251613b2ebe5beb", "strongSwan", VendorProduct},
		{"86f9f547c5d3ba67 20dce9ccd17ac0c2", "strongSwan 2.2.0", VendorProduct},
		{"486b3d5c7365a47a 10df811660e5894e", "strongSwan 2.4.1", VendorProduct},
		{"7003cbc1097dbe9c 2600ba6983bc8b35", "KAME racoon", VendorProduct},
		{"20a3622c1cea7ce3 7bee3ca484425276", "ipsec-tools", VendorProduct},
		{"4f45486b7d44784d 42676b5d", "FreeS/WAN 2.00", VendorProduct},
		{"4f457271785f4c7e 496f4d54", "FreeS/WAN 2.05", VendorProduct},
		{"4f4548724b6e5e68 557c604f", "Openswan 2.2.0", VendorProduct},
		{"4f4572696f5c7755 7f746249", "Openswan 2.3.0", VendorProduct},
		{hex.EncodeToString([]byte("OE-Libreswan-4.10")), "libreswan 4.10", VendorProduct},
		{hex.EncodeToString([]byte("OEabcdefghij")), "Openswan or FreeS/WAN", VendorProduct},
		{hex.EncodeToString([]byte("OENbcdefghij")), "libreswan 3.0 to 3.5", VendorProduct},
		{hex.EncodeToString([]byte("OSWbcdefghij")), "Openswan (Xelerance)", VendorProduct},
		{"4f70656e494b4544 2d372e34", "OpenIKED -7.4", VendorProduct},
		{hex.EncodeToString([]byte("OpenPGP10171")), "OpenPGP 10171", VendorProduct},

		// Gateways and clients.
		{"1f07f70eaa6514d3 b0fa96542a500306", "Cisco VPN 3000 3.0.6", VendorProduct},
		{"1f07f70eaa6514d3 b0fa96542a500407", "Cisco VPN 3000 4.0.7", VendorProduct},
		{"3e984048101e66cc 659fd002b0ed3655", "Cisco IOS", VendorProduct},
		{"f4ed19e0c114eb51 6faaac0ee37daf28 07b4381f 00000001 0000138d 00000000 00000000 18000000", "Check Point Firewall-1 NG AI R55, NGX", VendorProduct},
		{"f4ed19e0c114eb51 6faaac0ee37daf28 07b4381f", "Check Point", VendorProduct},
		{"8299031757a36082 c6a621de 00000000", "Fortinet FortiGate", VendorProduct},
		{"8299031757a36082 c6a621de 0005029f", "Fortinet FortiGate 5 build 671", VendorProduct},
		{"4c53427b6d465d1b 337bb755a37a7fef", "Fortinet FortiClient licence", VendorExtension},
		{"b4f01ca951e9da8d 0bafbbd34ad3044e", "Fortinet endpoint control", VendorExtension},
		{"699369228741c6d4 ca094c93e242c9de 19e7b7c6 00000005 00000500", "Juniper NetScreen 6 0000000500000500", VendorProduct},
		{"166f932d55eb64d8 e4df4fd37e2313f0 d0fd8451 0000 00000000", "Juniper NetScreen 15 000000000000", VendorProduct},
		{"404bf439522ca3f6", "SonicWall", VendorProduct},
		{"da8e937880010000", "SonicWall, WatchGuard or SafeNet", VendorProduct},
		{"625027749d5ab97f 5616c1602765cf48 0a3b7d0b", "ZyXEL ZyWALL", VendorProduct},
		{"424e4553 00000009", "Nortel Contivity 9", VendorProduct},
		{hex.EncodeToString([]byte("TIMESTEP 1 SGW 1520 315 2.01E013")), "TimeStep 1 SGW 1520 315 2.01E013", VendorProduct},
		{"f14b94b7bff1fef0 2773b8c49feded26", "Shrew Soft VPN client", VendorProduct},
		{"8404adf9cda05760 b2ca292e4bff537b", "Sidewinder", VendorProduct},
		{"9aa1f3b43472a45d 5f506aeb260cf214", "SSH IPSEC Express 4.1.0", VendorProduct},
		{"fbf47614984031fa 8e3bb6198089b223", "SSH IPSEC Express 1.1.0", VendorProduct},
		{"5925859f7377ed78 16d2fb81c01fa551", "SSH IPSEC Express 5.1.1", VendorProduct},
		{"59e454a8c2cf02a3 4959121f1890bc87", "SSH QuickSec 1.1.3", VendorProduct},
		{"eb4b0d96276b4e22 0ad16221a7b2a5e6", "SSH Sentinel 1.4.1", VendorProduct},
	} {
		id := unhex(t, tt.id)
		name, known := VendorName(id)
		v, ok := LookupVendor(id)
		if name != tt.want || !known || !ok || v.Kind != tt.kind {
			t.Errorf("%s: %q (%s), %v, want %q (%s)", tt.id, name, v.Kind, known, tt.want, tt.kind)
		}
	}
}

func TestVendorUnknown(t *testing.T) {
	for octets, want := range map[string]string{
		"":                                   "",
		"0102":                               "0102",
		hex.EncodeToString([]byte("Acme")):   `"Acme"`,
		"4a131c81070358455c5728f20e9545":     "4a131c81070358455c5728f20e9545",     // RFC 3947 less one octet
		"4a131c81070358455c5728f20e95452f00": "4a131c81070358455c5728f20e95452f00", // and one more
		"4f45":                               `"OE"`,
		"afcad71368a1f1c96b8696fc7757":       "afcad71368a1f1c96b8696fc7757",
		hex.EncodeToString([]byte("OE-Libreswan-\x1b")): "4f452d4c69627265737761 6e2d1b",
	} {
		got, known := VendorName(unhex(t, octets))
		if known || got != string(bytesWithout(want, ' ')) {
			t.Errorf("%s: %q, %v, want %q", octets, got, known, want)
		}
	}
}

// bytesWithout leaves out one octet value.
func bytesWithout(s string, c byte) (b []byte) {
	for i := range len(s) {
		if s[i] != c {
			b = append(b, s[i])
		}
	}
	return b
}

// TestVendorTable: every row has a name and a kind, and no ID stands there twice.
func TestVendorTable(t *testing.T) {
	seen := make(map[string]string)
	for _, row := range vendorTable() {
		if row.name == "" || len(row.id) < 2 || row.kind == VendorUnknown {
			t.Errorf("row %+v", row)
		}
		if other, ok := seen[string(row.id)]; ok {
			t.Errorf("%x is %s and %s", row.id, other, row.name)
		}
		seen[string(row.id)] = row.name
	}
	if len(seen) < 200 {
		t.Errorf("%d rows", len(seen))
	}
	for kind, want := range map[VendorKind]string{VendorUnknown: "unknown", VendorExtension: "extension", VendorProduct: "product", 9: "9"} {
		if kind.String() != want {
			t.Errorf("kind %d: %q", kind, kind.String())
		}
	}
}

// TestRecordedVendors: nothing that the recorded daemons announce is unknown.
func TestRecordedVendors(t *testing.T) {
	for _, p := range allRecordedPayloads(t) {
		if p.Type == PayloadVendor || p.Type == PayloadVendor2 {
			if name, known := VendorName(p.Body); !known {
				t.Errorf("%s is not known", name)
			}
		}
	}
}
