package isakmp

import (
	"fmt"
	"testing"
)

// TestNumberNames checks names that other programs rely on and the fallback to the number.
func TestNumberNames(t *testing.T) {
	for _, tt := range []struct {
		n    fmt.Stringer
		want string
	}{
		{PayloadSA, "sa"}, {PayloadKE, "ke"}, {PayloadNonce, "nonce"}, {PayloadID, "id"}, {PayloadHash, "hash"},
		{PayloadNotify, "notify"}, {PayloadDelete, "delete"}, {PayloadVendor, "vendor"}, {PayloadNATD, "nat-d"},
		{PayloadNATDDraft, "nat-d"}, {PayloadNATDDraft4, "nat-d"}, {PayloadNATOA, "nat-oa"}, {PayloadNATOADraft, "nat-oa"},
		{PayloadNATOADraft4, "nat-oa"}, {PayloadCert, "cert"}, {PayloadCertRequest, "cert-request"},
		{PayloadSignature, "signature"}, {PayloadAttributes, "attributes"}, {PayloadFragment, "fragment"},
		{PayloadSA2, "sa"}, {PayloadTSi, "ts-i"}, {PayloadEncrypted, "encrypted"}, {PayloadType(200), "200"},
		{ExchangeMain, "main"}, {ExchangeAggressive, "aggressive"}, {ExchangeBase, "base"}, {ExchangeQuick, "quick"},
		{ExchangeIKESAInit, "ike_sa_init"}, {ExchangeType(99), "99"},
		{NotifyNoProposalChosen, "NO-PROPOSAL-CHOSEN"}, {NotifyRUThereAck, "R-U-THERE-ACK"}, {NotifyType(9999), "9999"},
		{IDIPv4, "ipv4"}, {IDIPv4Subnet, "ipv4-subnet"}, {IDFQDN, "fqdn"}, {IDUserFQDN, "user-fqdn"},
		{IDDERASN1DN, "der-asn1-dn"}, {IDKeyID, "key-id"}, {IDType(77), "77"},
		{DOIIPsec, "ipsec"}, {DOI(4000000000), "4000000000"}, {ProtocolESP, "esp"}, {Protocol(9), "9"},
		{CertX509Signature, "x509-signature"}, {CertEncoding(99), "99"},
		{AuthPSK, "psk"}, {AuthXAUTHInitPSK, "xauth-init-psk"}, {AuthHybridRespDSS, "hybrid-resp-dss"}, {AuthMethod(12345), "auth 12345"}, {AuthRSA, "rsa-signature"},
		{EncapUDPTransportDraft, "udp-transport-draft"}, {EncapsulationMode(7), "7"},
		{LifeKilobytes, "kilobytes"}, {LifeType(3), "3"}, {GroupEC2N, "ec2n"}, {GroupType(4), "4"},
		{ConfigRequest, "request"}, {ConfigType(5), "5"},
		{ConfigXAUTHUserPassword, "XAUTH-USER-PASSWORD"}, {ConfigAttribute(28676), "UNITY_SPLIT_INCLUDE"}, {ConfigAttribute(20000), "20000"},
		{Phase1KeyLength, "key length"}, {Phase1Attribute(16384), "16384"}, {IPsecESN, "extended sequence numbers"}, {IPsecAttribute(100), "100"},
		{SituationIdentityOnly, "identity-only"}, {SituationSecrecy | SituationIntegrity | 8, "secrecy+integrity+8"}, {Situation(0), "0"},
	} {
		if got := tt.n.String(); got != tt.want {
			t.Errorf("%T %v: %q, want %q", tt.n, tt.n, got, tt.want)
		}
	}
}

func TestWithNumber(t *testing.T) {
	for _, tt := range []struct {
		name string
		n    uint64
		want string
	}{
		{"sha1", 2, "sha1 (2)"}, {"", 7, "7"}, {"7", 7, "7"}, {"hash 99", 99, "hash 99"}, {"modp1024", 4, "modp1024 (4)"},
	} {
		if got := withNumber(tt.name, tt.n); got != tt.want {
			t.Errorf("%q, %d: %q, want %q", tt.name, tt.n, got, tt.want)
		}
	}
}

func TestPayloadTypeClasses(t *testing.T) {
	for pt, want := range map[PayloadType]uint8{
		PayloadNone: 0, PayloadSA: 1, PayloadNATOA: 1, 32: 1, PayloadSA2: 2, PayloadEncryptedFragment: 2, 127: 2, PayloadFragment: 0, 255: 0,
	} {
		if got := pt.Major(); got != want {
			t.Errorf("payload %d: version %d, want %d", pt, got, want)
		}
	}
	for n := range 256 {
		pt := PayloadType(n)
		if got, want := pt.IsNATD(), n == 15 || n == 20 || n == 130; got != want {
			t.Errorf("payload %d: IsNATD %v", n, got)
		}
		if got, want := pt.IsNATOA(), n == 16 || n == 21 || n == 131; got != want {
			t.Errorf("payload %d: IsNATOA %v", n, got)
		}
	}
}

func TestAuthMethod(t *testing.T) {
	for _, tt := range []struct {
		a                        AuthMethod
		plain                    AuthMethod
		xauth, hybrid, signature bool
	}{
		{AuthPSK, AuthPSK, false, false, false},
		{AuthRSA, AuthRSA, false, false, true},
		{AuthRSAEncryption, AuthRSAEncryption, false, false, false},
		{AuthECDSA384, AuthECDSA384, false, false, true},
		{AuthXAUTHInitPSK, AuthPSK, true, false, false},
		{AuthXAUTHRespDSS, AuthDSS, true, false, true},
		{AuthXAUTHRespRSARevisedEncryption, AuthRSARevisedEncryption, true, false, false},
		{AuthHybridInitRSA, AuthRSA, true, true, true},
		{AuthHybridRespDSS, AuthDSS, true, true, true},
		{AuthMethod(64225), AuthMethod(64225), false, false, false},
		{AuthMethod(65011), AuthMethod(65011), false, false, false},
		{AuthMethod(0), AuthMethod(0), false, false, false},
	} {
		if tt.a.Plain() != tt.plain || tt.a.IsXAUTH() != tt.xauth || tt.a.IsHybrid() != tt.hybrid || tt.a.IsSignature() != tt.signature {
			t.Errorf("%s: plain %s, xauth %v, hybrid %v, signature %v", tt.a, tt.a.Plain(), tt.a.IsXAUTH(), tt.a.IsHybrid(), tt.a.IsSignature())
		}
	}
}

func TestEncapsulationMode(t *testing.T) {
	for _, tt := range []struct {
		m                      EncapsulationMode
		tunnel, transport, udp bool
	}{
		{0, false, false, false},
		{EncapTunnel, true, false, false},
		{EncapTransport, false, true, false},
		{EncapUDPTunnel, true, false, true},
		{EncapUDPTransport, false, true, true},
		{EncapUDPTunnelDraft, true, false, true},
		{EncapUDPTransportDraft, false, true, true},
		{EncapUDPCheckPoint, true, false, true},
		{5, false, false, false},
	} {
		if tt.m.IsTunnel() != tt.tunnel || tt.m.IsTransport() != tt.transport || tt.m.IsUDP() != tt.udp {
			t.Errorf("%s: tunnel %v, transport %v, udp %v", tt.m, tt.m.IsTunnel(), tt.m.IsTransport(), tt.m.IsUDP())
		}
	}
}
