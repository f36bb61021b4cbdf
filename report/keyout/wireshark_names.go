package keyout

import "ikescope/suite"

// The names that Wireshark 4.0 gives to algorithms in its tables. It refuses a row
// whose names are not spelled exactly so.

// wiresharkESP are the ciphers of the table esp_sa.
var wiresharkESP = map[string]string{
	"null":             "NULL",
	"des-cbc":          "DES-CBC [RFC2405]",
	"3des-cbc":         "TripleDES-CBC [RFC2451]",
	"aes-cbc-128":      "AES-CBC [RFC3602]",
	"aes-cbc-192":      "AES-CBC [RFC3602]",
	"aes-cbc-256":      "AES-CBC [RFC3602]",
	"aes-ctr-128":      "AES-CTR [RFC3686]",
	"aes-ctr-192":      "AES-CTR [RFC3686]",
	"aes-ctr-256":      "AES-CTR [RFC3686]",
	"blowfish-cbc-128": "BLOWFISH-CBC [RFC2451]",
	"cast-cbc-128":     "CAST5-CBC [RFC2144]",
	"aes-gcm-8-128":    "AES-GCM with 8 octet ICV [RFC4106]",
	"aes-gcm-8-192":    "AES-GCM with 8 octet ICV [RFC4106]",
	"aes-gcm-8-256":    "AES-GCM with 8 octet ICV [RFC4106]",
	"aes-gcm-12-128":   "AES-GCM with 12 octet ICV [RFC4106]",
	"aes-gcm-12-192":   "AES-GCM with 12 octet ICV [RFC4106]",
	"aes-gcm-12-256":   "AES-GCM with 12 octet ICV [RFC4106]",
	"aes-gcm-16-128":   "AES-GCM with 16 octet ICV [RFC4106]",
	"aes-gcm-16-192":   "AES-GCM with 16 octet ICV [RFC4106]",
	"aes-gcm-16-256":   "AES-GCM with 16 octet ICV [RFC4106]",
}

// wiresharkESPAuth are the integrity algorithms that esp_sa checks.
var wiresharkESPAuth = map[string]string{
	"":                  "NULL",
	"hmac-md5-96":       "HMAC-MD5-96 [RFC2403]",
	"hmac-sha1-96":      "HMAC-SHA-1-96 [RFC2404]",
	"hmac-sha2-256-96":  "HMAC-SHA-256-96 [draft-ietf-ipsec-ciph-sha-256-00]",
	"hmac-sha2-256-128": "HMAC-SHA-256-128 [RFC4868]",
	"hmac-sha2-384-192": "HMAC-SHA-384-192 [RFC4868]",
	"hmac-sha2-512-256": "HMAC-SHA-512-256 [RFC4868]",
}

// wiresharkAnyAuth are the ICV lengths in octets that Wireshark can pass over
// without checking.
var wiresharkAnyAuth = map[int]string{
	8:  "ANY 64 bit authentication [no checking]",
	12: "ANY 96 bit authentication [no checking]",
	16: "ANY 128 bit authentication [no checking]",
	24: "ANY 192 bit authentication [no checking]",
	32: "ANY 256 bit authentication [no checking]",
}

// wiresharkAuth names an integrity algorithm; what Wireshark cannot check it can
// often pass over. It does not know the high half of extended sequence numbers,
// which the ICV covers.
func wiresharkAuth(i suite.Integrity, esn bool) (name string, key bool, ok bool) {
	if name, ok = wiresharkESPAuth[i.Name]; ok && (!esn || i.IsZero()) {
		return name, !i.IsZero(), true
	}
	name, ok = wiresharkAnyAuth[i.ICVLen]
	return name, false, ok
}

// wiresharkIKEv1 are the phase 1 ciphers for which Wireshark decrypts IKEv1.
var wiresharkIKEv1 = map[string]bool{
	"des-cbc": true, "3des-cbc": true, "aes-cbc-128": true, "aes-cbc-192": true, "aes-cbc-256": true,
}

