package esp

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"testing"
)

// publishedAH is a row of testdata/ah.json.gz. The datagrams are IPv4 without
// options.
type publishedAH struct {
	algorithms
	Name   string `json:"name"`
	Mode   string `json:"mode"`
	Packet octets `json:"packet"`
	Inner  octets `json:"inner"`
}

func TestPublishedAH(t *testing.T) {
	var w Worker
	for _, c := range load[publishedAH](t, "ah", 3) {
		sa := c.sa(t)
		packet := bytes.Clone(c.Packet)
		if v, err := w.VerifyAH(sa, packet, 20, 0); v != OK || err != nil {
			t.Errorf("%s: %v, %v", c.Name, v, err)
		}
		if !bytes.Equal(packet, c.Packet) {
			t.Errorf("%s: the datagram was touched", c.Name)
		}
		ah, err := ParseAH(packet, 20)
		if err != nil {
			t.Fatal(err)
		}
		inner := ah.Payload
		if c.Mode == "transport" {
			inner, err = AppendTransport(nil, packet, 20, 9, ah.NextHeader, ah.Payload)
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(inner, c.Inner) {
			t.Errorf("%s:\n%x, want\n%x", c.Name, inner, c.Inner)
		}
		if v, _ := w.VerifyAH(sa, append(packet, "Ethernet padding"...), 20, 0); v != OK {
			t.Errorf("%s: octets behind the datagram: %v", c.Name, v)
		}
	}
}

// The fields that change on the way may have any value; every other octet
// counts (RFC 4302, section 3.3.3.1.1.1).
func TestAHEveryOctetOfIPv4(t *testing.T) {
	mutable := map[int]bool{1: true, 6: true, 7: true, 8: true, 10: true, 11: true}
	// A change of these is found before the ICV is: version and header
	// length, total length, the AH's own length.
	structure := map[int]bool{0: true, 2: true, 3: true, 21: true}
	var w Worker
	for _, c := range load[publishedAH](t, "ah", 3) {
		sa := c.sa(t)
		for i := range c.Packet {
			packet := bytes.Clone(c.Packet)
			packet[i] ^= 4
			v, err := w.VerifyAH(sa, packet, 20, 0)
			switch {
			case mutable[i] && v != OK:
				t.Errorf("%s: octet %d changed: %v, %v", c.Name, i, v, err)
			case !mutable[i] && v == OK, !structure[i] && !mutable[i] && v != ICVFailed:
				t.Errorf("%s: octet %d changed: %v, %v", c.Name, i, v, err)
			}
		}
		if v, _ := w.VerifyAH(sa, c.Packet[:len(c.Packet)-1], 20, 0); v != Cut {
			t.Errorf("%s: cut: %v", c.Name, v)
		}
		for n := range len(c.Packet) {
			if v, _ := w.VerifyAH(sa, c.Packet[:n:n], 20, 0); v == OK {
				t.Errorf("%s: %d octets verified", c.Name, n)
			}
		}
	}
}

// ahCase is a datagram as it is on the wire in transit, and what RFC 4302 says
// the ICV is computed over, written down by hand.
type ahCase struct {
	wire, covered []byte
	at            int
	sealed        []byte // wire with the ICV
}

func (c ahCase) seal(key []byte, esn []byte) ahCase {
	h := hmac.New(sha1.New, key)
	h.Write(c.covered)
	h.Write(esn)
	c.sealed = bytes.Clone(c.wire)
	copy(c.sealed[c.at+12:], h.Sum(nil)[:12])
	return c
}

// ahHeader is AH with next header 17 and room for 12 octets of ICV.
var ahHeader = []byte{17, 4, 0, 0, 0, 0, 1, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

var ahKey = []byte("twenty octets of key")

func ahSHA1(t testing.TB, esn bool) *SA {
	return mustSA(t, Params{Integrity: integrityNamed(t, "hmac-sha1-96"), IntegrityKey: ahKey, ESN: esn})
}

func ah4Packet(options, covered []byte, destination, arrives [4]byte) ahCase {
	header := func(tos, flags, ttl byte, sum uint16, dst [4]byte, options []byte) []byte {
		b := []byte{0x40 | byte(5+len(options)/4), tos, 0, 0, 0x12, 0x34, flags, 0, ttl, 51, byte(sum >> 8), byte(sum), 10, 0, 0, 1}
		b = append(append(append(b, dst[:]...), options...), ahHeader...)
		b = append(b, "payload"...)
		binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
		return b
	}
	return ahCase{
		wire:    header(0xb8, 0x40, 61, 0xbeef, destination, options),
		covered: header(0, 0, 0, 0, arrives, covered),
		at:      20 + len(options),
	}.seal(ahKey, nil)
}

// Options of RFC 4302, appendix A1.
func TestAHOptionsOfIPv4(t *testing.T) {
	here, last := [4]byte{10, 0, 0, 2}, [4]byte{10, 9, 9, 9}
	var w Worker
	for _, c := range []struct {
		name             string
		options, covered []byte
		arrives          [4]byte
	}{
		{"router alert stays", []byte{148, 4, 1, 2}, []byte{148, 4, 1, 2}, here},
		{"timestamp goes", []byte{68, 8, 5, 0, 1, 2, 3, 4}, make([]byte, 8), here},
		{"record route goes, no-operation stays", []byte{1, 7, 7, 4, 1, 2, 3, 4}, []byte{1, 0, 0, 0, 0, 0, 0, 0}, here},
		{"security stays", []byte{130, 4, 9, 9, 1, 1, 1, 0}, []byte{130, 4, 9, 9, 1, 1, 1, 0}, here},
		{"octets behind the end stay", []byte{0, 68, 200, 1}, []byte{0, 68, 200, 1}, here},
		{"loose route not used up", []byte{1, 131, 11, 4, 10, 1, 1, 1, 10, 9, 9, 9}, append([]byte{1}, make([]byte, 11)...), last},
		{"strict route used up", []byte{137, 7, 8, 10, 1, 1, 1, 0}, make([]byte, 8), here},
		{"unknown option goes", []byte{222, 4, 5, 6}, make([]byte, 4), here},
	} {
		p := ah4Packet(c.options, c.covered, here, c.arrives)
		if v, err := w.VerifyAH(ahSHA1(t, false), p.sealed, p.at, 0); v != OK || err != nil {
			t.Errorf("%s: %v, %v", c.name, v, err)
		}
	}
	for _, options := range [][]byte{{68, 0, 0, 0}, {68, 1, 0, 0}, {68, 5, 0, 0}, {1, 1, 1, 68}} {
		p := ah4Packet(options, options, here, here)
		_, err := w.VerifyAH(ahSHA1(t, false), p.sealed, p.at, 0)
		var h *HeaderError
		if !errors.As(err, &h) || h.Field != "option length" {
			t.Errorf("options %v: error %v", options, err)
		}
	}
}

// The high half is hashed behind the datagram (RFC 4302, section 3.3.3.2.2).
func TestAHWithESN(t *testing.T) {
	var w Worker
	c := ah6Packet(t).seal(ahKey, []byte{0, 0, 0, 2})
	for hi, want := range []Verdict{ICVFailed, ICVFailed, OK} {
		if v, err := w.VerifyAH(ahSHA1(t, true), c.sealed, c.at, uint32(hi)); v != want || err != nil {
			t.Errorf("high half %d: %v, %v", hi, v, err)
		}
	}
}

// GMAC keeps its IV in front of the ICV, inside what is covered (RFC 4543,
// section 3.3); the high half follows the datagram.
func TestAHWithGMACAndESN(t *testing.T) {
	p := Params{Cipher: cipherNamed(t, "null-auth-aes-gmac-128"), CipherKey: []byte("sixteen octets..salt"), ESN: true}
	header := []byte{6, 7, 0, 0, 0, 0, 1, 1, 0, 0, 0, 7, 'i', 'v', 'i', 'v', 'i', 'v', 'i', 'v'}
	covered := append([]byte{0x45, 0, 0, 60, 0, 0, 0, 0, 0, 51, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}, header...)
	covered = append(append(covered, make([]byte, 16)...), "text"...)
	block, err := p.Cipher.NewBlock(p.CipherKey[:16])
	if err != nil {
		t.Fatal(err)
	}
	icv := newSealer(t, p).gcm(block).Seal(nil, []byte("saltiviviviv"), nil, append(bytes.Clone(covered), 0, 0, 0, 3))
	wire := bytes.Clone(covered)
	wire[1], wire[8], wire[10] = 0xb8, 64, 0x77
	copy(wire[40:], icv)
	var w Worker
	for hi, want := range map[uint32]Verdict{3: OK, 4: ICVFailed} {
		if v, err := w.VerifyAH(mustSA(t, p), wire, 20, hi); v != want || err != nil {
			t.Errorf("high half %d: %v, %v", hi, v, err)
		}
	}
}

// AH has to follow the IPv4 header at once.
func TestAHNotBehindIPv4Header(t *testing.T) {
	c := ah4Packet(nil, nil, [4]byte{1}, [4]byte{1})
	c.sealed[0] = 0x46
	var w Worker
	_, err := w.VerifyAH(ahSHA1(t, false), c.sealed, c.at, 0)
	if err == nil || err.Error() != "esp: ipv4 header: bad header length at octet 0" {
		t.Error(err)
	}
}

func TestAHWithoutItsParts(t *testing.T) {
	var w Worker
	c := ah4Packet(nil, nil, [4]byte{1}, [4]byte{1})
	if v, err := w.VerifyAH(mustSA(t, Params{}), c.sealed, c.at, 0); v != NotVerified || err != nil {
		t.Errorf("no integrity: %v, %v", v, err)
	}
	long := mustSA(t, Params{Integrity: integrityNamed(t, "hmac-sha2-512-256"), IntegrityKey: make([]byte, 64)})
	if v, err := w.VerifyAH(long, c.sealed, c.at, 0); v != TooShort || err != nil {
		t.Errorf("ICV longer than the field: %v, %v", v, err)
	}
	gmac := mustSA(t, Params{Cipher: cipherNamed(t, "null-auth-aes-gmac-128"), CipherKey: make([]byte, 20), ESN: true})
	if v, err := w.VerifyAH(gmac, c.sealed, c.at, 0); v != TooShort || err != nil {
		t.Errorf("IV and ICV longer than the field: %v, %v", v, err)
	}
	for _, b := range [][]byte{nil, {0x45}, {0x15}, make([]byte, 60)} {
		if v, err := w.VerifyAH(long, b, 20, 0); v != Unopened || err == nil {
			t.Errorf("%x: %v, %v", b, v, err)
		}
	}
}

func TestParseAH(t *testing.T) {
	c := ah4Packet(nil, nil, [4]byte{1}, [4]byte{1})
	ah, err := ParseAH(c.sealed, c.at)
	if err != nil || ah.NextHeader != 17 || ah.SPI != 0x101 || ah.Seq != 7 || len(ah.ICV) != 12 || string(ah.Payload) != "payload" {
		t.Errorf("%+v, %v", ah, err)
	}
	for _, n := range []byte{0, 13, 255} { // header of 8, past the end
		c.sealed[c.at+1] = n
		_, err := ParseAH(c.sealed, c.at)
		var h *HeaderError
		if !errors.As(err, &h) || *h != (HeaderError{"ah", "payload length", 21}) {
			t.Errorf("payload length %d: %v", n, err)
		}
	}
	if _, err := ParseAH(c.sealed, len(c.sealed)+1); err == nil {
		t.Error("AH behind the end")
	}
}
