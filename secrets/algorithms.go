package secrets

import (
	"bytes"
	"strings"

	"ikescope/suite"
)

// cipherOfLength returns our name of a cipher whose key, salt included, has n octets. family is the name without a key
// length: "aes-cbc", "aes-gcm-16".
func cipherOfLength(family string, n int) (name string, ok bool) {
	for _, c := range suite.Ciphers() {
		if (c.Name == family || strings.HasPrefix(c.Name, family+"-")) && c.KeymatLen() == n && !c.ImplicitIV {
			return c.Name, true
		}
	}
	return "", false
}

// registryName turns a name of the IANA registries as daemons write it into ours: AES_GCM_16 into aes-gcm-16,
// HMAC_SHA2_256_128 into hmac-sha2-256-128.
func registryName(text []byte) string {
	name := strings.ToLower(string(bytes.ReplaceAll(text, []byte("_"), []byte("-"))))
	if name == "null-aes-gmac" {
		return "null-auth-aes-gmac"
	}
	return name
}

// registryCipher is our name of a cipher with a key of n octets, salt included; "" if there is none.
func registryCipher(text []byte, n int) string {
	name, _ := cipherOfLength(registryName(text), n)
	return name
}

// registryIntegrity is our name of an integrity algorithm, "" if it is not known.
func registryIntegrity(text []byte) string {
	name := registryName(text)
	if name == "none" {
		return noIntegrity
	}
	if _, ok := suite.IntegrityByName(name); !ok {
		return ""
	}
	return name
}

// integrityOfLength is the integrity algorithm that has a key of n octets in what programs write without its name.
func integrityOfLength(n int) string {
	switch n {
	case 16:
		return "hmac-md5-96"
	case 20:
		return "hmac-sha1-96"
	case 32:
		return "hmac-sha2-256-128"
	case 48:
		return "hmac-sha2-384-192"
	case 64:
		return "hmac-sha2-512-256"
	}
	return ""
}

// cipherIsAEAD reports whether a cipher, by our name, protects integrity itself.
func cipherIsAEAD(name string) bool {
	c, ok := suite.CipherByName(name)
	return ok && c.AEAD()
}
