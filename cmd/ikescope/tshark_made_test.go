package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ikescope/bench/traffic"
	"ikescope/pcaps/samples"
)

// madePackets is how many packets each capture of this file has.
const madePackets = 10

// What tshark 4.0.17 does with them, all of which this program opens.
var (
	checked    = sight{madePackets, madePackets, madePackets, madePackets, 0}
	passedOver = sight{madePackets, madePackets, madePackets, 0, 0}
	closed     = sight{seen: madePackets}
)

// tsharkAlgorithms are algorithms of ESP that suite knows: those of one row, all of
// which fare alike.
var tsharkAlgorithms = []struct {
	ciphers, integrities string
	sight
}{
	{"null des-cbc 3des-cbc blowfish-cbc-128 cast-cbc-128 aes-cbc-128 aes-cbc-192 aes-cbc-256 aes-ctr-128 aes-ctr-192 aes-ctr-256", "hmac-sha2-256-128", checked},
	{"aes-gcm-8-128 aes-gcm-8-192 aes-gcm-8-256 aes-gcm-12-128 aes-gcm-12-192 aes-gcm-12-256 aes-gcm-16-128 aes-gcm-16-192 aes-gcm-16-256", "none", checked},
	{"aes-cbc-128", "hmac-md5-96 hmac-sha1-96 hmac-sha2-256-96 hmac-sha2-384-192 hmac-sha2-512-256", checked},
	{"aes-cbc-128", "hmac-md5-128 aes-xcbc-96 aes-cmac-96", passedOver},
	{"aes-cbc-128", "hmac-sha1-160", closed},
	{"camellia-cbc-128 camellia-cbc-256 camellia-ctr-128 blowfish-cbc-40 blowfish-cbc-256 blowfish-cbc-448 cast-cbc-40 cast-cbc-80 cast-cbc-88", "hmac-sha1-96", closed},
	{"aes-gcm-16-iiv-128 chacha20-poly1305 chacha20-poly1305-iiv null-auth-aes-gmac-256", "none", closed},
}

func TestTsharkAlgorithms(t *testing.T) {
	if testing.Short() {
		t.Skip("tshark takes its time")
	}
	v40 := findTshark(t).is40(t)
	for _, row := range tsharkAlgorithms {
		for _, cipher := range strings.Fields(row.ciphers) {
			for _, integrity := range strings.Fields(row.integrities) {
				t.Run(cipher+"_"+integrity, func(t *testing.T) {
					t.Parallel()
					capture, keys := madeFiles(t)
					p := traffic.Plan{Packets: madePackets, SAs: 1, Cipher: cipher, Integrity: integrity, Size: 201}
					if err := p.Write(capture, keys); err != nil {
						t.Fatal(err)
					}
					compareMade(t, v40, cipher+" "+integrity, capture.Name(), keys.Name(), madePackets, row.sight)
				})
			}
		}
	}
}

