//go:build cgo && openssl

package main

/*
#cgo LDFLAGS: -lcrypto
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

// A key, prepared once; what is absent is NULL.
typedef struct {
	EVP_CIPHER_CTX *cipher;
	HMAC_CTX *mac;
	unsigned char salt[4];
	int aead;
} openssl_key;

// Where things are in a packet, and how many packets there are.
typedef struct {
	int count, stride, length, body, icv;
} openssl_layout;

static int openssl_mac(openssl_key *k, const unsigned char *p, int end, int icv) {
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int n = sizeof sum;
	return HMAC_Init_ex(k->mac, NULL, 0, NULL, NULL) && HMAC_Update(k->mac, p, end) &&
	       HMAC_Final(k->mac, sum, &n) && CRYPTO_memcmp(sum, p + end, icv) == 0;
}

static int openssl_gcm(openssl_key *k, unsigned char *p, const openssl_layout *l) {
	unsigned char nonce[12];
	int n, end = l->length - l->icv;
	memcpy(nonce, k->salt, 4);
	memcpy(nonce + 4, p + 8, 8);
	return EVP_DecryptInit_ex(k->cipher, NULL, NULL, NULL, nonce) && EVP_DecryptUpdate(k->cipher, NULL, &n, p, 8) &&
	       EVP_DecryptUpdate(k->cipher, p + l->body, &n, p + l->body, end - l->body) &&
	       EVP_CIPHER_CTX_ctrl(k->cipher, EVP_CTRL_AEAD_SET_TAG, l->icv, p + end) && EVP_DecryptFinal_ex(k->cipher, p + end, &n) > 0;
}

static int openssl_one(openssl_key *k, unsigned char *p, const openssl_layout *l) {
	int n, end = l->length - l->icv;
	if (k->aead)
		return openssl_gcm(k, p, l);
	if (k->mac && !openssl_mac(k, p, end, l->icv))
		return 0;
	return !k->cipher || (EVP_DecryptInit_ex(k->cipher, NULL, NULL, NULL, p + 8) && EVP_CIPHER_CTX_set_padding(k->cipher, 0) &&
	                      EVP_DecryptUpdate(k->cipher, p + l->body, &n, p + l->body, end - l->body));
}

static int openssl_open(openssl_key *k, unsigned char *b, openssl_layout l) {
	int right = 0;
	for (int i = 0; i < l.count; i++)
		right += openssl_one(k, b + (size_t)i * l.stride, &l);
	return right;
}

static int openssl_set_cipher(openssl_key *k, const char *name, const unsigned char *key, int keylen, int saltlen) {
	const EVP_CIPHER *c = EVP_get_cipherbyname(name);
	k->aead = saltlen > 0;
	memcpy(k->salt, key + keylen, saltlen);
	k->cipher = EVP_CIPHER_CTX_new();
	return c && k->cipher && EVP_DecryptInit_ex(k->cipher, c, NULL, key, NULL);
}

static int openssl_set_mac(openssl_key *k, const char *name, const unsigned char *key, int keylen) {
	k->mac = HMAC_CTX_new();
	return k->mac && HMAC_Init_ex(k->mac, key, keylen, EVP_get_digestbyname(name), NULL);
}
*/
import "C"

import (
	"errors"
	"unsafe"
)

func init() { peers = append(peers, peer{"OpenSSL", openssl}) }

// Names of algorithms in OpenSSL.
var (
	opensslCiphers = map[string]string{
		"aes-cbc-128": "aes-128-cbc", "aes-cbc-256": "aes-256-cbc", "3des-cbc": "des-ede3-cbc",
		"aes-gcm-16-128": "id-aes128-GCM", "aes-gcm-16-256": "id-aes256-GCM",
	}
	opensslDigests = map[string]string{"hmac-sha1-96": "SHA1", "hmac-sha2-256-128": "SHA256"}
)

var errOpenSSL = errors.New("OpenSSL refuses the key")

// openssl is OpenSSL through EVP, packet by packet. What it prepares lives as long as
// the program.
func openssl(l *load) (opener, error) {
	k := (*C.openssl_key)(C.calloc(1, C.sizeof_openssl_key))
	c, i := l.params.Cipher, l.params.Integrity
	if name, ok := opensslCiphers[l.cipher]; ok {
		if C.openssl_set_cipher(k, C.CString(name), octets(l.params.CipherKey), C.int(c.KeyLen), C.int(c.SaltLen)) == 0 {
			return nil, errOpenSSL
		}
	}
	if name, ok := opensslDigests[l.integrity]; ok {
		if C.openssl_set_mac(k, C.CString(name), octets(l.params.IntegrityKey), C.int(i.KeyLen)) == 0 {
			return nil, errOpenSSL
		}
	}
	layout := C.openssl_layout{C.int(l.count), C.int(l.stride()), C.int(l.length), C.int(l.body()), C.int(l.icv())}
	return func(b *batch) int { return int(C.openssl_open(k, octets(b.octets), layout)) }, nil
}

func octets(b []byte) *C.uchar { return (*C.uchar)(unsafe.Pointer(unsafe.SliceData(b))) }
