package ikestate

import (
	"bytes"
	"encoding/binary"

	"ikescope/decode/isakmp"
)

// behindIdentity is what may follow the ID payload of a signed message.
var behindIdentity = []isakmp.PayloadType{isakmp.PayloadCert, isakmp.PayloadSignature}

// healSigned rebuilds the lost head of a signed message: its ID payload. The
// certificate behind it names its owner, and the signature, which covers the ID
// payload, proves the guess.
func (c *Conversation) healSigned(a *attempt, s Speaker, plain []byte, lost int) opened {
	for end := max(lost, isakmpIDHead); end+genericHeaderLen < len(plain); end++ {
		if plain[end+1] != 0 {
			continue
		}
		for _, next := range behindIdentity {
			rest := readChain(next, plain[end:], false)
			sig := rest.payload(isakmp.PayloadSignature)
			if !rest.ok() || sig == nil {
				continue
			}
			for _, body := range c.ownIdentities(s, certificatesIn(rest.payloads), plain, end, lost) {
				if p := c.checkSignature(a, s, nil, body, sig, rest); p.Verdict == Verified {
					return identified(plain, body, end, next, lost)
				}
			}
		}
	}
	return opened{}
}

// ownIdentities lists the ID payload bodies that fit what decrypted: those that
// the certificates name, and the peer's address.
func (c *Conversation) ownIdentities(s Speaker, certs []*Certificate, plain []byte, end, lost int) (bodies [][]byte) {
	add := func(t isakmp.IDType, data []byte) {
		if genericHeaderLen+4+len(data) != end {
			return
		}
		for _, f := range idForms {
			body := append([]byte{byte(t), f[0], f[1], f[2]}, data...)
			if bytes.Equal(body[lost-genericHeaderLen:], plain[lost:end]) {
				bodies = append(bodies, body)
			}
		}
	}
	for _, cert := range certs {
		if cert.parsed == nil {
			continue
		}
		add(isakmp.IDDERASN1DN, cert.parsed.RawSubject)
		for _, n := range cert.parsed.DNSNames {
			add(isakmp.IDFQDN, []byte(n))
		}
		for _, n := range cert.parsed.EmailAddresses {
			add(isakmp.IDUserFQDN, []byte(n))
		}
	}
	peer := c.Initiator.Addr()
	if s == Responder {
		peer = c.Responder.Addr()
	}
	if peer.Is4() {
		add(isakmp.IDIPv4, peer.AsSlice())
	} else {
		add(isakmp.IDIPv6, peer.AsSlice())
	}
	return bodies
}

// identified writes the ID payload's header and body over what did not decrypt.
func identified(plain, body []byte, end int, next isakmp.PayloadType, lost int) opened {
	whole := bytes.Clone(plain)
	whole[0], whole[1] = byte(next), 0
	binary.BigEndian.PutUint16(whole[2:], uint16(end))
	copy(whole[genericHeaderLen:end], body)
	x := readChain(isakmp.PayloadID, whole, false)
	x.healed = lost
	return x
}