// madeFiles are a capture and a file of secrets to write.
func madeFiles(t *testing.T) (capture, keys *os.File) {
	t.Helper()
	dir := t.TempDir()
	open := func(name string) *os.File {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	return open("made.pcap"), open("secrets.toml")
}

// compareMade logs and checks what the two programs do with a capture that was made.
func compareMade(t *testing.T, v40 bool, name, capture, keys string, ours int, want sight) {
	t.Helper()
	got, opened := findTshark(t).esp(t, capture, keys, false)
	t.Logf("%-36s packets: ikescope opens %d; tshark sees %d, opens %d, %d of them alike, ICV right %d, wrong %d",
		name, opened, got.seen, got.opened, got.same, got.good, got.bad)
	if opened != ours {
		t.Errorf("decrypt writes %d packets, want %d", opened, ours)
	}
	if v40 && got != want {
		t.Errorf("tshark shows %+v, want %+v", got, want)
	}
}

// madeSPI and the next one are the SPIs of made encapsulations.
const madeSPI = 0x1000

// madeESP is the packet of a tunnel with a number. What is inside has no port that
// tshark dissects.
func madeESP(seq int) []byte { return espPacket(madeSPI, int64(seq), trailed(madeInner, 4)) }

var madeInner = ip4(17, udp(9, fill(300)))

// series makes the datagrams of a capture from the numbers of its packets.
func series(datagrams func(seq int) [][]byte) (all [][]byte) {
	for seq := range madePackets {
		all = append(all, datagrams(seq+1)...)
	}
	return all
}

// one is a series of a datagram for each packet.
func one(datagram func(seq int) []byte) [][]byte {
	return series(func(seq int) [][]byte { return [][]byte{datagram(seq)} })
}

// inFragments is a datagram of a protocol in two fragments.
func inFragments(id, protocol int, octets []byte) [][]byte {
	const at = 200
	return [][]byte{fragment(id, 0, true, protocol, octets[:at]), fragment(id, at, false, protocol, octets[at:])}
}

// inStream puts the packets into a TCP connection (RFC 9329, section 3).
func inStream(port int) (all [][]byte) {
	at := int64(1)
	send := func(data ...[]byte) {
		b := cat(data...)
		all = append(all, ip4(6, u16(41000, port), u32(at, 1), u8(0x50, 0x18, 4, 0, 0, 0, 0, 0), b))
		at += int64(len(b))
	}
	send([]byte("IKETCP"))
	for seq := range madePackets {
		p := madeESP(seq + 1)
		send(u16(len(p)+2), p)
	}
	return all
}

// uncompressed is a stream of LZS that has every octet as a literal: nine bits that
// begin with 0, and the end marker 110000000 (ANSI X3.241, in RFC 2395).
func uncompressed(b []byte) []byte {
	var bits strings.Builder
	for _, c := range b {
		bits.WriteByte('0')
		for i := 7; i >= 0; i-- {
			bits.WriteByte('0' + c>>i&1)
		}
	}
	bits.WriteString("110000000")
	text := bits.String()
	out := make([]byte, (len(text)+7)/8)
	for i, bit := range text {
		out[i/8] |= byte(bit-'0') << (7 - i%8)
	}
	return out
}

// encapsulation is a way to carry ESP, and what each program does with it: ours is
// the number of packets that decrypt writes.
type encapsulation struct {
	name      string
	datagrams [][]byte
	ours      int
	sight
}

// tunnels is an encapsulation in which only the content of ESP is special.
func tunnels(name string, next int, content []byte, ours int, s sight) encapsulation {
	return encapsulation{name, one(func(seq int) []byte { return tunnelled(madeSPI, int64(seq), content, next) }), ours, s}
}

// tsharkEncapsulations makes the packets at need: not all modes of Go have SHA-1.
func tsharkEncapsulations() []encapsulation {
	unlike := sight{madePackets, madePackets, 0, madePackets, 0}
	return []encapsulation{
		{"UDP port 4500", one(func(seq int) []byte { return ip4(17, udp(4500, madeESP(seq))) }), madePackets, checked},
		{"UDP port 4500 of one end", one(func(seq int) []byte { return ip4(17, put(udp(4500, madeESP(seq)), 0, 0xee, 0x32)) }), madePackets, checked},
		{"UDP port 4500 over IPv6", one(func(seq int) []byte { return ip6(17, udp(4500, madeESP(seq))) }), madePackets, checked},
		{"behind IPv6 hop-by-hop options", one(func(seq int) []byte { return ip6(0, u8(50, 0, 1, 4, 0, 0, 0, 0), madeESP(seq)) }), madePackets, checked},
		{"inside GRE", one(func(seq int) []byte { return ip4(47, u16(0, 0x0800), ip4(50, madeESP(seq))) }), madePackets, checked},
		{"IP fragments", series(func(seq int) [][]byte { return inFragments(seq, 50, madeESP(seq)) }), madePackets, checked},
		{"IP fragments of UDP", series(func(seq int) [][]byte { return inFragments(seq, 17, udp(4500, madeESP(seq))) }), madePackets, checked},
		{"ESP in ESP", one(func(seq int) []byte {
			return tunnelled(madeSPI+1, int64(seq), ip4Between(addrB, addrA, 50, madeESP(seq)), 4)
		}), madePackets, checked},
		tunnels("padding behind the datagram (TFC)", 4, cat(madeInner, make([]byte, 500)), madePackets, checked),
		tunnels("dummy packets", 59, fill(94), 0, unlike),
		tunnels("IPComp with DEFLATE", 108, ipcomp(4, 2, deflated(madeInner)), madePackets, checked),
		tunnels("IPComp with LZS", 108, ipcomp(4, 3, uncompressed(madeInner)), madePackets, unlike),
		{"TCP port 4500 (RFC 9329)", inStream(4500), madePackets, sight{}},
		{"TCP port 443 (RFC 9329)", inStream(443), madePackets, sight{}},
	}
}

func TestTsharkEncapsulations(t *testing.T) {
	if testing.Short() {
		t.Skip("tshark takes its time")
	}
	v40 := findTshark(t).is40(t)
	for _, c := range tsharkEncapsulations() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			capture, keys := madeFiles(t)
			capture.Write(raw(c.datagrams...))
			keys.WriteString(espKeys(madeSPI, madeSPI+1))
			compareMade(t, v40, c.name, capture.Name(), keys.Name(), c.ours, c.sight)
		})
	}
}

// A NAT, or a configuration, may leave neither end on port 4500. This program follows
// the conversation of IKE there, and the profile names the port.
func TestTsharkOtherPorts(t *testing.T) {
	s := samples.ByName("natt-forced-aes128-sha1")
	var moved [][]byte
	for _, d := range datagrams(t, s.Capture()) {
		const udpAt, checksumAt = 20, 26
		if d[0] == 0x45 && d[9] == 17 && binary.BigEndian.Uint16(d[udpAt:]) == 4500 {
			from, to := byte(0xee), byte(0xdd)
			if d[15] == addrB[3] {
				from, to = to, from
			}
			d = put(d, udpAt, from, 50, to, 50)
			d = put(d, checksumAt, 0, 0)
		}
		moved = append(moved, d)
	}
	capture, _ := madeFiles(t)
	capture.Write(raw(moved...))
	compareMade(t, true, "UDP without port 4500", capture.Name(), secretsFile(t, s), s.ESP, sight{s.ESP, s.ESP, s.ESP, s.ESP, 0})
}
