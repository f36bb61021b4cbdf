package isakmp

// ExchangeType is the exchange a message belongs to.
// IANA: "Exchange Types", registries isakmp-registry (RFC 2408 section 3.1) and
// ikev2-parameters (RFC 7296 section 3.1).
type ExchangeType uint8

// Exchange types.
const (
	ExchangeNone          ExchangeType = 0
	ExchangeBase          ExchangeType = 1
	ExchangeMain          ExchangeType = 2 // Identity Protection
	ExchangeAuthOnly      ExchangeType = 3
	ExchangeAggressive    ExchangeType = 4
	ExchangeInformational ExchangeType = 5
	ExchangeTransaction   ExchangeType = 6  // draft-ietf-ipsec-isakmp-mode-cfg
	ExchangeQuick         ExchangeType = 32 // RFC 2409 section 5.5
	ExchangeNewGroup      ExchangeType = 33 // RFC 2409 section 5.6

	ExchangeIKESAInit      ExchangeType = 34 // IKEv2
	ExchangeIKEAuth        ExchangeType = 35
	ExchangeCreateChildSA  ExchangeType = 36
	ExchangeInformational2 ExchangeType = 37
	ExchangeIntermediate   ExchangeType = 43 // RFC 9242
	ExchangeFollowupKE     ExchangeType = 44 // RFC 9370
)

var exchangeNames = names[ExchangeType]{
	ExchangeNone:           "none",
	ExchangeBase:           "base",
	ExchangeMain:           "main",
	ExchangeAuthOnly:       "authentication-only",
	ExchangeAggressive:     "aggressive",
	ExchangeInformational:  "informational",
	ExchangeTransaction:    "transaction",
	ExchangeQuick:          "quick",
	ExchangeNewGroup:       "new-group",
	ExchangeIKESAInit:      "ike_sa_init",
	ExchangeIKEAuth:        "ike_auth",
	ExchangeCreateChildSA:  "create_child_sa",
	ExchangeInformational2: "informational",
	38:                     "ike_session_resume", // RFC 5723
	39:                     "gsa_auth",           // RFC 9838
	40:                     "gsa_registration",   // RFC 9838
	41:                     "gsa_rekey",          // RFC 9838
	ExchangeIntermediate:   "ike_intermediate",   // RFC 9242
	ExchangeFollowupKE:     "ike_followup_ke",    // RFC 9370
	243:                    "authip-main",        // Microsoft AuthIP
	244:                    "authip-quick",
	245:                    "authip-extended",
	246:                    "authip-notify",
}

// String is the name of the exchange, or the number where there is none.
func (e ExchangeType) String() string { return exchangeNames.of(e) }
