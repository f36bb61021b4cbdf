package traffic

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/pcaps"
)

// Flood is a capture of very many packets that mean nothing: what somebody sends
// who wants an analyzer to run out of memory or of time.
type Flood struct {
	Kind    string // one of FloodKinds
	Packets int64
}

// floods make the packet of each number behind b, as an IP datagram.
var floods = map[string]func(b []byte, n uint32) []byte{
	"cookies":        func(b []byte, n uint32) []byte { return firstMessage(b, n, n, 0) },
	"answered":       answered,
	"responders":     func(b []byte, n uint32) []byte { return exchanged(b, 0, 1, n, n%2) },
	"v2-cookies":     firstMessageV2,
	"retransmission": func(b []byte, _ uint32) []byte { return firstMessage(b, 1, 1, 0) },
	"informational":  informational,
	"ike-fragments":  func(b []byte, n uint32) []byte { return ikeFragment(b, n, n, 1) },
	"ike-fragment":   func(b []byte, n uint32) []byte { return ikeFragment(b, 1, n/64, byte(n%64+2)) },
	"spis":           unknownSPI,
	"ah-spis":        unknownAH,
	"moves":          moving,
	"fragments":      firstFragment,
	"tcp":            tcpSegment,
	"icmp":           icmpError,
	"nothing":        func(b []byte, _ uint32) []byte { return b },
}

