package secrets

import "strconv"

// The names of algorithms in Wireshark's tables, in lower case and without the RFC in brackets.

// wiresharkCipher is a cipher of esp_sa.
type wiresharkCipher struct {
	name string // ours without a key length
	gcm  bool   // the ICV length is that of the authentication column, 128 bits where it names none
}

func (c wiresharkCipher) family(a wiresharkAuth) string {
	if !c.gcm {
		return c.name
	}
	icv := 16
	if a.anyBits == 64 || a.anyBits == 96 {
		icv = a.anyBits / 8
	}
	return c.name + "-" + strconv.Itoa(icv)
}

var wiresharkCiphers = map[string]wiresharkCipher{
	"null":                       {name: "null"},
	"tripledes-cbc":              {name: "3des-cbc"},
	"aes-cbc":                    {name: "aes-cbc"},
	"aes-ctr":                    {name: "aes-ctr"},
	"des-cbc":                    {name: "des-cbc"},
	"blowfish-cbc":               {name: "blowfish-cbc"},
	"cast5-cbc":                  {name: "cast-cbc"},
	"aes-gcm":                    {name: "aes-gcm", gcm: true},
	"aes-gcm with 8 octet icv":   {name: "aes-gcm-8"},
	"aes-gcm with 12 octet icv":  {name: "aes-gcm-12"},
	"aes-gcm with 16 octet icv":  {name: "aes-gcm-16"},
	"chacha20 with poly1305":     {name: "chacha20-poly1305"},
	"aes-gmac with 16 octet icv": {name: "null-auth-aes-gmac"},
}

// wiresharkAuth is an authentication algorithm of esp_sa; with anyBits, one that is not checked.
type wiresharkAuth struct {
	name    string
	anyBits int
}

var wiresharkAuths = map[string]wiresharkAuth{
	"null":                       {name: noIntegrity},
	"hmac-md5-96":                {name: "hmac-md5-96"},
	"hmac-sha-1-96":              {name: "hmac-sha1-96"},
	"hmac-sha1-96":               {name: "hmac-sha1-96"},
	"hmac-sha-256-96":            {name: "hmac-sha2-256-96"},
	"hmac-sha256-96":             {name: "hmac-sha2-256-96"},
	"hmac-sha-256-128":           {name: "hmac-sha2-256-128"},
	"hmac-sha256-128":            {name: "hmac-sha2-256-128"},
	"hmac-sha-384-192":           {name: "hmac-sha2-384-192"},
	"hmac-sha-512-256":           {name: "hmac-sha2-512-256"},
	"any 64 bit authentication":  {anyBits: 64},
	"any 96 bit authentication":  {anyBits: 96},
	"any 128 bit authentication": {anyBits: 128},
	"any 192 bit authentication": {anyBits: 192},
	"any 256 bit authentication": {anyBits: 256},
}

// wiresharkIKEv2 are the ciphers of ikev2_decryption_table.
var wiresharkIKEv2 = ikev2Names()

func ikev2Names() map[string]string {
	names := map[string]string{"3des": "3des-cbc", "null": "null"}
	for _, bits := range []string{"128", "192", "256"} {
		names["aes-cbc-"+bits] = "aes-cbc-" + bits
		names["aes-ctr-"+bits] = "aes-ctr-" + bits
		for _, icv := range []string{"8", "12", "16"} {
			names["aes-gcm-"+bits+" with "+icv+" octet icv"] = "aes-gcm-" + icv + "-" + bits
			names["aes-ccm-"+bits+" with "+icv+" octet icv"] = "aes-ccm-" + icv + "-" + bits
		}
	}
	return names
}

// wiresharkIKEv2Auth are the integrity algorithms of that table.
var wiresharkIKEv2Auth = map[string]string{
	"none": noIntegrity, "hmac_md5_96": "hmac-md5-96", "hmac_md5_128": "hmac-md5-128", "hmac_sha1_96": "hmac-sha1-96",
	"hmac_sha1_160": "hmac-sha1-160", "hmac_sha2_256_96": "hmac-sha2-256-96", "hmac_sha2_256_128": "hmac-sha2-256-128",
	"hmac_sha2_384_192": "hmac-sha2-384-192", "hmac_sha2_512_256": "hmac-sha2-512-256",
}
