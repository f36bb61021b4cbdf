package suite

// espTransforms are the IPsec DOI ESP transform identifiers, RFC 2407 section
// 4.4.4 and the IANA registry.
var espTransforms = []number{
	{1, "des-iv64-cbc"},
	{2, "des-cbc"},
	{3, "3des-cbc"},
	{4, "rc5-cbc"},
	{5, "idea-cbc"},
	{6, "cast-cbc"},
	{7, "blowfish-cbc"},
	{8, "3idea-cbc"},
	{9, "des-iv32-cbc"},
	{10, "rc4"},
	{11, "null"},
	{12, "aes-cbc"},
	{13, "aes-ctr"},
	{14, "aes-ccm-8"},
	{15, "aes-ccm-12"},
	{16, "aes-ccm-16"},
	{18, "aes-gcm-8"},
	{19, "aes-gcm-12"},
	{20, "aes-gcm-16"},
	{21, "seed-cbc"},
	{22, "camellia-cbc"},
	{23, "null-auth-aes-gmac"},
}

// espAuth is the IPsec DOI attribute class 5, Authentication Algorithm,
// RFC 2407 section 4.5 and the IANA registry. RSA signatures are RFC 4359,
// GMAC is for AH, RFC 4543 section 5.
var espAuth = []number{
	{0, "none"},
	{1, "hmac-md5-96"},
	{2, "hmac-sha1-96"},
	{3, "des-mac"},
	{4, "kpdk"},
	{5, "hmac-sha2-256-128"},
	{6, "hmac-sha2-384-192"},
	{7, "hmac-sha2-512-256"},
	{8, "hmac-ripemd-160-96"},
	{9, "aes-xcbc-96"},
	{10, "sig-rsa"},
	{11, "aes-gmac-128"},
	{12, "aes-gmac-192"},
	{13, "aes-gmac-256"},
}

// ahTransforms are the IPsec DOI AH transform identifiers, RFC 2407 section
// 4.4.3 and the IANA registry.
var ahTransforms = []number{
	{2, "hmac-md5-96"},
	{3, "hmac-sha1-96"},
	{4, "des-mac"},
	{5, "hmac-sha2-256-128"},
	{6, "hmac-sha2-384-192"},
	{7, "hmac-sha2-512-256"},
	{8, "hmac-ripemd-160-96"},
	{9, "aes-xcbc-96"},
	{10, "sig-rsa"},
	{11, "aes-gmac-128"},
	{12, "aes-gmac-192"},
	{13, "aes-gmac-256"},
}

// ipcompTransforms are the IPComp transform identifiers, RFC 2407 section
// 4.4.5; IKEv2 uses the same values in IPCOMP_SUPPORTED.
var ipcompTransforms = []number{
	{1, "oui"},
	{2, "deflate"},
	{3, "lzs"},
	{4, "lzjh"},
}

// ESPCipher returns the cipher of an ESP transform identifier of the IPsec
// DOI. The key length is the Key Length attribute in bits, without salt, 0
// when it is absent.
func ESPCipher(transform uint8, keyBits int) (Cipher, bool) {
	return cipherOf(espTransforms, uint16(transform), keyBits)
}

// ESPTransformName returns the name of an ESP transform identifier without a
// key length: "aes-cbc", "rc4", "esp transform 250".
func ESPTransformName(transform uint8) string {
	return nameOr(espTransforms, "esp transform", uint16(transform))
}

// ESPAuth returns the integrity algorithm of the IPsec DOI Authentication
// Algorithm attribute (class 5); 0, which also stands for an absent attribute
// in ESP, is "none".
func ESPAuth(id uint16) (Integrity, bool) { return integrityOf(espAuth, id) }

// ESPAuthName returns the name of an Authentication Algorithm attribute value:
// "hmac-sha1-96", "integrity 99".
func ESPAuthName(id uint16) string { return nameOr(espAuth, "integrity", id) }

// AHTransform returns the integrity algorithm of an AH transform identifier.
func AHTransform(id uint8) (Integrity, bool) { return integrityOf(ahTransforms, uint16(id)) }

// AHTransformName returns the name of an AH transform identifier:
// "hmac-sha1-96", "ah transform 250".
func AHTransformName(id uint8) string { return nameOr(ahTransforms, "ah transform", uint16(id)) }

// IPCompTransformName returns the name of an IPComp transform identifier:
// "deflate", "ipcomp transform 9".
func IPCompTransformName(id uint8) string {
	return nameOr(ipcompTransforms, "ipcomp transform", uint16(id))
}
