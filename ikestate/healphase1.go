package ikestate

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// healIdentity opens a message of phase 1 whose vector is unknown, because the
// message before it is not in the capture. The lost first block holds the head of
// the ID payload (RFC 2407, section 4.6.2). Its length follows from the payload
// behind it; type, protocol and port have few values in practice, and an address
// of up to four octets is most often the peer's own. HASH_I or HASH_R, which
// covers the ID payload, proves the guess.
func (c *Conversation) healIdentity(a *attempt, o opener, s Speaker, m *Message) opened {
	n := o.cipher.BlockLen
	body := m.body()
	if a.ladder.SKEYID.IsZero() || a.material.SAiB == nil || m.Missing > 0 || len(body)%n != 0 || len(body) < 2*n {
		return opened{}
	}
	plain, err := keymat.DecryptCBC(o.cipher, o.key, make([]byte, n), body)
	if err != nil {
		return opened{}
	}
	if a.under.Auth.IsSignature() {
		if x := c.healSigned(a, s, plain, n); x.ok() {
			return x
		}
	}
	hash := a.material.PRF.Size
	for end := max(n, isakmpIDHead); end+4+hash <= len(plain); end++ {
		if plain[end+1] != 0 || int(binary.BigEndian.Uint16(plain[end+2:])) != 4+hash {
			continue
		}
		if x := c.guessIdentity(a, s, m, bytes.Clone(plain), end, n); x.ok() {
			return x
		}
	}
	if n > isakmpIDHead+4 { // an IPv4 address ends inside the block
		return c.guessIdentity(a, s, m, bytes.Clone(plain), isakmpIDHead+4, n)
	}
	return opened{}
}

// isakmpIDHead is the length of an ID payload without its data: generic header,
// type, protocol and port.
const isakmpIDHead = 8

// idForms are the protocol and port pairs that daemons put into a phase 1 ID
// payload (RFC 2407, section 4.6.2: 0/0 or UDP/500).
var idForms = [][3]byte{{0, 0, 0}, {17, 500 >> 8, 500 & 255}, {17, 0, 0}, {17, 4500 >> 8, 4500 & 255}}

// guessIdentity tries the forms of an ID payload of length end.
func (c *Conversation) guessIdentity(a *attempt, s Speaker, m *Message, plain []byte, end, lost int) opened {
	plain[0], plain[1] = byte(isakmp.PayloadHash), 0
	binary.BigEndian.PutUint16(plain[2:], uint16(end))
	for _, data := range c.idData(s, plain[isakmpIDHead:end], lost) {
		copy(plain[isakmpIDHead:], data)
		if end < lost { // the HASH payload's header is lost too
			binary.BigEndian.PutUint32(plain[end:], uint32(4+a.material.PRF.Size))
			plain[end] = byte(behindProof(plain, end, a))
		}
		for t := byte(isakmp.IDIPv4); t <= byte(isakmp.IDKeyID); t++ {
			for _, f := range idForms {
				plain[4] = t
				copy(plain[5:8], f[:])
				if a.matches(c, s, plain[4:end], hashIn(plain, end, a)) {
					x := readChain(isakmp.PayloadID, plain, false)
					x.healed = lost
					return x
				}
			}
		}
	}
	return opened{}
}

func hashIn(plain []byte, end int, a *attempt) []byte {
	at := end + 4
	return plain[min(at, len(plain)):min(at+a.material.PRF.Size, len(plain))]
}

// idData lists what the lost octets of the ID's data may have been: nothing of it
// was lost with an 8-octet block; else the peer's address, if it has that length.
func (c *Conversation) idData(s Speaker, seen []byte, lost int) [][]byte {
	if lost <= isakmpIDHead {
		return [][]byte{seen}
	}
	peers := []netip.Addr{c.Initiator.Addr(), c.Responder.Addr()}
	if s == Responder {
		peers[0], peers[1] = peers[1], peers[0]
	}
	var all [][]byte
	for _, p := range peers {
		if b := p.AsSlice(); len(b) == len(seen) {
			all = append(all, b)
		}
	}
	return all
}

// behindProof guesses what follows a HASH payload whose header is lost: the
// notification of an initial contact (RFC 2407, section 4.6.3.3), or nothing.
func behindProof(plain []byte, end int, a *attempt) isakmp.PayloadType {
	at := end + 4 + a.material.PRF.Size
	if at < len(plain) && readChain(isakmp.PayloadNotify, plain[at:], false).ok() {
		return isakmp.PayloadNotify
	}
	return isakmp.PayloadNone
}
