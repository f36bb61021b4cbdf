//go:build cgo && ipsecmb

package main

/*
#cgo LDFLAGS: -lIPSec_MB
#include <intel-ipsec-mb.h>
#include <stdlib.h>
#include <string.h>

// What a job is made of, prepared once.
typedef struct {
	IMB_MGR *m;
	IMB_CIPHER_MODE cipher;
	IMB_HASH_ALG hash;
	int keylen, saltlen, ivlen;
	uint8_t salt[4];
	DECLARE_ALIGNED(uint32_t enc[15 * 4], 64);
	DECLARE_ALIGNED(uint32_t dec[15 * 4], 64);
	DECLARE_ALIGNED(uint64_t des[3][16], 64);
	const void *des3[3];
	DECLARE_ALIGNED(uint8_t ipad[64], 64);
	DECLARE_ALIGNED(uint8_t opad[64], 64);
	DECLARE_ALIGNED(struct gcm_key_data gcm, 64);
	DECLARE_ALIGNED(struct gcm_context_data ctx, 64);
	uint8_t tags[IMB_MAX_JOBS * 2][64];
} ipsecmb_key;

// Where things are in a packet, and how many packets there are.
typedef struct {
	int count, stride, length, body, icv;
} ipsecmb_layout;

enum { CIPHER_NULL, CIPHER_AES, CIPHER_3DES, CIPHER_GCM };
enum { MAC_NONE, MAC_SHA1, MAC_SHA256 };

static ipsecmb_key *ipsecmb_new(void) {
	ipsecmb_key *k = aligned_alloc(64, (sizeof *k + 63) / 64 * 64);
	memset(k, 0, sizeof *k);
	k->m = alloc_mb_mgr(0);
	if (k->m)
		init_mb_mgr_auto(k->m, NULL);
	k->cipher = IMB_CIPHER_NULL;
	k->hash = IMB_AUTH_NULL;
	return k;
}

static void ipsecmb_set_cipher(ipsecmb_key *k, int cipher, const uint8_t *key, int keylen, int saltlen, int ivlen) {
	k->keylen = keylen, k->saltlen = saltlen, k->ivlen = ivlen;
	memcpy(k->salt, key + keylen, saltlen);
	switch (cipher) {
	case CIPHER_AES:
		k->cipher = IMB_CIPHER_CBC;
		if (keylen == 16)
			IMB_AES_KEYEXP_128(k->m, key, k->enc, k->dec);
		else
			IMB_AES_KEYEXP_256(k->m, key, k->enc, k->dec);
		break;
	case CIPHER_3DES:
		k->cipher = IMB_CIPHER_DES3;
		for (int i = 0; i < 3; i++) {
			IMB_DES_KEYSCHED(k->m, k->des[i], key + 8 * i);
			k->des3[i] = k->des[i];
		}
		break;
	case CIPHER_GCM:
		k->cipher = IMB_CIPHER_GCM;
		if (keylen == 16)
			IMB_AES128_GCM_PRE(k->m, key, &k->gcm);
		else
			IMB_AES256_GCM_PRE(k->m, key, &k->gcm);
	}
}

static void ipsecmb_set_mac(ipsecmb_key *k, int mac, const uint8_t *key, int keylen) {
	uint8_t block[64];
	k->hash = mac == MAC_SHA1 ? IMB_AUTH_HMAC_SHA_1 : IMB_AUTH_HMAC_SHA_256;
	for (int outer = 0; outer < 2; outer++) {
		memset(block, outer ? 0x5c : 0x36, sizeof block);
		for (int i = 0; i < keylen; i++)
			block[i] ^= key[i];
		if (mac == MAC_SHA1)
			IMB_SHA1_ONE_BLOCK(k->m, block, outer ? k->opad : k->ipad);
		else
			IMB_SHA256_ONE_BLOCK(k->m, block, outer ? k->opad : k->ipad);
	}
}

// GCM by its direct interface, which is its fastest.
static int ipsecmb_gcm(ipsecmb_key *k, uint8_t *p, const ipsecmb_layout *l) {
	uint8_t nonce[12], tag[16];
	int end = l->length - l->icv;
	memcpy(nonce, k->salt, 4);
	memcpy(nonce + 4, p + 8, 8);
	if (k->keylen == 16)
		IMB_AES128_GCM_DEC(k->m, &k->gcm, &k->ctx, p + l->body, p + l->body, end - l->body, nonce, p, 8, tag, 16);
	else
		IMB_AES256_GCM_DEC(k->m, &k->gcm, &k->ctx, p + l->body, p + l->body, end - l->body, nonce, p, 8, tag, 16);
	return memcmp(tag, p + end, l->icv) == 0;
}

static void ipsecmb_job(ipsecmb_key *k, IMB_JOB *j, uint8_t *p, uint8_t *tag, const ipsecmb_layout *l) {
	int end = l->length - l->icv;
	memset(j, 0, sizeof *j);
	j->cipher_mode = k->cipher;
	j->cipher_direction = IMB_DIR_DECRYPT;
	j->chain_order = IMB_ORDER_HASH_CIPHER;
	j->hash_alg = k->hash;
	j->enc_keys = k->cipher == IMB_CIPHER_DES3 ? (void *)k->des3 : (void *)k->enc;
	j->dec_keys = k->cipher == IMB_CIPHER_DES3 ? (void *)k->des3 : (void *)k->dec;
	j->key_len_in_bytes = k->keylen;
	j->src = p;
	j->dst = p + l->body;
	j->iv = p + 8;
	j->iv_len_in_bytes = k->ivlen;
	j->cipher_start_src_offset_in_bytes = l->body;
	j->msg_len_to_cipher_in_bytes = k->cipher == IMB_CIPHER_NULL ? 0 : end - l->body;
	j->msg_len_to_hash_in_bytes = k->hash == IMB_AUTH_NULL ? 0 : end;
	j->auth_tag_output = tag;
	j->auth_tag_output_len_in_bytes = l->icv;
	j->u.HMAC._hashed_auth_key_xor_ipad = k->ipad;
	j->u.HMAC._hashed_auth_key_xor_opad = k->opad;
	j->user_data = p + end;
}

static int ipsecmb_done(const IMB_JOB *j, int icv) {
	return j->status == IMB_STATUS_COMPLETED && memcmp(j->auth_tag_output, j->user_data, icv) == 0;
}

static int ipsecmb_open(ipsecmb_key *k, uint8_t *b, ipsecmb_layout l) {
	int right = 0;
	IMB_JOB *j;
	if (k->cipher == IMB_CIPHER_GCM) {
		for (int i = 0; i < l.count; i++)
			right += ipsecmb_gcm(k, b + (size_t)i * l.stride, &l);
		return right;
	}
	for (int i = 0; i < l.count; i++) {
		j = IMB_GET_NEXT_JOB(k->m);
		ipsecmb_job(k, j, b + (size_t)i * l.stride, k->tags[i % (IMB_MAX_JOBS * 2)], &l);
		for (j = IMB_SUBMIT_JOB_NOCHECK(k->m); j; j = IMB_GET_COMPLETED_JOB(k->m))
			right += ipsecmb_done(j, l.icv);
	}
	while ((j = IMB_FLUSH_JOB(k->m)))
		right += ipsecmb_done(j, l.icv);
	return right;
}
*/
import "C"

