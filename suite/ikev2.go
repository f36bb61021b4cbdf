package suite

// ikev2Encryption are the IKEv2 transforms of type 1, RFC 7296 section 3.3.2
// and the IANA registry.
var ikev2Encryption = []number{
	{1, "des-iv64-cbc"},
	{2, "des-cbc"},
	{3, "3des-cbc"},
	{4, "rc5-cbc"},
	{5, "idea-cbc"},
	{6, "cast-cbc"},
	{7, "blowfish-cbc"},
	{8, "3idea-cbc"},
	{9, "des-iv32-cbc"},
	{11, "null"},
	{12, "aes-cbc"},
	{13, "aes-ctr"},
	{14, "aes-ccm-8"},
	{15, "aes-ccm-12"},
	{16, "aes-ccm-16"},
	{18, "aes-gcm-8"},
	{19, "aes-gcm-12"},
	{20, "aes-gcm-16"},
	{21, "null-auth-aes-gmac"},
	{23, "camellia-cbc"},
	{24, "camellia-ctr"},
	{25, "camellia-ccm-8"},
	{26, "camellia-ccm-12"},
	{27, "camellia-ccm-16"},
	{28, "chacha20-poly1305"},
	{29, "aes-ccm-8-iiv"},
	{30, "aes-gcm-16-iiv"},
	{31, "chacha20-poly1305-iiv"},
	{32, "kuznyechik-mgm-ktree"},
	{33, "magma-mgm-ktree"},
	{34, "kuznyechik-mgm-mac-ktree"},
	{35, "magma-mgm-mac-ktree"},
}

// ikev2PRF are the IKEv2 transforms of type 2.
var ikev2PRF = []number{
	{1, "md5"},
	{2, "sha1"},
	{3, "tiger"},
	{4, "aes128-xcbc"},
	{5, "sha2-256"},
	{6, "sha2-384"},
	{7, "sha2-512"},
	{8, "aes128-cmac"},
	{9, "streebog-512"},
}

// ikev2Integrity are the IKEv2 transforms of type 3.
var ikev2Integrity = []number{
	{0, "none"},
	{1, "hmac-md5-96"},
	{2, "hmac-sha1-96"},
	{3, "des-mac"},
	{4, "kpdk-md5"},
	{5, "aes-xcbc-96"},
	{6, "hmac-md5-128"},
	{7, "hmac-sha1-160"},
	{8, "aes-cmac-96"},
	{9, "aes-gmac-128"},
	{10, "aes-gmac-192"},
	{11, "aes-gmac-256"},
	{12, "hmac-sha2-256-128"},
	{13, "hmac-sha2-384-192"},
	{14, "hmac-sha2-512-256"},
}

// ikev2Auth are the IKEv2 authentication methods, RFC 7296 section 3.8.
var ikev2Auth = []number{
	{1, "rsa-signature"},
	{2, "psk"},
	{3, "dss-signature"},
	{9, "ecdsa-256"},
	{10, "ecdsa-384"},
	{11, "ecdsa-521"},
	{12, "gspm"},
	{13, "null"},
	{14, "digital-signature"},
}

// IKEv2Cipher returns the cipher of an IKEv2 encryption transform (type 1).
// The key length is the Key Length attribute in bits, without salt, 0 when it
// is absent.
func IKEv2Cipher(transform uint16, keyBits int) (Cipher, bool) {
	return cipherOf(ikev2Encryption, transform, keyBits)
}

// IKEv2EncryptionName returns the name of an IKEv2 encryption transform
// without a key length: "aes-cbc", "encryption 99".
func IKEv2EncryptionName(transform uint16) string {
	return nameOr(ikev2Encryption, "encryption", transform)
}

// IKEv2PRF returns the pseudorandom function of an IKEv2 transform of type 2.
// Tiger is known by name only, see [PRF.Computable].
func IKEv2PRF(id uint16) (PRF, bool) { return PRFByName(nameOf(ikev2PRF, id)) }

// IKEv2PRFName returns the name of an IKEv2 PRF transform: "sha2-256", "prf 99".
func IKEv2PRFName(id uint16) string { return nameOr(ikev2PRF, "prf", id) }

// IKEv2Integrity returns the integrity algorithm of an IKEv2 transform of type 3.
func IKEv2Integrity(id uint16) (Integrity, bool) { return integrityOf(ikev2Integrity, id) }

// IKEv2IntegrityName returns the name of an IKEv2 integrity transform:
// "hmac-sha1-96", "integrity 99".
func IKEv2IntegrityName(id uint16) string { return nameOr(ikev2Integrity, "integrity", id) }

// IKEv2AuthMethodName returns the name of an IKEv2 authentication method:
// "psk", "auth 99".
func IKEv2AuthMethodName(id uint8) string { return nameOr(ikev2Auth, "auth", uint16(id)) }
