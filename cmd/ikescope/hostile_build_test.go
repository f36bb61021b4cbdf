package main

import (
	"bytes"
	"encoding/binary"
	"testing"

	"ikescope/pcaps"
)

// raw makes a capture of IP datagrams.
func raw(datagrams ...[]byte) []byte { return captured(pcaps.LinkRaw, datagrams...) }

// captured makes a capture of frames, a millisecond apart.
func captured(link pcaps.LinkType, frames ...[]byte) []byte {
	var b bytes.Buffer
	w := pcaps.NewWriter(&b, pcaps.FormatPcap, pcaps.WriterOptions{})
	if _, err := w.AddInterface(pcaps.Interface{Link: link}); err != nil {
		panic(err)
	}
	for i, f := range frames {
		if err := w.Write(0, 1_700_000_000e9+int64(i)*1e6, f); err != nil {
			panic(err)
		}
	}
	if err := w.Flush(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// u8 to u32 are octets in network byte order.
func u8(v ...int) (b []byte) {
	for _, x := range v {
		b = append(b, byte(x))
	}
	return b
}

func u16(v ...int) (b []byte) {
	for _, x := range v {
		b = binary.BigEndian.AppendUint16(b, uint16(x))
	}
	return b
}

func u32(v ...int64) (b []byte) {
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, uint32(x))
	}
	return b
}

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func fill(n int) []byte { return bytes.Repeat([]byte{0x5a}, n) }

// put replaces octets in a copy of b.
func put(b []byte, at int, octets ...byte) []byte {
	b = bytes.Clone(b)
	copy(b[at:], octets)
	return b
}

// The peers of made captures.
var addrA, addrB = []byte{192, 0, 2, 1}, []byte{192, 0, 2, 2}

// ip4 is a datagram from A to B.
func ip4(protocol int, payload ...[]byte) []byte {
	return ip4Between(addrA, addrB, protocol, payload...)
}

func ip4Between(src, dst []byte, protocol int, payload ...[]byte) []byte {
	p := cat(payload...)
	return cat(u8(0x45, 0), u16(20+len(p)), u8(0, 1, 0, 0, 64, protocol, 0, 0), src, dst, p)
}

// fragment is a part of a datagram with an identifier: octets from at on.
func fragment(id, at int, more bool, protocol int, octets []byte) []byte {
	b := ip4(protocol, octets)
	binary.BigEndian.PutUint16(b[4:], uint16(id))
	v := uint16(at / 8)
	if more {
		v |= 0x2000
	}
	binary.BigEndian.PutUint16(b[6:], v)
	return b
}

func ip6(next int, payload ...[]byte) []byte {
	p := cat(payload...)
	host := func(n byte) []byte { return []byte{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n} }
	return cat(u8(0x60, 0, 0, 0), u16(len(p)), u8(next, 64), host(1), host(2), p)
}

func udp(port int, payload ...[]byte) []byte {
	p := cat(payload...)
	return cat(u16(port, port, 8+len(p)), u8(0, 0), p)
}

// ether is an Ethernet frame with an IPv4 datagram.
func ether(datagram ...[]byte) []byte { return cat(fill(12), u16(0x0800), cat(datagram...)) }

// ike is a datagram from A to B with a message of IKE.
func ike(message []byte) []byte { return ip4(17, udp(500, message)) }

// answered is one from B to A.
func answered(message []byte) []byte { return ip4Between(addrB, addrA, 17, udp(500, message)) }

// The cookies of made conversations.
var cookieI, cookieR, noCookie = fill(8), []byte("RESPONDE"), make([]byte, 8)

// message is an IKE message of version 1, without a message ID, with payloads as
// chain makes them.
func message(exchange int, responder []byte, first int, payloads []byte) []byte {
	return header(cookieI, responder, first, 0x10, exchange, 0, 0, 28+len(payloads), payloads)
}

func header(i, r []byte, first, version, exchange, flags int, id int64, length int, body []byte) []byte {
	return cat(i, r, u8(first, version, exchange, flags), u32(id, int64(length)), body)
}

// payload is one of IKE: its type and body.
type payload struct {
	kind int
	body []byte
}

// chain joins payloads; the type of the first is returned too.
func chain(parts ...payload) (first int, b []byte) {
	for i, p := range parts {
		next := 0
		if i+1 < len(parts) {
			next = parts[i+1].kind
		}
		b = cat(b, u8(next, 0), u16(4+len(p.body)), p.body)
	}
	return parts[0].kind, b
}

// main1 is message 1 of Main Mode with these payloads.
func main1(parts ...payload) []byte {
	first, body := chain(parts...)
	return message(2, noCookie, first, body)
}

// sa is the body of an SA payload of phase 1 (RFC 2408, section 3.4) around
// proposals.
func sa(proposals ...[]byte) []byte { return cat(u32(1, 1), cat(proposals...)) }

// proposal is an ISAKMP proposal; more says that another one follows.
func proposal(more, count int, transforms ...[]byte) []byte {
	b := cat(transforms...)
	return cat(u8(more, 0), u16(8+len(b)), u8(1, 1, 0, count), b)
}

// transform is one of phase 1: more is 3 where another one follows.
func transform(more int, attributes ...[]byte) []byte {
	b := cat(attributes...)
	return cat(u8(more, 0), u16(8+len(b)), u8(1, 1, 0, 0), b)
}

// basic is an attribute with a value of two octets (RFC 2408, section 3.3).
func basic(class, value int) []byte { return u16(0x8000|class, value) }

// usual are the attributes of AES-128, SHA-1, MODP 1024, pre-shared key.
var usual = cat(basic(1, 7), basic(14, 128), basic(2, 2), basic(4, 2), basic(3, 1))

// offer is a sound SA payload.
func offer() payload { return payload{1, sa(proposal(0, 1, transform(0, usual)))} }

// talk is a conversation up to the key exchange: sound, but for what replaces its
// KE and nonce payloads.
func talk(ke, nonce []byte) [][]byte {
	firstSA, offered := chain(offer())
	firstKE, exchanged := chain(payload{4, ke}, payload{10, nonce})
	return [][]byte{
		ike(message(2, noCookie, firstSA, offered)), answered(message(2, cookieR, firstSA, offered)),
		ike(message(2, cookieR, firstKE, exchanged)), answered(message(2, cookieR, firstKE, exchanged)),
	}
}

func TestMadeMessagesAreSound(t *testing.T) {
	survive(t, hostile{name: "sound", capture: raw(talk(fill(128), fill(16))...), says: "pre-shared key|packet"})
}
