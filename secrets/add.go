package secrets

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"slices"

	"ikescope/keymat"
)

// digest stands for an entry's content, its source left out. Keeping digests and not the content avoids one more copy of
// each secret in memory. It is 128 bits long and its seeds are the process's own, so that nobody can make two entries meet.
type digest [2]uint64

var digestSeeds = [...]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// adder adds entries to a ring once each.
type adder struct {
	ring  *Ring
	mixer mixer
	psks  map[digest]int // place in ring.PSKs
	ppks  map[digest]int // place in ring.PPKs
	seen  map[digest]struct{}
}

func newAdder(r *Ring) *adder {
	a := &adder{ring: r, psks: map[digest]int{}, ppks: map[digest]int{}, seen: map[digest]struct{}{}}
	for i, p := range r.PSKs {
		a.psks[a.pskDigest(p)] = i
	}
	for i, p := range r.PPKs {
		a.ppks[a.ppkDigest(p)] = i
	}
	for _, d := range r.DHs {
		a.isNew(a.dhDigest(d))
	}
	for _, i := range r.ISAKMPs {
		a.isNew(a.isakmpDigest(i))
	}
	for _, i := range r.IKEv2s {
		a.isNew(a.ikev2Digest(i))
	}
	for _, e := range r.ESPs {
		a.isNew(a.espDigest(e))
	}
	for _, k := range r.RSAKeys {
		a.isNew(a.rsaKeyDigest(k))
	}
	return a
}

func (a *adder) isNew(d digest) bool {
	if _, old := a.seen[d]; old {
		return false
	}
	a.seen[d] = struct{}{}
	return true
}

func (a *adder) psk(p PSK) {
	d := a.pskDigest(p)
	at, old := a.psks[d]
	if !old {
		a.psks[d] = len(a.ring.PSKs)
		p.IDs = slices.Clone(p.IDs)
		p.Only = p.Only && len(p.IDs) > 0
		a.ring.PSKs = append(a.ring.PSKs, p)
		return
	}
	have := &a.ring.PSKs[at]
	have.IDs = union(have.IDs, p.IDs)
	have.Only = have.Only && p.Only && len(have.IDs) > 0
}

func (a *adder) ppk(p PPK) {
	d := a.ppkDigest(p)
	at, old := a.ppks[d]
	if !old {
		a.ppks[d] = len(a.ring.PPKs)
		p.IDs = slices.Clone(p.IDs)
		a.ring.PPKs = append(a.ring.PPKs, p)
		return
	}
	have := &a.ring.PPKs[at]
	have.IDs = union(have.IDs, p.IDs)
}

// union is the peers of two entries with one key; an entry without identities is for all peers, and so is the union.
// So is one of more than maxIDs: to try a key too often is harmless.
func union(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	for _, id := range b {
		if slices.Contains(a, id) {
			continue
		}
		if len(a) == maxIDs {
			return nil
		}
		a = append(a, id)
	}
	return a
}

func (a *adder) dh(d DH) {
	if a.isNew(a.dhDigest(d)) {
		a.ring.DHs = append(a.ring.DHs, d)
	}
}

func (a *adder) isakmp(i ISAKMP) {
	if a.isNew(a.isakmpDigest(i)) {
		a.ring.ISAKMPs = append(a.ring.ISAKMPs, i)
	}
}

func (a *adder) ikev2(i IKEv2) {
	if a.isNew(a.ikev2Digest(i)) {
		a.ring.IKEv2s = append(a.ring.IKEv2s, i)
	}
}

func (a *adder) esp(e ESP) {
	if !a.isNew(a.espDigest(e)) {
		return
	}
	if n := len(a.ring.ESPs); n == cap(a.ring.ESPs) { // append would grow by a quarter, and copy entries several times
		a.ring.ESPs = slices.Grow(a.ring.ESPs, max(1, n))
	}
	a.ring.ESPs = append(a.ring.ESPs, e)
}

// mixer strings fields together with their lengths, so that no two different entries look alike.
type mixer struct{ b []byte }

func (a *adder) mix(kind string) *mixer {
	a.mixer.b = a.mixer.b[:0]
	a.mixer.text(kind)
	return &a.mixer
}

func (m *mixer) length(n int) { m.b = binary.BigEndian.AppendUint32(m.b, uint32(n)) }

func (m *mixer) octets(b []byte) {
	m.length(len(b))
	m.b = append(m.b, b...)
}

func (m *mixer) text(s string) {
	m.length(len(s))
	m.b = append(m.b, s...)
}

func (m *mixer) addr(a netip.Addr) {
	b := a.As16()
	m.octets(b[:])
	m.text(a.Zone())
	m.length(a.BitLen())
}

func (m *mixer) secrets(ss ...keymat.Secret) {
	for _, s := range ss {
		m.octets(s.Bytes())
	}
}

func (m *mixer) cookie(c *[8]byte) {
	if c == nil {
		m.octets(nil)
		return
	}
	m.octets(c[:])
}

// sum wipes the octets, among which are secrets.
func (m *mixer) sum() digest {
	d := digest{maphash.Bytes(digestSeeds[0], m.b), maphash.Bytes(digestSeeds[1], m.b)}
	clear(m.b)
	return d
}

func (a *adder) pskDigest(p PSK) digest {
	m := a.mix("psk")
	m.secrets(p.Secret)
	return m.sum()
}

func (a *adder) ppkDigest(p PPK) digest {
	m := a.mix("ppk")
	m.secrets(p.Secret)
	return m.sum()
}

func (a *adder) dhDigest(d DH) digest {
	m := a.mix("dh")
	m.secrets(d.Private, d.Shared, d.Further)
	return m.sum()
}

func (a *adder) isakmpDigest(i ISAKMP) digest {
	m := a.mix("isakmp")
	m.cookie(i.CookieI)
	m.cookie(i.CookieR)
	m.secrets(i.SKEYID, i.SKEYIDd, i.SKEYIDa, i.SKEYIDe, i.CipherKey, i.InitialIV)
	return m.sum()
}

func (a *adder) ikev2Digest(i IKEv2) digest {
	m := a.mix("ike")
	m.cookie(i.SPIi)
	m.cookie(i.SPIr)
	m.secrets(i.SKEYSEED, i.SKd, i.SKai, i.SKar, i.SKei, i.SKer, i.SKpi, i.SKpr)
	m.text(i.Encryption)
	m.text(i.Integrity)
	return m.sum()
}

func (a *adder) espDigest(e ESP) digest {
	m := a.mix("esp")
	esn := byte(0)
	if e.ESN {
		esn = 1
	}
	m.octets([]byte{e.Protocol, esn, byte(e.UncheckedICV), byte(e.SPI >> 24), byte(e.SPI >> 16), byte(e.SPI >> 8), byte(e.SPI)})
	m.addr(e.Src)
	m.addr(e.Dst)
	m.text(e.Encryption)
	m.text(e.Integrity)
	m.secrets(e.EncryptionKey, e.IntegrityKey, e.Keymat)
	return m.sum()
}
