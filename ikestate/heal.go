package ikestate

import (
	"bytes"
	"encoding/binary"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// behindHash lists what may follow the HASH payload of a protected message, by
// exchange (RFC 2409, sections 5.5 to 5.7; draft-ietf-ipsec-isakmp-xauth).
var behindHash = map[isakmp.ExchangeType][]isakmp.PayloadType{
	isakmp.ExchangeQuick:         {isakmp.PayloadSA, isakmp.PayloadNone, isakmp.PayloadNotify},
	isakmp.ExchangeInformational: {isakmp.PayloadDelete, isakmp.PayloadNotify},
	isakmp.ExchangeTransaction:   {isakmp.PayloadAttributes},
	isakmp.ExchangeNewGroup:      {isakmp.PayloadSA},
}

// heal opens a message whose vector is unknown. CBC then garbles the first block
// only (NIST SP 800-38A, section 6.2), and that block holds the generic header
// of the HASH payload and the first octets of the hash: the header is rebuilt
// from the exchange's form, the hash is computed, and its remaining octets, which
// did decrypt, prove the guess. Where the hash cannot be computed, a payload
// chain that ends exactly at the padding is taken as read, but unverified.
func (p protection) heal(x *Exchange, m *Message, others []opened) opened {
	n := p.cipher.BlockLen
	body := m.wholeBlocks(n)
	if len(body) < max(4+p.prf.Size, n) {
		return opened{}
	}
	plain, err := keymat.DecryptCBC(p.cipher, p.key, make([]byte, n), body)
	if err != nil {
		return opened{}
	}
	ns := p.nonces(x, others)
	var unproved opened
	for _, next := range behindHash[x.Type] {
		o := p.rebuild(x, m, bytes.Clone(plain), next, ns)
		if o.verified == Verified {
			return o
		}
		if o.ok() && next != isakmp.PayloadNone && !unproved.ok() {
			unproved = o
		}
	}
	if p.a.IsZero() || m.Missing > 0 || x.Type == isakmp.ExchangeQuick && !ns.proved {
		return unproved
	}
	return opened{}
}

// rebuild writes the HASH payload's header, reads the chain, and compares what
// decrypted of the hash with each form that the exchange has.
func (p protection) rebuild(x *Exchange, m *Message, plain []byte, next isakmp.PayloadType, n nonces) opened {
	size, block := 4+p.prf.Size, p.cipher.BlockLen
	plain[0], plain[1] = byte(next), 0
	binary.BigEndian.PutUint16(plain[2:], uint16(size))
	o := readChain(isakmp.PayloadHash, plain, m.Missing > 0)
	if !o.ok() || next == isakmp.PayloadDelete && !o.cut && !isDelete(o.payloads[1:]) {
		return opened{}
	}
	o.healed = block
	if p.a.IsZero() || o.cut {
		return o
	}
	if n.i == nil {
		n.i = o.payload(isakmp.PayloadNonce)
	}
	for i, want := range p.hashes(x, afterHash(o), n) {
		if want == nil || !bytes.Equal(plain[block:max(size, block)], want[min(block-4, len(want)):]) {
			continue
		}
		copy(plain[4:size], want)
		o.position, o.verified = provenPosition(x, o, i), Verified
		return o
	}
	return o
}

// isDelete reports whether the first payload can be a Delete. A hash does not cover
// the type of the payload behind it, and a notification can look the same only with
// as many SPIs behind it as its type has units.
func isDelete(ps []isakmp.Payload) bool {
	if len(ps) == 0 {
		return false
	}
	d, err := isakmp.ParseDelete(ps[0].Body)
	return err == nil && d.Count > 0
}
