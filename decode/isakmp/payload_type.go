package isakmp

// PayloadType is the number of a payload, as it stands in a Next Payload field.
// IANA: "Next Payload Types", registry ipsec-registry (IKEv1, RFC 2408 section 3.1) and
// ikev2-parameters (IKEv2, RFC 7296 section 3.2). The two versions share no number
// between 1 and 127.
type PayloadType uint8

// Payload types of IKE version 1.
const (
	PayloadNone        PayloadType = 0
	PayloadSA          PayloadType = 1
	PayloadProposal    PayloadType = 2 // inside an SA payload only
	PayloadTransform   PayloadType = 3 // inside a proposal only
	PayloadKE          PayloadType = 4
	PayloadID          PayloadType = 5
	PayloadCert        PayloadType = 6
	PayloadCertRequest PayloadType = 7
	PayloadHash        PayloadType = 8
	PayloadSignature   PayloadType = 9
	PayloadNonce       PayloadType = 10
	PayloadNotify      PayloadType = 11
	PayloadDelete      PayloadType = 12
	PayloadVendor      PayloadType = 13
	PayloadAttributes  PayloadType = 14  // draft-ietf-ipsec-isakmp-mode-cfg
	PayloadNATDDraft4  PayloadType = 15  // draft-ietf-ipsec-nat-t-ike-04 to -08; later given to GDOI (RFC 6407)
	PayloadNATOADraft4 PayloadType = 16  // the same drafts
	PayloadNATD        PayloadType = 20  // RFC 3947
	PayloadNATOA       PayloadType = 21  // RFC 3947
	PayloadNATDDraft   PayloadType = 130 // draft-ietf-ipsec-nat-t-ike-00 to -03
	PayloadNATOADraft  PayloadType = 131 // the same drafts
	PayloadFragment    PayloadType = 132 // Cisco IKE fragmentation
)

// Payload types of IKE version 2.
const (
	PayloadSA2               PayloadType = 33
	PayloadKE2               PayloadType = 34
	PayloadIDi               PayloadType = 35
	PayloadIDr               PayloadType = 36
	PayloadCert2             PayloadType = 37
	PayloadCertRequest2      PayloadType = 38
	PayloadAuth              PayloadType = 39
	PayloadNonce2            PayloadType = 40
	PayloadNotify2           PayloadType = 41
	PayloadDelete2           PayloadType = 42
	PayloadVendor2           PayloadType = 43
	PayloadTSi               PayloadType = 44
	PayloadTSr               PayloadType = 45
	PayloadEncrypted         PayloadType = 46 // SK
	PayloadConfiguration     PayloadType = 47
	PayloadEAP               PayloadType = 48
	PayloadEncryptedFragment PayloadType = 53 // SKF, RFC 7383
	firstPayload2                        = PayloadSA2
	lastPayload2             PayloadType = 127
)

var payloadNames = names[PayloadType]{
	PayloadNone:        "none",
	PayloadSA:          "sa",
	PayloadProposal:    "proposal",
	PayloadTransform:   "transform",
	PayloadKE:          "ke",
	PayloadID:          "id",
	PayloadCert:        "cert",
	PayloadCertRequest: "cert-request",
	PayloadHash:        "hash",
	PayloadSignature:   "signature",
	PayloadNonce:       "nonce",
	PayloadNotify:      "notify",
	PayloadDelete:      "delete",
	PayloadVendor:      "vendor",
	PayloadAttributes:  "attributes",
	PayloadNATDDraft4:  "nat-d",
	PayloadNATOADraft4: "nat-oa",
	PayloadNATD:        "nat-d",
	PayloadNATOA:       "nat-oa",
	PayloadNATDDraft:   "nat-d",
	PayloadNATOADraft:  "nat-oa",
	PayloadFragment:    "fragment",
	17:                 "key-download",        // RFC 6407
	18:                 "sequence",            // RFC 6407
	19:                 "proof-of-possession", // RFC 3547
	22:                 "group-policy",        // RFC 6407

	PayloadSA2:               "sa",
	PayloadKE2:               "ke",
	PayloadIDi:               "id-i",
	PayloadIDr:               "id-r",
	PayloadCert2:             "cert",
	PayloadCertRequest2:      "cert-request",
	PayloadAuth:              "auth",
	PayloadNonce2:            "nonce",
	PayloadNotify2:           "notify",
	PayloadDelete2:           "delete",
	PayloadVendor2:           "vendor",
	PayloadTSi:               "ts-i",
	PayloadTSr:               "ts-r",
	PayloadEncrypted:         "encrypted",
	PayloadConfiguration:     "configuration",
	PayloadEAP:               "eap",
	49:                       "secure-password", // RFC 6467
	50:                       "id-g",            // RFC 9838
	51:                       "gsa",             // RFC 9838
	52:                       "key-download",    // RFC 9838
	PayloadEncryptedFragment: "encrypted-fragment",
	54:                       "puzzle", // RFC 8019
}

// String is the short name of the payload, or the number where there is none. Payloads of
// both versions that do the same job have the same name.
func (t PayloadType) String() string { return payloadNames.of(t) }

// IsNATD reports whether t is the NAT discovery payload under its number in RFC 3947 or in a draft.
func (t PayloadType) IsNATD() bool {
	return t == PayloadNATD || t == PayloadNATDDraft || t == PayloadNATDDraft4
}

// IsNATOA reports whether t is the NAT original address payload under its number in RFC 3947 or in a draft.
func (t PayloadType) IsNATOA() bool {
	return t == PayloadNATOA || t == PayloadNATOADraft || t == PayloadNATOADraft4
}

// Major is the version of IKE that defines t: 1, 2, or 0 for none and for private numbers.
func (t PayloadType) Major() uint8 {
	switch {
	case t == PayloadNone || t > lastPayload2:
		return 0
	case t >= firstPayload2:
		return 2
	default:
		return 1
	}
}

// endsChain reports whether the Next Payload field of t names a payload inside t and not
// one behind it: the encrypted payloads of IKEv2, RFC 7296 section 3.14.
func (t PayloadType) endsChain() bool {
	return t == PayloadEncrypted || t == PayloadEncryptedFragment
}
