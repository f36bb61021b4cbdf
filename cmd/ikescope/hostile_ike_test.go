package main

import (
	"bytes"
	"testing"
)

// IKE in the clear: lengths, counts and numbers that lie.

// alone is a capture of one message.
func alone(m []byte) []byte { return raw(ike(m)) }

// declared is message 1 with another length in its header.
func declared(n int64) []byte {
	m := main1(offer())
	return put(m, 24, u32(n)...)
}

func TestHostileMessageLengths(t *testing.T) {
	m := main1(offer())
	payloadLength := func(n int) []byte { return put(m, 30, u16(n)...) }
	var cuts [][]byte
	for n := range 28 {
		cuts = append(cuts, ike(m[:n]))
	}
	surviveAll(t, []hostile{
		{name: "payload length 0", capture: alone(payloadLength(0)), says: "malformed"},
		{name: "payload length 3", capture: alone(payloadLength(3)), says: "malformed"},
		{name: "payload length 65,535", capture: alone(payloadLength(65535)), says: "malformed"},
		{name: "message length 0", capture: alone(declared(0)), says: "malformed|length"},
		{name: "message length 27", capture: alone(declared(27)), says: "malformed|length"},
		{name: "message length 4 GiB", capture: alone(declared(1<<32 - 1)), says: "malformed|length"},
		{name: "message length short", capture: alone(declared(40)), says: "malformed"},
		{name: "octets behind the message", capture: alone(cat(m, fill(40))), says: "malformed|40 octets"},
		{name: "header cut at each place", capture: raw(append(cuts, ike(m))...), says: "could not be read as IKE"},
		{name: "no payload", capture: alone(message(2, noCookie, 0, nil)), says: "packet"},
		{name: "next payload without room for it", capture: alone(put(m, 28, 10)), says: "malformed"},
	})
}

func TestHostileMessageSizes(t *testing.T) {
	_, vendors := chain(payload{13, nil})
	many := repeat(put(vendors, 0, 13), 16000)
	many[len(many)-4] = 0
	_, notify := chain(payload{11, cat(u32(1), u8(1, 0), u16(24576))})
	notifies := repeat(put(notify, 0, 11), 3000)
	notifies[len(notifies)-len(notify)] = 0
	deep := sa(proposal(0, 1, transform(0, usual)))
	for range 700 {
		_, deep = chain(payload{1, sa(cat(u8(0, 0), u16(8+len(deep)), u8(1, 1, 0, 1), deep))})
	}
	transforms := repeat(transform(3, nil), 8000)
	transforms[len(transforms)-8] = 0
	var proposals []byte
	for i := range 64 {
		more := 2
		if i == 63 {
			more = 0
		}
		eight := repeat(transform(3, usual), 8)
		eight[len(eight)-len(transform(3, usual))] = 0
		proposals = append(proposals, proposal(more, 8, eight)...)
	}
	surviveAll(t, []hostile{
		{name: "16,000 payloads", capture: alone(message(2, noCookie, 13, many)), says: "malformed|more"},
		{name: "3,000 notifications", capture: alone(message(5, cookieR, 11, notifies)), says: "malformed|more"},
		{name: "SA in proposal in SA, 700 deep", capture: alone(main1(payload{1, deep})), says: "malformed"},
		{name: "8,000 transforms", capture: alone(main1(payload{1, sa(proposal(0, 255, transforms))})), says: "malformed|more"},
		{name: "64 proposals of 8 transforms", capture: alone(main1(payload{1, sa(proposals)})), says: "512"},
		{name: "identity of 60,000 octets", capture: alone(message(4, noCookie, 5, cat(u8(0, 0), u16(60008), u8(2, 17), u16(500), fill(60000)))), says: "packet"},
	})
}