// FloodKinds lists the kinds of floods.
func FloodKinds() []string {
	var kinds []string
	for k := range floods {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// Write writes the capture as classic pcap of raw IP.
func (f Flood) Write(capture io.Writer) error {
	packet := floods[f.Kind]
	if packet == nil {
		return fmt.Errorf("no flood %q: one of %s", f.Kind, strings.Join(FloodKinds(), ", "))
	}
	w := pcaps.NewWriter(capture, pcaps.FormatPcap, pcaps.WriterOptions{})
	if _, err := w.AddInterface(pcaps.Interface{Link: pcaps.LinkRaw}); err != nil {
		return err
	}
	var b []byte
	for n := range f.Packets {
		b = packet(b[:0], uint32(n))
		if err := w.Write(0, start+n*interval, b); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Ports and protocol numbers (IANA).
const (
	portIKE      = 500
	portNAT      = 4500
	protocolTCP  = 6
	protocolICMP = 1
	protocolAH   = 51
	udpLen       = 8
	tcpLen       = 20
)

// peer is the n-th of many addresses, host the one that all packets go to.
func peer(n uint32) uint32 { return 10<<24 | n&0xffffff }

const host = 192<<24 | 2<<8 | 2

// ipv4 appends a header and returns the place of what follows.
func ipv4(b []byte, src, dst uint32, protocol byte, payload int) []byte {
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(ipv4Len+payload))
	b = append(b, 0, 0, 0, 0, 64, protocol, 0, 0)
	b = binary.BigEndian.AppendUint32(b, src)
	return binary.BigEndian.AppendUint32(b, dst)
}

// udp appends IPv4 and UDP headers.
func udp(b []byte, src, dst uint32, payload int) []byte {
	b = ipv4(b, src, dst, protocolUDP, udpLen+payload)
	b = binary.BigEndian.AppendUint16(b, portIKE)
	b = binary.BigEndian.AppendUint16(b, portIKE)
	b = binary.BigEndian.AppendUint16(b, uint16(udpLen+payload))
	return append(b, 0, 0)
}

// ike appends an IKE message in UDP.
func ike(b []byte, src, dst uint32, h isakmp.Header, body []byte) []byte {
	h.Length = uint32(isakmp.HeaderLen + len(body))
	b = udp(b, src, dst, int(h.Length))
	return append(isakmp.AppendHeader(b, h), body...)
}

func cookie(n uint32) (c isakmp.Cookie) {
	binary.BigEndian.PutUint32(c[:], 0xf10d0000)
	binary.BigEndian.PutUint32(c[4:], n+1)
	return c
}

// offer is an SA payload with one transform: AES-128, SHA-1, MODP 1024, pre-shared
// key (RFC 2409, appendix A).
var offer = []byte{
	0, 0, 0, 52, 0, 0, 0, 1, 0, 0, 0, 1,
	0, 0, 0, 40, 1, 1, 0, 1,
	0, 0, 0, 32, 1, 1, 0, 0, 0x80, 1, 0, 7, 0x80, 14, 0, 128, 0x80, 2, 0, 2, 0x80, 4, 0, 2, 0x80, 3, 0, 1, 0x80, 11, 0, 1,
}

// exchanged is a message of Main Mode with an SA payload: of the initiator, or the
// responder's answer.
func exchanged(b []byte, from, i, r, side uint32) []byte {
	h := isakmp.Header{CookieI: cookie(i), NextPayload: isakmp.PayloadSA, Major: 1, Exchange: isakmp.ExchangeMain}
	if side == 0 {
		return ike(b, peer(from), host, h, append(offer[:len(offer):len(offer)], byte(r>>8), byte(r)))
	}
	h.CookieR = cookie(r)
	return ike(b, host, peer(from), h, offer)
}

func firstMessage(b []byte, from, i, _ uint32) []byte { return exchanged(b, from, i, 0, 0) }

// answered is a first message and its answer, again and again.
func answered(b []byte, n uint32) []byte { return exchanged(b, n/2, n/2, n/2, n%2) }

func firstMessageV2(b []byte, n uint32) []byte {
	h := isakmp.Header{CookieI: cookie(n), NextPayload: isakmp.PayloadNonce2, Major: 2, Exchange: 34, Flags: 8}
	return ike(b, peer(n), host, h, append([]byte{0, 0, 0, 20}, make([]byte, 16)...))
}

// informational is an encrypted message of its own message ID.
func informational(b []byte, n uint32) []byte {
	h := isakmp.Header{CookieI: cookie(1), CookieR: cookie(2), NextPayload: isakmp.PayloadHash, Major: 1, Exchange: isakmp.ExchangeInformational, Flags: 1, MessageID: n + 1}
	src, dst := peer(1), uint32(host)
	if n%2 == 1 {
		src, dst = dst, src
	}
	body := make([]byte, 64)
	for at := 0; at < len(body); at += 4 {
		binary.BigEndian.PutUint32(body[at:], n*2654435761)
	}
	return ike(b, src, dst, h, body)
}

// ikeFragment is a fragment of a message of which others never come (Cisco's
// fragments: identifier, number, last).
func ikeFragment(b []byte, i, id uint32, number byte) []byte {
	h := isakmp.Header{CookieI: cookie(i), CookieR: cookie(i), NextPayload: isakmp.PayloadFragment, Major: 1, Exchange: isakmp.ExchangeMain}
	body := append([]byte{0, 0, 2, 8, byte(id >> 8), byte(id), number, 0}, make([]byte, 512)...)
	binary.BigEndian.PutUint32(body[8:], id)
	return ike(b, peer(i), host, h, body)
}

func unknownSPI(b []byte, n uint32) []byte {
	b = ipv4(b, peer(n), host, protocolESP, 72)
	b = binary.BigEndian.AppendUint32(b, firstSPI+n)
	b = binary.BigEndian.AppendUint32(b, 1)
	return append(b, make([]byte, 64)...)
}

func unknownAH(b []byte, n uint32) []byte {
	b = ipv4(b, peer(n), host, protocolAH, 44)
	b = append(b, protocolIPIP, 4, 0, 0)
	b = binary.BigEndian.AppendUint32(b, firstSPI+n)
	b = binary.BigEndian.AppendUint32(b, 1)
	return append(b, make([]byte, 32)...)
}

// moving is one SA whose sender's address changes with each packet.
func moving(b []byte, n uint32) []byte {
	b = ipv4(b, peer(n), host, protocolESP, 72)
	b = binary.BigEndian.AppendUint32(b, firstSPI)
	b = binary.BigEndian.AppendUint32(b, n+1)
	return append(b, make([]byte, 64)...)
}

// firstFragment is the first fragment of a datagram that never gets whole.
func firstFragment(b []byte, n uint32) []byte {
	at := len(b)
	b = udp(b, peer(n/7), host, 1472)
	b = append(b, make([]byte, 1472)...)
	binary.BigEndian.PutUint16(b[at+4:], uint16(n))
	b[at+6] = 0x20 // more fragments
	return b
}

// tcpSegment begins an IKE message in TCP that never gets whole (RFC 9329).
func tcpSegment(b []byte, n uint32) []byte {
	const payload = 64
	b = ipv4(b, peer(n), host, protocolTCP, tcpLen+payload)
	b = binary.BigEndian.AppendUint16(b, uint16(1024+n%50000))
	b = binary.BigEndian.AppendUint16(b, portNAT)
	b = binary.BigEndian.AppendUint32(b, n)
	b = append(b, 0, 0, 0, 0, 5<<4, 0x18, 0xff, 0xff, 0, 0, 0, 0)
	b = append(b, "IKETCP\x10\x00\x00\x00\x00\x00"...)
	return append(b, make([]byte, payload-12)...)
}

// icmpError says that a packet of IKE found its port closed.
func icmpError(b []byte, n uint32) []byte {
	b = ipv4(b, peer(n), host, protocolICMP, 8+ipv4Len+udpLen)
	b = append(b, 3, 3, 0, 0, 0, 0, 0, 0)
	return udp(b, host, peer(n), 100)
}