import (
	"errors"
	"unsafe"
)

func init() { peers = append(peers, peer{"intel-ipsec-mb", ipsecmb}) }

// Numbers of algorithms in the code above.
var (
	ipsecmbCiphers = map[string]C.int{
		"aes-cbc-128": C.CIPHER_AES, "aes-cbc-256": C.CIPHER_AES, "3des-cbc": C.CIPHER_3DES,
		"aes-gcm-16-128": C.CIPHER_GCM, "aes-gcm-16-256": C.CIPHER_GCM,
	}
	ipsecmbMACs = map[string]C.int{"hmac-sha1-96": C.MAC_SHA1, "hmac-sha2-256-128": C.MAC_SHA256}
)

// ipsecmb is intel-ipsec-mb: jobs of a whole batch and a flush, GCM packet by packet.
// What it prepares lives as long as the program.
func ipsecmb(l *load) (opener, error) {
	k := C.ipsecmb_new()
	if k.m == nil {
		return nil, errors.New("no manager for this processor")
	}
	c, i := l.params.Cipher, l.params.Integrity
	if number, ok := ipsecmbCiphers[l.cipher]; ok {
		C.ipsecmb_set_cipher(k, number, bytesOf(l.params.CipherKey), C.int(c.KeyLen), C.int(c.SaltLen), C.int(c.IVLen))
	}
	if number, ok := ipsecmbMACs[l.integrity]; ok {
		C.ipsecmb_set_mac(k, number, bytesOf(l.params.IntegrityKey), C.int(i.KeyLen))
	}
	layout := C.ipsecmb_layout{C.int(l.count), C.int(l.stride()), C.int(l.length), C.int(l.body()), C.int(l.icv())}
	return func(b *batch) int { return int(C.ipsecmb_open(k, bytesOf(b.octets), layout)) }, nil
}

func bytesOf(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }
