package ikestate

import (
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
)

// Revealed is a payload of phase 1 that public key encryption hid, and its body
// (RFC 2409, sections 5.2 and 5.3).
type Revealed struct {
	Message *Message
	Type    isakmp.PayloadType
	Body    []byte
	Source  secrets.Source // of the private key
}

// hidden is what public key encryption hides of phase 1, by the side that sent it.
type hidden struct {
	used     bool // the authentication method hides nonces and identities
	nonces   [2][]byte
	ids      [2][]byte
	publics  [2][]byte
	revealed []Revealed
}

// unseal opens with the user's private keys what the sides encrypted for each
// other. It does so only where both have sent their nonces: SKEYID needs both.
func (c *Conversation) unseal(r *ring, under *Proposal) (h hidden) {
	method := under.Auth.Plain()
	if method != isakmp.AuthRSAEncryption && method != isakmp.AuthRSARevisedEncryption {
		return h
	}
	h.used = true
	p := c.Phase1
	if p.at(Initiator, isakmp.PayloadNonce) == nil || p.at(Responder, isakmp.PayloadNonce) == nil {
		return h
	}
	for s := range Speaker(2) {
		m := p.at(s, isakmp.PayloadNonce)
		if method == isakmp.AuthRSAEncryption {
			h.open(r, s, m)
		} else {
			h.openRevised(r, under, c, s, m)
		}
	}
	return h
}

// open decrypts the bodies of nonce and identity, each encrypted by itself with
// the peer's public key (RFC 2409, section 5.2).
func (h *hidden) open(r *ring, s Speaker, m *Message) {
	h.nonces[s] = h.decrypt(r, m, isakmp.PayloadNonce)
	h.ids[s] = h.decrypt(r, m, isakmp.PayloadID)
	h.publics[s] = m.bodyOf(isakmp.PayloadKE)
}

// decrypt opens the body of a payload with whichever of the user's keys fits.
func (h *hidden) decrypt(r *ring, m *Message, t isakmp.PayloadType) []byte {
	body, source := r.decrypt(m.bodyOf(t))
	if body != nil {
		h.revealed = append(h.revealed, Revealed{m, t, body, source})
	}
	return body
}

// openRevised decrypts the nonce, and with it the payloads behind it, which are
// encrypted under a key that the nonce gives (RFC 2409, section 5.3):
//
//	Ne_i = prf(Ni_b, CKY-I)        Ne_r = prf(Nr_b, CKY-R)
//	K = K1 | K2 | ..., K1 = prf(Ne_i, 0), K2 = prf(Ne_i, K1)
//
// The first is encrypted with a vector of zeros, each other with the last block
// of the one before it.
func (h *hidden) openRevised(r *ring, under *Proposal, c *Conversation, s Speaker, m *Message) {
	nonce := h.decrypt(r, m, isakmp.PayloadNonce)
	if h.nonces[s] = nonce; nonce == nil {
		return
	}
	source := h.revealed[len(h.revealed)-1].Source
	cookie := c.CookieI
	if s == Responder {
		cookie = c.CookieR
	}
	key := keymat.Phase1{Hash: under.Hash}.EphemeralKey(nonce, cookie, under.Cipher)
	iv := make([]byte, under.Cipher.BlockLen)
	behind := false
	for _, p := range m.Payloads {
		if p.Type == isakmp.PayloadNonce {
			behind = true
			continue
		}
		if !behind || p.Type != isakmp.PayloadKE && p.Type != isakmp.PayloadID && p.Type != isakmp.PayloadCert {
			continue
		}
		plain, err := keymat.DecryptCBC(under.Cipher, key, iv, p.Body)
		if err != nil {
			return
		}
		iv = p.Body[len(p.Body)-len(iv):]
		h.note(s, m, p.Type, unpadRevised(plain), source)
	}
}

// unpadRevised takes off the padding: octets of zero and one with their number.
func unpadRevised(plain []byte) []byte {
	n := int(plain[len(plain)-1]) + 1
	if n > len(plain) {
		return nil
	}
	return plain[:len(plain)-n]
}

func (h *hidden) note(s Speaker, m *Message, t isakmp.PayloadType, body []byte, source secrets.Source) {
	if body == nil {
		return
	}
	switch t {
	case isakmp.PayloadKE:
		h.publics[s] = body
	case isakmp.PayloadID:
		h.ids[s] = body
	}
	h.revealed = append(h.revealed, Revealed{m, t, body, source})
}

// decryption is the outcome of trying the user's RSA keys on a ciphertext.
type decryption struct {
	plain  []byte
	source secrets.Source
}

// maxDecryptions bounds how many ciphertexts are tried with the user's RSA keys.
const maxDecryptions = 4096

// decrypt opens a ciphertext with whichever RSA key gives it proper padding, nil
// where none does. Each ciphertext is tried once.
func (r *ring) decrypt(ciphertext []byte) ([]byte, secrets.Source) {
	if len(ciphertext) == 0 || len(r.RSAKeys) == 0 {
		return nil, secrets.Source{}
	}
	d, known := r.decrypted[string(ciphertext)]
	if !known && len(r.decrypted) < maxDecryptions {
		for i, k := range r.rsaKeys() {
			if k == nil {
				continue
			}
			if plain, err := k.Decrypt(ciphertext); err == nil {
				d = decryption{plain, r.RSAKeys[i].Source}
				break
			}
		}
		r.decrypted[string(ciphertext)] = d
	}
	return d.plain, d.source
}

// rsaKeys parses the user's keys once; nil in the place of one that is no key.
func (r *ring) rsaKeys() []*secrets.RSAPrivate {
	if r.rsa == nil {
		for _, k := range r.RSAKeys {
			parsed, _ := k.Private()
			r.rsa = append(r.rsa, parsed)
		}
	}
	return r.rsa
}

// replace puts what was revealed into phase 1 in the place of ciphertexts.
func (h *hidden) replace(p *Phase1) {
	p.NonceI, p.NonceR = h.nonces[Initiator], h.nonces[Responder]
	p.GXI, p.GXR = h.publics[Initiator], h.publics[Responder]
	p.IDii, p.IDir = parseID(h.ids[Initiator]), parseID(h.ids[Responder])
	p.Revealed = h.revealed
}