func TestHostileProposals(t *testing.T) {
	with := func(attributes ...[]byte) []byte {
		return alone(main1(payload{1, sa(proposal(0, 1, transform(0, attributes...)))}))
	}
	good := transform(0, usual)
	surviveAll(t, []hostile{
		{name: "more transforms announced", capture: alone(main1(payload{1, sa(proposal(0, 9, good))})), says: "malformed"},
		{name: "fewer transforms announced", capture: alone(main1(payload{1, sa(proposal(0, 0, good))})), says: "malformed"},
		{name: "SPI longer than its proposal", capture: alone(main1(payload{1, sa(put(proposal(0, 1, good), 6, 200))})), says: "malformed"},
		{name: "proposal length 0", capture: alone(main1(payload{1, sa(put(proposal(0, 1, good), 2, 0, 0))})), says: "malformed"},
		{name: "transform length 0", capture: alone(main1(payload{1, sa(proposal(0, 1, put(good, 2, 0, 0)))})), says: "malformed"},
		{name: "empty SA", capture: alone(main1(payload{1, nil})), says: "malformed"},
		{name: "SA without a proposal", capture: alone(main1(payload{1, sa()})), says: "malformed"},
		{name: "DOI 77", capture: alone(main1(payload{1, cat(u32(77, 1), proposal(0, 1, good))})), says: "packet"},
		{name: "attribute past its transform", capture: with(usual, u16(11, 5000)), says: "malformed"},
		{name: "two stray octets", capture: with(usual, u16(0x800b)), says: "malformed"},
		{name: "empty lifetime", capture: with(usual, basic(11, 1), u16(12, 0)), says: "impossible|lifetime"},
		{name: "lifetime of 512 bits", capture: with(usual, basic(11, 1), u16(12, 64), fill(64)), says: "impossible|lifetime"},
		{name: "key length 0", capture: with(basic(1, 7), basic(14, 0), basic(2, 2), basic(4, 2), basic(3, 1)), says: "impossible"},
		{name: "key length 65,535", capture: with(basic(1, 7), basic(14, 65535), basic(2, 2), basic(4, 2), basic(3, 1)), says: "impossible"},
		{name: "each attribute twice", capture: with(usual, basic(1, 5), basic(2, 1), basic(4, 5), basic(3, 3)), says: "impossible"},
		{name: "numbers that nobody knows", capture: with(basic(1, 65001), basic(2, 65002), basic(4, 1025), basic(3, 65004)), says: "65001|1025"},
		{name: "group 1025 with a prime of its own", capture: with(basic(1, 7), basic(14, 128), basic(2, 2), basic(3, 1), u16(6, 128), fill(128), u16(7, 1), u8(2)), says: "packet"},
	})
}

func TestHostileHeadersOfIKE(t *testing.T) {
	m := main1(offer())
	first, keys := chain(payload{34, cat(u16(2, 0), fill(128))}, payload{40, fill(16)})
	surviveAll(t, []hostile{
		{name: "version 0", capture: alone(put(m, 17, 0)), says: "version"},
		{name: "version 3", capture: alone(put(m, 17, 0x30)), says: "version"},
		{name: "minor version 15", capture: alone(put(m, 17, 0x1f)), says: "phase 1"},
		{name: "payloads of version 2 behind a header of version 1", capture: alone(message(2, noCookie, first, keys)), says: "malformed"},
		{name: "payloads of version 1 behind a header of version 2", capture: alone(put(m, 17, 0x20, 34, 8)), says: "malformed"},
		{name: "unknown exchange", capture: alone(put(m, 18, 99)), says: "packet"},
		{name: "all flags", capture: alone(put(m, 19, 0xff)), says: "packet"},
		{name: "cookies of zeros", capture: alone(put(m, 0, make([]byte, 16)...)), says: "packet"},
		{name: "equal cookies", capture: alone(put(m, 8, m[:8]...)), says: "packet"},
		{name: "the same cookies between other addresses", capture: raw(append(talk(fill(128), fill(16)), ip4Between([]byte{10, 0, 0, 9}, []byte{10, 0, 0, 8}, 17, udp(500, m)))...), says: "packet"},
		{name: "encrypted first message", capture: alone(put(m, 19, 1)), says: "packet"},
		{name: "encrypted, odd length", capture: raw(append(talk(fill(128), fill(16)), ike(header(cookieI, cookieR, 5, 0x10, 2, 1, 0, 28+39, fill(39))))...), says: "packet"},
		{name: "encrypted, no octets", capture: raw(append(talk(fill(128), fill(16)), ike(header(cookieI, cookieR, 5, 0x10, 2, 1, 0, 28, nil)))...), says: "packet"},
		{name: "Quick Mode with message ID 0", capture: raw(append(talk(fill(128), fill(16)), ike(header(cookieI, cookieR, 8, 0x10, 32, 1, 0, 28+64, fill(64))))...), says: "packet"},
	})
}

func TestHostilePayloads(t *testing.T) {
	info := func(kind int, body ...[]byte) []byte {
		first, b := chain(payload{kind, cat(body...)})
		return alone(message(5, cookieR, first, b))
	}
	surviveAll(t, []hostile{
		{name: "Delete of 65,535 SPIs of 4 octets", capture: info(12, u32(1), u8(3, 4), u16(65535), fill(4)), says: "malformed"},
		{name: "Delete of 65,535 SPIs of no octets", capture: info(12, u32(1), u8(3, 0), u16(65535)), says: "malformed"},
		{name: "Delete of SPIs of 255 octets", capture: info(12, u32(1), u8(3, 255), u16(2), fill(300)), says: "malformed"},
		{name: "Notify with an SPI of 255 octets", capture: info(11, u32(1), u8(3, 255), u16(14), fill(3)), says: "malformed"},
		{name: "Notify of 5 octets", capture: info(11, fill(5)), says: "malformed"},
		{name: "identities of 0 to 3 octets", capture: raw(
			ike(put(main1(offer(), payload{5, nil}), 0, 1)), ike(put(main1(offer(), payload{5, u8(1)}), 0, 2)),
			ike(put(main1(offer(), payload{5, u8(1, 0)}), 0, 3)), ike(put(main1(offer(), payload{5, u8(1, 0, 0)}), 0, 4))), says: "malformed"},
		{name: "half an address range", capture: alone(main1(offer(), payload{5, cat(u8(7, 0, 0, 0), addrA)})), says: "malformed"},
		{name: "certificate with 3,000 nested sequences", capture: alone(main1(offer(), payload{6, cat(u8(4), repeat(u8(0x30, 0x84, 0, 0, 0xff, 0), 3000))})), says: "packet"},
		{name: "certificate of 4 GiB", capture: alone(main1(offer(), payload{6, u8(4, 0x30, 0x84, 0xff, 0xff, 0xff, 0xff)})), says: "packet"},
		{name: "certificate of an unknown encoding", capture: alone(main1(offer(), payload{6, u8(99, 0)})), says: "packet"},
		{name: "distinguished name of 3,000 nested sequences", capture: alone(main1(offer(), payload{5, cat(u8(9, 0, 0, 0), repeat(u8(0x30, 0x82, 0x30, 0x30), 3000))})), says: "packet"},
		{name: "empty vendor ID", capture: alone(main1(offer(), payload{13, nil})), says: "packet"},
		{name: "NAT-D of no octets", capture: alone(main1(offer(), payload{20, nil})), says: "packet"},
	})
}

