package isakmp

import "ikescope/suite"

// AuthMethod is how the peers of phase 1 prove who they are. IANA: "Authentication
// Method", registry ipsec-registry; RFC 2409 appendix A. Private numbers:
// draft-ietf-ipsec-isakmp-hybrid-auth-05 and draft-beaulieu-ike-xauth-02.
type AuthMethod uint16

// Authentication methods. Of the XAUTH and hybrid ones, Init and Resp say which side of
// phase 1 is asked for a user's password.
const (
	AuthPSK                  AuthMethod = 1
	AuthDSS                  AuthMethod = 2
	AuthRSA                  AuthMethod = 3 // signatures
	AuthRSAEncryption        AuthMethod = 4
	AuthRSARevisedEncryption AuthMethod = 5
	AuthElGamal              AuthMethod = 6
	AuthElGamalRevised       AuthMethod = 7
	AuthECDSA                AuthMethod = 8
	AuthECDSA256             AuthMethod = 9  // RFC 4754: SHA-256 on P-256
	AuthECDSA384             AuthMethod = 10 // RFC 4754: SHA-384 on P-384
	AuthECDSA521             AuthMethod = 11 // RFC 4754: SHA-512 on P-521

	AuthHybridInitRSA AuthMethod = 64221
	AuthHybridRespRSA AuthMethod = 64222
	AuthHybridInitDSS AuthMethod = 64223
	AuthHybridRespDSS AuthMethod = 64224

	AuthXAUTHInitPSK                  AuthMethod = 65001
	AuthXAUTHRespPSK                  AuthMethod = 65002
	AuthXAUTHInitDSS                  AuthMethod = 65003
	AuthXAUTHRespDSS                  AuthMethod = 65004
	AuthXAUTHInitRSA                  AuthMethod = 65005
	AuthXAUTHRespRSA                  AuthMethod = 65006
	AuthXAUTHInitRSAEncryption        AuthMethod = 65007
	AuthXAUTHRespRSAEncryption        AuthMethod = 65008
	AuthXAUTHInitRSARevisedEncryption AuthMethod = 65009
	AuthXAUTHRespRSARevisedEncryption AuthMethod = 65010
)

// plainMethods are the methods behind XAUTH and hybrid ones.
var plainMethods = map[AuthMethod]AuthMethod{
	AuthHybridInitRSA: AuthRSA,
	AuthHybridRespRSA: AuthRSA,
	AuthHybridInitDSS: AuthDSS,
	AuthHybridRespDSS: AuthDSS,

	AuthXAUTHInitPSK:                  AuthPSK,
	AuthXAUTHRespPSK:                  AuthPSK,
	AuthXAUTHInitDSS:                  AuthDSS,
	AuthXAUTHRespDSS:                  AuthDSS,
	AuthXAUTHInitRSA:                  AuthRSA,
	AuthXAUTHRespRSA:                  AuthRSA,
	AuthXAUTHInitRSAEncryption:        AuthRSAEncryption,
	AuthXAUTHRespRSAEncryption:        AuthRSAEncryption,
	AuthXAUTHInitRSARevisedEncryption: AuthRSARevisedEncryption,
	AuthXAUTHRespRSARevisedEncryption: AuthRSARevisedEncryption,
}

// String is the name that package suite gives the method, "auth 12345" where it has none.
func (a AuthMethod) String() string { return suite.AuthMethodName(uint16(a)) }

// Plain is the method without XAUTH or hybrid: it decides how SKEYID is derived and which
// payload proves the identity. A method that has neither is returned as it is.
func (a AuthMethod) Plain() AuthMethod {
	if m, ok := plainMethods[a]; ok {
		return m
	}
	return a
}

// IsXAUTH reports whether a user's name and password are asked for after phase 1, which is
// so for the hybrid methods too.
func (a AuthMethod) IsXAUTH() bool {
	return a >= AuthXAUTHInitPSK && a <= AuthXAUTHRespRSARevisedEncryption || a.IsHybrid()
}

// IsHybrid reports whether only one side proves its identity in phase 1.
func (a AuthMethod) IsHybrid() bool { return a >= AuthHybridInitRSA && a <= AuthHybridRespDSS }

// IsSignature reports whether identities are proved by a Signature payload (on the side
// that proves one).
func (a AuthMethod) IsSignature() bool {
	switch a.Plain() {
	case AuthDSS, AuthRSA, AuthECDSA, AuthECDSA256, AuthECDSA384, AuthECDSA521:
		return true
	default:
		return false
	}
}