// wiresharkIKEv2 are the ciphers of the table ikev2_decryption_table.
var wiresharkIKEv2 = map[string]string{
	"3des-cbc":       "3DES [RFC2451]",
	"null":           "NULL [RFC2410]",
	"aes-cbc-128":    "AES-CBC-128 [RFC3602]",
	"aes-cbc-192":    "AES-CBC-192 [RFC3602]",
	"aes-cbc-256":    "AES-CBC-256 [RFC3602]",
	"aes-ctr-128":    "AES-CTR-128 [RFC5930]",
	"aes-ctr-192":    "AES-CTR-192 [RFC5930]",
	"aes-ctr-256":    "AES-CTR-256 [RFC5930]",
	"aes-gcm-8-128":  "AES-GCM-128 with 8 octet ICV [RFC5282]",
	"aes-gcm-8-192":  "AES-GCM-192 with 8 octet ICV [RFC5282]",
	"aes-gcm-8-256":  "AES-GCM-256 with 8 octet ICV [RFC5282]",
	"aes-gcm-12-128": "AES-GCM-128 with 12 octet ICV [RFC5282]",
	"aes-gcm-12-192": "AES-GCM-192 with 12 octet ICV [RFC5282]",
	"aes-gcm-12-256": "AES-GCM-256 with 12 octet ICV [RFC5282]",
	"aes-gcm-16-128": "AES-GCM-128 with 16 octet ICV [RFC5282]",
	"aes-gcm-16-192": "AES-GCM-192 with 16 octet ICV [RFC5282]",
	"aes-gcm-16-256": "AES-GCM-256 with 16 octet ICV [RFC5282]",
	"aes-ccm-8-128":  "AES-CCM-128 with 8 octet ICV [RFC5282]",
	"aes-ccm-8-192":  "AES-CCM-192 with 8 octet ICV [RFC5282]",
	"aes-ccm-8-256":  "AES-CCM-256 with 8 octet ICV [RFC5282]",
	"aes-ccm-12-128": "AES-CCM-128 with 12 octet ICV [RFC5282]",
	"aes-ccm-12-192": "AES-CCM-192 with 12 octet ICV [RFC5282]",
	"aes-ccm-12-256": "AES-CCM-256 with 12 octet ICV [RFC5282]",
	"aes-ccm-16-128": "AES-CCM-128 with 16 octet ICV [RFC5282]",
	"aes-ccm-16-192": "AES-CCM-192 with 16 octet ICV [RFC5282]",
	"aes-ccm-16-256": "AES-CCM-256 with 16 octet ICV [RFC5282]",
}

// anyAuth begins the names of integrity algorithms that Wireshark passes over.
const anyAuth = "ANY "

// wiresharkIKEv2Auth are the integrity algorithms of that table.
var wiresharkIKEv2Auth = map[string]string{
	"":                  "NONE [RFC4306]",
	"none":              "NONE [RFC4306]",
	"hmac-md5-96":       "HMAC_MD5_96 [RFC2403]",
	"hmac-md5-128":      "HMAC_MD5_128 [RFC4595]",
	"hmac-sha1-96":      "HMAC_SHA1_96 [RFC2404]",
	"hmac-sha1-160":     "HMAC_SHA1_160 [RFC4595]",
	"hmac-sha2-256-96":  "HMAC_SHA2_256_96 [draft-ietf-ipsec-ciph-sha-256-00]",
	"hmac-sha2-256-128": "HMAC_SHA2_256_128 [RFC4868]",
	"hmac-sha2-384-192": "HMAC_SHA2_384_192 [RFC4868]",
	"hmac-sha2-512-256": "HMAC_SHA2_512_256 [RFC4868]",
	"aes-xcbc-96":       "ANY 96-bits of Authentication [No Checking]",
	"aes-cmac-96":       "ANY 96-bits of Authentication [No Checking]",
}