func TestHostileKeyExchanges(t *testing.T) {
	one := put(make([]byte, 128), 127, 1)
	for name, ke := range map[string][]byte{
		"empty": nil, "zero": make([]byte, 128), "one": one, "all ones": bytes.Repeat([]byte{0xff}, 128), "7 octets": fill(7),
	} {
		survive(t, hostile{name: name, capture: raw(talk(ke, fill(16))...), secrets: "[[psk]]\nsecret = \"x\"\n[[dh]]\nprivate = \"05\"\n", says: "malformed"})
	}
	for name, nonce := range map[string][]byte{"empty": nil, "7 octets": fill(7), "60,000 octets": fill(60000)} {
		survive(t, hostile{name: "nonce of " + name, capture: raw(talk(fill(128), nonce)...), says: "malformed"})
	}
	survive(t, hostile{name: "KE of 60,000 octets", capture: raw(talk(fill(60000), fill(16))...), secrets: "[[dh]]\nprivate = \"05\"\n", says: "malformed"})
}

func TestHostileConversations(t *testing.T) {
	sound := talk(fill(128), fill(16))
	var late, oneSided [][]byte
	for range 3 {
		late = append(late, sound[2:]...)
		oneSided = append(oneSided, sound[0], sound[2])
	}
	both := append(append([][]byte(nil), sound...), ip4Between(addrB, addrA, 17, udp(500, put(main1(offer()), 0, []byte("OTHERWAY")...))))
	surviveAll(t, []hostile{
		{name: "starts in the middle", capture: raw(late...), says: "starts after"},
		{name: "one direction only", capture: raw(oneSided...), says: "one direction only"},
		{name: "500 retransmissions", capture: raw(repeatPacket(sound[0], 500)...), says: "repeats packet 1"},
		{name: "two negotiations at once", capture: raw(both...), says: "packets"},
	})
}

func repeatPacket(p []byte, n int) (all [][]byte) {
	for range n {
		all = append(all, p)
	}
	return all
}

func TestHostileIKEFragments(t *testing.T) {
	m := main1(offer(), payload{13, fill(300)})
	piece := func(id, number, last int, octets []byte) []byte {
		return ike(message(2, noCookie, 132, cat(u8(0, 0), u16(8+len(octets)), u16(id), u8(number, last), octets)))
	}
	skf := func(number, total int) []byte {
		body := cat(u8(41, 0), u16(8+64), u16(number, total), fill(64))
		return ike(header(cookieI, cookieR, 53, 0x20, 35, 8, 1, 28+len(body), body))
	}
	var all [][]byte
	for n := range 255 {
		all = append(all, piece(5, n+1, 0, fill(300)))
	}
	surviveAll(t, []hostile{
		{name: "whole", capture: raw(piece(1, 1, 0, m[:200]), piece(1, 2, 1, m[200:])), says: "phase 1"},
		{name: "number 0", capture: raw(piece(1, 0, 0, m[:200]), piece(1, 1, 1, m[200:])), says: "fragments that could not be joined"},
		{name: "only the last", capture: raw(piece(1, 2, 1, m[200:])), says: "packet"},
		{name: "conflicting", capture: raw(piece(1, 1, 0, m[:200]), piece(1, 1, 0, fill(200)), piece(1, 2, 1, m[200:])), says: "packet"},
		{name: "one contains another", capture: raw(piece(1, 1, 1, piece(1, 1, 1, piece(1, 1, 1, m)[28:])[28:])), says: "packet"},
		{name: "255 without the last", capture: raw(all...), says: "packets"},
		{name: "version 2: 0 of 3, 9 of 3, 1 of 65,535", capture: raw(skf(0, 3), skf(9, 3), skf(1, 65535)), says: "packets"},
		{name: "version 2: SKF of no octets", capture: raw(ike(header(cookieI, cookieR, 53, 0x20, 35, 8, 1, 28+4, u8(0, 0, 0, 4)))), says: "packet"},
	})
}
