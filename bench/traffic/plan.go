// Package traffic makes captures of ESP of any size for measurements: packets of
// many SAs, without IKE, and the secrets file that opens them. What it writes
// depends on the plan alone.
package traffic

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"

	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/secrets"
	"ikescope/suite"
)

// Plan says what a capture holds.
type Plan struct {
	Packets   int64
	SAs       int
	Cipher    string // contract name: "aes-cbc-128"
	Integrity string // contract name; "" or "none" with an AEAD
	Size      int    // of the inner IPv4 datagrams in octets, at least MinSize
	Burst     int    // packets of one SA in a row; 0: 8
}

// MinSize is the least inner datagram: IPv4 and UDP headers.
const MinSize = 28

const (
	defaultBurst = 8
	firstSPI     = 0x10000000
	start        = 1_700_000_000_000_000_000 // Unix nanoseconds
	interval     = 5_000                     // nanoseconds from packet to packet
)

// sa is one SA of a plan.
type sa struct {
	spi      uint32
	src, dst netip.Addr
	frame    []byte // all headers, then the ESP packet
	seal     sealer
	seq      uint32
}

// Write writes the capture as classic pcap, and the secrets.
func (p Plan) Write(capture, secretsFile io.Writer) error {
	sas, ring, err := p.build()
	if err != nil {
		return err
	}
	if err := secrets.WriteTOML(secretsFile, ring); err != nil {
		return err
	}
	w := pcaps.NewWriter(capture, pcaps.FormatPcap, pcaps.WriterOptions{})
	if _, err := w.AddInterface(pcaps.Interface{Link: pcaps.LinkEthernet}); err != nil {
		return err
	}
	for n := range p.Packets {
		s := sas[(n/p.burst())%int64(len(sas))]
		if err := w.Write(0, start+n*interval, s.next()); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Keys returns what the secrets file holds, with the addresses of each SA.
func (p Plan) Keys() (*secrets.Ring, error) {
	sas, ring, err := p.build()
	if err != nil {
		return nil, err
	}
	for i, s := range sas {
		ring.ESPs[i].Src, ring.ESPs[i].Dst = s.src, s.dst
	}
	return ring, nil
}

// ESP returns the ESP packets of the plan's first SA, without anything around them,
// and its keys.
func (p Plan) ESP() ([][]byte, secrets.ESP, error) {
	sas, ring, err := p.build()
	if err != nil {
		return nil, secrets.ESP{}, err
	}
	var packets [][]byte
	for range p.Packets {
		packets = append(packets, bytes.Clone(sas[0].next()[ethernetLen+ipv4Len:]))
	}
	return packets, ring.ESPs[0], nil
}

func (p Plan) burst() int64 {
	if p.Burst > 0 {
		return int64(p.Burst)
	}
	return defaultBurst
}

// maxSAs is how many SAs have addresses of their own, or share them with a few: the
// SPI tells these apart.
const maxSAs = 1 << 17

// build makes the SAs with their keys.
func (p Plan) build() ([]*sa, *secrets.Ring, error) {
	c, ok := suite.CipherByName(p.Cipher)
	if !ok {
		return nil, nil, fmt.Errorf("no cipher %q", p.Cipher)
	}
	i, ok := suite.IntegrityByName(p.Integrity)
	if !ok && p.Integrity != "" && p.Integrity != "none" {
		return nil, nil, fmt.Errorf("no integrity algorithm %q", p.Integrity)
	}
	if p.SAs < 1 || p.SAs > maxSAs || p.Size < MinSize {
		return nil, nil, fmt.Errorf("%d SAs of %d octets a packet cannot be", p.SAs, p.Size)
	}
	random := rand.NewChaCha8([32]byte{})
	ring := new(secrets.Ring)
	var sas []*sa
	for n := range p.SAs {
		keys := secrets.ESP{
			Protocol: protocolESP, SPI: firstSPI + uint32(n),
			Encryption: p.Cipher, EncryptionKey: randomSecret(random, c.KeymatLen()),
			Integrity: p.Integrity, IntegrityKey: randomSecret(random, i.KeyLen),
		}
		seal, err := newSealer(c, i, keys)
		if err != nil {
			return nil, nil, err
		}
		sas = append(sas, newSA(n, p.Size, seal))
		ring.ESPs = append(ring.ESPs, keys)
	}
	return sas, ring, nil
}

func randomSecret(r *rand.ChaCha8, n int) keymat.Secret {
	b := make([]byte, n)
	r.Read(b)
	return keymat.NewSecret(b)
}

// Lengths and numbers of Ethernet (IEEE 802.3) and IPv4 (RFC 791).
const (
	ethernetLen  = 14
	ipv4Len      = 20
	typeIPv4     = 0x0800
	protocolUDP  = 17
	protocolIPIP = 4
	protocolESP  = 50
	espLen       = 8
)

// newSA prepares the frame that all packets of an SA have but for their sequence
// number and ICV.
func newSA(n, size int, seal sealer) *sa {
	s := &sa{
		spi:  firstSPI + uint32(n),
		src:  netip.AddrFrom4([4]byte{198, 18, byte(n >> 8), byte(n)}),
		dst:  netip.AddrFrom4([4]byte{198, 19, byte(n >> 8), byte(n)}),
		seal: seal,
	}
	inner := appendIPv4(nil, s.src, s.dst, protocolUDP, size)
	inner = append(inner, make([]byte, size-len(inner))...)
	packet := binary.BigEndian.AppendUint32(nil, s.spi)
	packet = binary.BigEndian.AppendUint32(packet, 0)
	packet = seal.prepare(packet, inner)
	s.frame = binary.BigEndian.AppendUint16(make([]byte, ethernetLen-2), typeIPv4)
	s.frame = appendIPv4(s.frame, s.src, s.dst, protocolESP, ipv4Len+len(packet))
	s.frame = append(s.frame, packet...)
	return s
}

// next is the frame of the next packet; its octets are used again.
func (s *sa) next() []byte {
	s.seq++
	packet := s.frame[ethernetLen+ipv4Len:]
	binary.BigEndian.PutUint32(packet[4:], s.seq)
	s.seal.finish(packet)
	return s.frame
}

// appendIPv4 appends the header of a datagram of total octets.
func appendIPv4(b []byte, src, dst netip.Addr, protocol byte, total int) []byte {
	at := len(b)
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(total))
	b = append(b, 0, 0, 0, 0, 64, protocol, 0, 0)
	b = append(append(b, src.AsSlice()...), dst.AsSlice()...)
	var sum uint32
	for i := at; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum = sum>>16 + sum&0xffff
	binary.BigEndian.PutUint16(b[at+10:], ^uint16(sum>>16+sum))
	return b
}
