package isakmp

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// strongSwanNames are strongSwan's names of payloads and their parts in its log.
var strongSwanNames = map[PayloadType]string{
	PayloadSA: "SECURITY_ASSOCIATION_V1", PayloadKE: "KEY_EXCHANGE_V1", PayloadID: "ID_V1", PayloadCert: "CERTIFICATE_V1",
	PayloadCertRequest: "CERTREQ_V1", PayloadHash: "HASH_V1", PayloadSignature: "SIGNATURE_V1", PayloadNonce: "NONCE_V1",
	PayloadNotify: "NOTIFY_V1", PayloadDelete: "DELETE_V1", PayloadVendor: "VENDOR_ID_V1", PayloadAttributes: "CONFIGURATION_V1", PayloadNATD: "NAT_D_V1",
}

// TestPlainChains compares decrypted chains with what strongSwan read in them: every payload,
// proposal, transform and attribute. What is left over is padding: zero octets, no more than
// a cipher block.
func TestPlainChains(t *testing.T) {
	for _, c := range plainChains(t) {
		ps, rest, err := ParsePayloads(c.first, c.raw, HeaderLen)
		if err != nil || len(rest) > 16 || len(bytes.Trim(rest, "\x00")) > 0 {
			t.Errorf("%s: %x left over, %v", c.name, rest, err)
		}
		var read []string
		for _, p := range ps {
			read = append(read, strongSwanNames[p.Type])
			switch p.Type {
			case PayloadSA:
				read = append(read, saParts(t, p.Body)...)
			case PayloadAttributes:
				a, err := ParseAttributes(p.Body)
				if err != nil {
					t.Error(err)
				}
				read = append(read, slices.Repeat([]string{"CONFIGURATION_ATTRIBUTE_V1"}, len(a.List))...)
			}
		}
		if got := strings.Join(read, " "); got != c.parsed {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, c.parsed)
		}
	}
}

// saParts names the parts of an SA payload in their order. Attributes must be sound.
func saParts(t *testing.T, body []byte) (parts []string) {
	t.Helper()
	sa, err := ParseSA(body)
	if err != nil {
		t.Error(err)
	}
	for _, p := range sa.Proposals {
		parts = append(parts, "PROPOSAL_SUBSTRUCTURE_V1")
		for _, tr := range p.Transforms {
			parts = append(parts, "TRANSFORM_SUBSTRUCTURE_V1")
			parts = append(parts, slices.Repeat([]string{"TRANSFORM_ATTRIBUTE_V1"}, len(tr.Attributes))...)
			if got := tr.IPsec(); len(got.Problems) > 0 || len(got.Unknown) > 0 {
				t.Errorf("attributes %+v", got)
			}
		}
	}
	return parts
}
