package suite

// phase1Encryption is the IKEv1 attribute class 1, Encryption Algorithm,
// RFC 2409 appendix A and RFC 3602, RFC 4312.
var phase1Encryption = []number{
	{1, "des-cbc"},
	{2, "idea-cbc"},
	{3, "blowfish-cbc"},
	{4, "rc5-r16-b64-cbc"},
	{5, "3des-cbc"},
	{6, "cast-cbc"},
	{7, "aes-cbc"},
	{8, "camellia-cbc"},
}

// phase1Hash is the IKEv1 attribute class 2, Hash Algorithm, RFC 2409
// appendix A and RFC 4868.
var phase1Hash = []number{
	{1, "md5"},
	{2, "sha1"},
	{3, "tiger"},
	{4, "sha2-256"},
	{5, "sha2-384"},
	{6, "sha2-512"},
}

// phase1Auth is the IKEv1 attribute class 3, Authentication Method: RFC 2409
// appendix A, RFC 4754 (ECDSA), draft-ietf-ipsec-isakmp-hybrid-auth-05 and
// draft-beaulieu-ike-xauth-02 section 7.2.
var phase1Auth = []number{
	{1, "psk"},
	{2, "dss-signature"},
	{3, "rsa-signature"},
	{4, "rsa-encryption"},
	{5, "rsa-revised-encryption"},
	{9, "ecdsa-256"},
	{10, "ecdsa-384"},
	{11, "ecdsa-521"},
	{64221, "hybrid-init-rsa"},
	{64222, "hybrid-resp-rsa"},
	{64223, "hybrid-init-dss"},
	{64224, "hybrid-resp-dss"},
	{65001, "xauth-init-psk"},
	{65002, "xauth-resp-psk"},
	{65003, "xauth-init-dss"},
	{65004, "xauth-resp-dss"},
	{65005, "xauth-init-rsa"},
	{65006, "xauth-resp-rsa"},
	{65007, "xauth-init-rsa-encryption"},
	{65008, "xauth-resp-rsa-encryption"},
	{65009, "xauth-init-rsa-revised-encryption"},
	{65010, "xauth-resp-rsa-revised-encryption"},
}

// blowfishPhase1Bits is the key length of Blowfish in phase 1 when the Key
// Length attribute is absent: 56 octets, RFC 2409 appendix B. In ESP it is
// 128 bits, RFC 2451 section 2.2.
const blowfishPhase1Bits = 448

// Phase1Cipher returns the cipher of an IKEv1 phase 1 proposal. The key length
// is the Key Length attribute in bits, 0 when it is absent. The result is
// false for an unknown number and for a length that the cipher does not have.
func Phase1Cipher(id uint16, keyBits int) (Cipher, bool) {
	if keyBits == 0 && nameOf(phase1Encryption, id) == "blowfish-cbc" {
		keyBits = blowfishPhase1Bits
	}
	return cipherOf(phase1Encryption, id, keyBits)
}

// EncryptionName returns the name of an IKEv1 phase 1 encryption algorithm
// without a key length: "aes-cbc", "idea-cbc", "encryption 65001".
func EncryptionName(id uint16) string { return nameOr(phase1Encryption, "encryption", id) }

// Phase1Hash returns the hash of an IKEv1 phase 1 proposal. Tiger is known by
// name only, see [Hash.Computable].
func Phase1Hash(id uint16) (Hash, bool) { return HashByName(nameOf(phase1Hash, id)) }

// HashName returns the name of an IKEv1 phase 1 hash algorithm: "sha1", "hash 99".
func HashName(id uint16) string { return nameOr(phase1Hash, "hash", id) }

// AuthMethodName returns the name of an IKEv1 authentication method:
// "psk", "xauth-init-rsa", "auth 77".
func AuthMethodName(id uint16) string { return nameOr(phase1Auth, "auth", id) }
