package secrets

import (
	"fmt"
	"strconv"
	"strings"

	"ikescope/suite"
)

// xfrmCiphers are the kernel's names of ciphers and AEADs, and ours, in which {bits} is the length of the key without the
// salt and {icv} that of the ICV in octets (net/xfrm/xfrm_algo.c; salts: RFC 3686, 4106, 4309, 4543, 7634).
var xfrmCiphers = []struct {
	kernel string
	ours   string
	salt   int // octets at the key's end
}{
	{"cbc(aes)", "aes-cbc-{bits}", 0},
	{"aes", "aes-cbc-{bits}", 0},
	{"cbc(des3_ede)", "3des-cbc", 0},
	{"des3_ede", "3des-cbc", 0},
	{"cbc(des)", "des-cbc", 0},
	{"des", "des-cbc", 0},
	{"cbc(blowfish)", "blowfish-cbc-{bits}", 0},
	{"blowfish", "blowfish-cbc-{bits}", 0},
	{"cbc(cast5)", "cast-cbc-{bits}", 0},
	{"cbc(cast128)", "cast-cbc-{bits}", 0},
	{"cast128", "cast-cbc-{bits}", 0},
	{"cbc(camellia)", "camellia-cbc-{bits}", 0},
	{"rfc3686(ctr(aes))", "aes-ctr-{bits}", 4},
	{"rfc3686(ctr(camellia))", "camellia-ctr-{bits}", 4},
	{"ecb(cipher_null)", "null", 0},
	{"cipher_null", "null", 0},
	{"rfc4106(gcm(aes))", "aes-gcm-{icv}-{bits}", 4},
	{"rfc4309(ccm(aes))", "aes-ccm-{icv}-{bits}", 3},
	{"rfc4543(gcm(aes))", "null-auth-aes-gmac-{bits}", 4},
	{"rfc7539esp(chacha20,poly1305)", "chacha20-poly1305", 4},
}

// xfrmAuths are the kernel's names of integrity algorithms with the bits of the ICV. The first row of a name holds where
// no bits are printed, which is what kernels before 2.6.33 did.
var xfrmAuths = []struct {
	kernel string
	bits   int
	ours   string
}{
	{"hmac(sha1)", 96, "hmac-sha1-96"},
	{"hmac(sha1)", 160, "hmac-sha1-160"},
	{"sha1", 96, "hmac-sha1-96"},
	{"hmac(md5)", 96, "hmac-md5-96"},
	{"hmac(md5)", 128, "hmac-md5-128"},
	{"md5", 96, "hmac-md5-96"},
	{"hmac(sha256)", 96, "hmac-sha2-256-96"},
	{"hmac(sha256)", 128, "hmac-sha2-256-128"},
	{"sha256", 96, "hmac-sha2-256-96"},
	{"hmac(sha384)", 192, "hmac-sha2-384-192"},
	{"hmac(sha512)", 256, "hmac-sha2-512-256"},
	{"xcbc(aes)", 96, "aes-xcbc-96"},
	{"cmac(aes)", 96, "aes-cmac-96"},
	{"digest_null", 0, noIntegrity},
	{"hmac(digest_null)", 0, noIntegrity},
}

// resolve gives the state's algorithms our names and takes their keys. What is wrong comes back with its line.
func (s *xfrmState) resolve() (line int, what, msg string) {
	cipher := s.enc
	if s.aead.name != "" {
		cipher = s.aead
	}
	if cipher.name != "" && s.esp.Protocol == 50 {
		name, fault := xfrmCipherName(cipher)
		if fault != "" {
			return s.encLine, "enc", fault
		}
		s.esp.Encryption, s.esp.EncryptionKey = name, cipher.key
	}
	if s.auth.name != "" {
		name, fault := xfrmAuthName(s.auth)
		if fault != "" {
			return s.authLine, "auth", fault
		}
		s.esp.Integrity, s.esp.IntegrityKey = name, s.auth.key
	}
	return 0, "", ""
}

func xfrmCipherName(a xfrmAlgorithm) (name, fault string) {
	if a.fault != "" {
		return "", a.fault
	}
	for _, row := range xfrmCiphers {
		if row.kernel != a.name {
			continue
		}
		name = strings.Replace(row.ours, "{bits}", strconv.Itoa(8*(a.key.Len()-row.salt)), 1)
		name = strings.Replace(name, "{icv}", strconv.Itoa(a.icv/8), 1)
		if _, ok := suite.CipherByName(name); !ok {
			return "", fmt.Sprintf("%d octets are no key length of %s, or %d bits no ICV of it", a.key.Len(), row.kernel, a.icv)
		}
		return name, ""
	}
	return "", "cipher that this program does not know"
}

func xfrmAuthName(a xfrmAlgorithm) (name, fault string) {
	if a.fault != "" {
		return "", a.fault
	}
	known := ""
	for _, row := range xfrmAuths {
		if row.kernel != a.name {
			continue
		}
		if known = row.kernel; row.bits == a.icv || a.icv == 0 || row.bits == 0 {
			return row.ours, ""
		}
	}
	if known != "" {
		return "", fmt.Sprintf("%s cut to %d bits, which no IPsec transform does", known, a.icv)
	}
	return "", "integrity algorithm that this program does not know"
}
