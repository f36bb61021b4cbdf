package report

import (
	"testing"

	"ikescope/pcaps/samples"
)

// What the README of the samples and the logs of the daemons say of each, in the
// order of the report.
var stories = map[string][]string{
	"mm-psk-aes128-sha1-modp1536": {
		"up after", "103 of 103 ESP packets decrypted and verified", "SA: AES-CBC-128, SHA-1, MODP 1536, pre-shared key", "g^xi 192 octets",
	},
	"mm-psk-aes256-sha256-modp2048-pfs": {
		"91 of 91 ESP packets", "AES-CBC-256, SHA2-256, MODP 2048", "PFS MODP 2048", "PFS g^x 256 octets", "HASH(3) ✔",
	},
	"mm-psk-des-md5-modp768":             {"92 of 92", "DES-CBC, MD5, MODP 768", "DES-CBC + HMAC-MD5-96"},
	"mm-psk-aes128-sha256-ecp256":        {"72 of 72", "ECP 256", "g^xi 64 octets", "HMAC-SHA2-256-128"},
	"mm-psk-aes256-sha512-x25519":        {"70 of 70", "SHA2-512, Curve25519", "g^xi 32 octets", "HMAC-SHA2-512-256"},
	"mm-psk-blowfish128-sha1-modp1536":   {"70 of 70", "Blowfish-CBC-128"},
	"mm-psk-camellia128-sha256-modp2048": {"70 of 70", "Camellia-CBC-128"},
	"mm-psk-cast128-sha1-modp1536":       {"72 of 72", "CAST-CBC"},
	"natt-forced-aes128-sha1":            {"74 of 74", "forces UDP encapsulation", "ESP tunnel in UDP"},
	"natt-masquerade":                    {"✔ 10.99.0.2 ⇄ 192.0.2.2", "74 of 74", "NAT-D: initiator is behind a NAT", "ID fqdn a.lab"},
	"rekey-quick-modes-pfs":              {"up after 524 ms, rekeyed 3 times", "80 of 80", "10.2.0.0/24 → 10.1.0.0/24", "1 58", "responder"},
	"rekey-isakmp-sa":                    {"80 of 80", "Phase 1", "began 00:23:", "Phase 1", "began 00:23:", "Phase 1", "began 00:23:"},
	"two-tunnels": {
		"✔ 192.0.2.1 ⇄ 192.0.2.2   tunnel 10.1.0.10/32 ⇄ 10.2.0.10/32", "57 of 57",
		"✔ 192.0.2.11 ⇄ 192.0.2.12   tunnel 10.1.0.11/32 ⇄ 10.2.0.11/32", "55 of 55",
		"192.0.2.1 ⇄ 192.0.2.2", "Phase 1  Main Mode", "192.0.2.11 ⇄ 192.0.2.12", "Phase 1  Main Mode",
	},
	"vlan":                                {"64 of 64"},
	"v6-outer-v4-inner":                   {"✔ 2001:db8::1 ⇄ 2001:db8::2   tunnel 10.1.0.0/24 ⇄ 10.2.0.0/24", "70 of 70", "ID 2001:db8::1"},
	"transport-aes128-sha1":               {"transport mode 192.0.2.1/32 ⇄ 192.0.2.2/32", "66 of 66", "ESP transport, AES-CBC-128"},
	"format-pcapng":                       {"outer.pcapng", "126 of 126", "repeats packet 3", "dup"},
	"format-sll2-any":                     {"63 of 63"},
	"libreswan-mm-psk-3des-sha1-pfs":      {"83 of 83", "PFS MODP 1536", "repeats packet 9", "Deleted by 192.0.2.1", "Deleted by 192.0.2.2"},
	"racoon-mm-psk-3des-sha1-modp1024":    {"63 of 63", "nonce 16", "INITIAL-CONTACT", "Dead peer detection: 6 requests, 6 answered"},
	"aggressive-psk-aes128-sha1-modp1536": {"70 of 70", "Aggressive Mode", "HASH_R ✔", "HASH_I ✔  ISAKMP SA up"},
	"mm-rsa-aes256-sha256-modp2048":       {"63 of 63", "RSA signatures", "asks for a certificate of CN=Lab CA,O=Lab,C=CH", "certificate CN=gw-a.lab,O=Lab,C=CH", "SIG_R"},
	"mm-rsa-ike-fragmentation":            {"63 of 63", "10 fragments in packets 7 to 16: ID fqdn big-a.lab", "10 fragments in packets 17 to 26"},
	"xauth-mm-psk-modecfg": {
		"tunnel 10.3.0.1/32 ⇄ 10.2.0.0/24", "51 of 51", "pre-shared key and XAUTH", "XAUTH and Mode-Config",
		"reply: XAUTH-USER-NAME alice, XAUTH-USER-PASSWORD (hidden)", "set: XAUTH-STATUS ok", "INTERNAL_IP4_ADDRESS 10.3.0.1", "Phase 2",
	},
	"xauth-hybrid-rsa": {"51 of 51", "hybrid (RSA signatures, XAUTH)", "XAUTH and Mode-Config"},
	"dpd": {
		"✘ 192.0.2.1 ⇄ 192.0.2.2", "tunnel 10.1.0.0/24 ⇄ 10.2.0.0/24 up after 883 ms; 10 of 10 ESP packets decrypted and verified",
		"Dead peer detection: 6 requests, 5 answered", "without an answer: packets 35 and 36",
	},
}

func TestStories(t *testing.T) {
	for name, want := range stories {
		t.Run(name, func(t *testing.T) {
			contains(t, table(t, recorded(t, name, int(samples.Shared)), Options{Unicode: true}), want...)
		})
	}
}

// Every message of a sample is in the list of messages, and none twice.
func TestEveryMessageIsListed(t *testing.T) {
	for _, s := range samples.All() {
		if s.ESP > 1000 {
			continue
		}
		frames := map[int64]bool{}
		for _, m := range messages(recorded(t, s.Name, -1)) {
			frames[m.Frame] = true
		}
		if len(frames) != s.IKE {
			t.Errorf("%s: %d messages, want %d", s.Name, len(frames), s.IKE)
		}
	}
}
