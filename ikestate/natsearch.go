package ikestate

import (
	"bytes"
	"encoding/binary"
	"hash"
	"iter"
	"net/netip"
	"slices"

	"ikescope/decode/isakmp"
)

// maxNATHashes bounds the search for the addresses behind NAT-D hashes, over all
// conversations of an engine: about a second's work.
const maxNATHashes = 8 << 20

// natSearch looks for the addresses behind NAT-D hashes of a conversation.
type natSearch struct {
	hash      hash.Hash
	prefix    []byte // CKY-I | CKY-R
	near      []netip.Addr
	budget    *int // hashes left
	exhausted bool
	sum       []byte
}

// natSearch prepares a search, nil where the hash is unknown.
func (c *Conversation) natSearch() *natSearch {
	h := c.natHash()
	if !h.Computable() {
		return nil
	}
	s := &natSearch{hash: h.New(), budget: c.natBudget, near: c.nearAddresses()}
	s.prefix = append(append(s.prefix, c.CookieI[:]...), c.CookieR[:]...)
	if s.budget == nil {
		s.budget = new(int)
		*s.budget = maxNATHashes
	}
	return s
}

// nearAddresses are those that the conversation mentions somewhere.
func (c *Conversation) nearAddresses() (all []netip.Addr) {
	add := func(a netip.Addr) {
		if a = a.Unmap(); a.IsValid() && !slices.Contains(all, a) && len(all) < maxNear {
			all = append(all, a)
		}
	}
	ids := []*isakmp.ID{c.Phase1.IDii, c.Phase1.IDir}
	for _, x := range c.Exchanges {
		if q := x.Quick; q != nil {
			ids = append(ids, q.IDci, q.IDcr)
			add(q.OriginalI)
			add(q.OriginalR)
		}
	}
	for _, id := range ids {
		if id != nil {
			if p, ok := id.Prefix(); ok {
				add(p.Addr())
			}
		}
	}
	for _, m := range c.Messages {
		add(m.Src.Addr())
		add(m.Dst.Addr())
		for _, r := range m.Repeats {
			add(r.Src.Addr())
			add(r.Dst.Addr())
		}
	}
	return all
}

const maxNear = 256

// find returns the address that one of the hashes is of: the one in the capture, one
// that is mentioned, else, if far is set, a private one.
func (s *natSearch) find(hashes [][]byte, at netip.AddrPort, far bool) netip.AddrPort {
	if s == nil {
		return netip.AddrPort{}
	}
	ports := []uint16{at.Port()}
	for _, p := range []uint16{portIKE, 4500} {
		if !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
	}
	for _, a := range append([]netip.Addr{at.Addr().Unmap()}, s.near...) {
		for _, p := range ports {
			if s.matches(hashes, a.AsSlice(), p) {
				return netip.AddrPortFrom(a, p)
			}
		}
	}
	if far && at.Addr().Unmap().Is4() {
		return s.findPrivate(hashes, ports[:1])
	}
	return netip.AddrPort{}
}

func (s *natSearch) findPrivate(hashes [][]byte, ports []uint16) netip.AddrPort {
	for a := range privateAddresses() {
		for _, p := range ports {
			if *s.budget <= 0 {
				s.exhausted = true
				return netip.AddrPort{}
			}
			*s.budget--
			if s.matches(hashes, a[:], p) {
				return netip.AddrPortFrom(netip.AddrFrom4(a), p)
			}
		}
	}
	return netip.AddrPort{}
}

// matches reports whether one of the hashes is that of an address and port.
func (s *natSearch) matches(hashes [][]byte, addr []byte, port uint16) bool {
	s.hash.Reset()
	s.hash.Write(s.prefix)
	s.hash.Write(addr)
	s.hash.Write(binary.BigEndian.AppendUint16(s.sum[:0], port))
	s.sum = s.hash.Sum(s.sum[:0])
	for _, h := range hashes {
		if bytes.Equal(h, s.sum) {
			return true
		}
	}
	return false
}

// usualHosts are the last octets that hosts have in small networks.
var usualHosts = []byte{1, 2, 3, 5, 10, 50, 100, 101, 200, 254}

// privateAddresses yields the private addresses that are tried (RFC 1918): all of
// 192.168.0.0/16, 10.0.0.0/16 and 172.16.0.0/16, and of the rest of 10.0.0.0/8 and
// 172.16.0.0/12 the usual hosts of each network of 256.
func privateAddresses() iter.Seq[[4]byte] {
	return func(yield func([4]byte) bool) {
		for _, block := range [][2]byte{{192, 168}, {10, 0}, {172, 16}} {
			for n := range 1 << 16 {
				if !yield([4]byte{block[0], block[1], byte(n >> 8), byte(n)}) {
					return
				}
			}
		}
		for n := range 1 << 16 {
			for _, host := range usualHosts {
				if !yield([4]byte{10, byte(n >> 8), byte(n), host}) {
					return
				}
			}
		}
		for n := range 15 << 8 {
			for _, host := range usualHosts {
				if !yield([4]byte{172, 17 + byte(n>>8), byte(n), host}) {
					return
				}
			}
		}
	}
}
