package ikestate_test

import (
	"bytes"
	"crypto/aes"
	"encoding/binary"
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// ownPrime is a safe prime of 512 bits that no registry has.
const ownPrime = "c6a53876ee6617b7ae421bfe0ed9c5df0f61624bd83afb414dd7193d7ad3fc53" +
	"aeda8661e288d7d561823fbd97239c6eb791f7797bcb813282c9b0733ef48d53"

func safePrime(t *testing.T) []byte { return unhex(t, ownPrime) }

// New Group Mode agrees on a group, and a Quick Mode uses it for PFS.
func TestNewGroupMode(t *testing.T) {
	prime := safePrime(t)
	own, err := suite.MODPGroup(prime, []byte{3})
	if err != nil {
		t.Fatal(err)
	}
	const number = 40000 // of the private range
	s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
	s.speak()
	sa := groupOffer(number, prime, 3)
	mid := uint32(0x0a0b0c0d)
	iv := s.digest(s.iv, binary.BigEndian.AppendUint32(nil, mid))[:aes.BlockSize]
	for by := range 2 {
		iv = s.encrypt(by, isakmp.ExchangeNewGroup, mid, iv, s.hashed(mid, []isakmp.Payload{payload(isakmp.PayloadSA, sa)}))
	}
	q := newQuick(3)
	q.pfs, q.pfsID = own, number
	s.quick(q)
	r := s.ring()
	r.DHs = append(r.DHs, secrets.DH{Private: keymat.NewSecret(pfsPrivate[1]), Source: secrets.Source{File: "pfs"}})
	c := oneConversation(t, solve(t, s.sent, r))
	var g *ikestate.NewGroup
	for _, x := range c.Exchanges {
		if x.NewGroup != nil {
			g = x.NewGroup
		}
	}
	if g == nil || g.State != ikestate.Established || len(g.Chosen) != 1 || !bytes.Equal(g.Chosen[0].Attributes.Prime, prime) {
		t.Fatalf("new group %+v", g)
	}
	if g.Flights[0].Verified != ikestate.Verified || g.Flights[1].Verified != ikestate.Verified || g.Flights[1].Position != 2 {
		t.Error("HASH(1) or HASH(2) of New Group Mode")
	}
	public, err := own.Public(pfsPrivate[0])
	if err != nil {
		t.Fatal(err)
	}
	gxy, err := own.Shared(pfsPrivate[1], public)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.IPsecSAs) != 2 {
		t.Fatalf("%d SAs", len(c.IPsecSAs))
	}
	for _, sa := range c.IPsecSAs {
		by := int(sa.SPI&3) - 1
		want := s.keymat(q, by, gxy)
		if len(sa.Keys) != 1 || !bytes.Equal(sa.Keys[0].Encryption.Bytes(), want[:16]) || !bytes.Equal(sa.Keys[0].Integrity.Bytes(), want[16:]) {
			t.Errorf("SA 0x%08x: %d keys, or wrong ones", sa.SPI, len(sa.Keys))
		}
	}
}

// groupOffer describes a MODP group under a number (RFC 2409, appendix A).
func groupOffer(number uint16, prime []byte, generator byte) []byte {
	list := binary.BigEndian.AppendUint16([]byte{0x80, 4}, number)
	list = append(list, 0x80, 5, 0, 1)
	list = binary.BigEndian.AppendUint16(append(list, 0, 6), uint16(len(prime)))
	list = append(append(list, prime...), 0x80, 7, 0, generator)
	transform := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(8+len(list)))
	transform = append(append(transform, 1, 1, 0, 0), list...)
	proposal := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(8+len(transform)))
	proposal = append(append(proposal, 1, 1, 0, 1), transform...)
	return append([]byte{0, 0, 0, 1, 0, 0, 0, 1}, proposal...)
}

// A group whose parameters travel in the SA payload of phase 1 (RFC 2409, appendix
// A, attributes 5 to 7).
func TestGroupInThePhase1Proposal(t *testing.T) {
	prime := safePrime(t)
	own, err := suite.MODPGroup(prime, []byte{3})
	if err != nil {
		t.Fatal(err)
	}
	s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
	for i := range s.side {
		if s.side[i].public, err = own.Public(s.side[i].private); err != nil {
			t.Fatal(err)
		}
	}
	if s.gxy, err = own.Shared(s.side[0].private, s.side[1].public); err != nil {
		t.Fatal(err)
	}
	offer := groupOffer(0, prime, 3)
	// The transform gets cipher, hash and method in the place of the group's number.
	at := bytes.Index(offer, []byte{0x80, 4, 0, 0})
	head := []byte{0x80, 1, 0, 7, 0x80, 14, 0, 128, 0x80, 2, 0, 2, 0x80, 3, 0, 1}
	offer = slices.Concat(offer[:at], head, offer[at+4:])
	for _, length := range []int{10, 18} { // of proposal and transform
		binary.BigEndian.PutUint16(offer[length:], binary.BigEndian.Uint16(offer[length:])+12)
	}
	s.sa = offer
	c := oneConversation(t, solve(t, s.speak(), s.ring()))
	if c.Phase1.HashI != ikestate.Verified || len(c.Deletes) != 1 || c.Phase1.Chosen.Group.Bits != len(prime)*8 {
		t.Errorf("%s, %d Deletes, group %q", c.Phase1.HashI, len(c.Deletes), c.Phase1.Chosen.GroupName)
	}
}
