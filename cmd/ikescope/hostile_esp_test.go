package main

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ESP with keys that are known: packets whose content or trailer is not what it
// should be.

var espKey, espMAC = bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 20)

// espKeys is a file of secrets for SPIs under AES-128-CBC and HMAC-SHA1-96.
func espKeys(spis ...int64) string {
	var b strings.Builder
	for _, spi := range spis {
		fmt.Fprintf(&b, "[[esp]]\nspi = \"0x%08x\"\nencryption = \"aes-cbc-128\"\nencryption_key = \"%s\"\nintegrity = \"hmac-sha1-96\"\nintegrity_key = \"%s\"\n",
			spi, hex.EncodeToString(espKey), hex.EncodeToString(espMAC))
	}
	return b.String()
}

// trailed appends padding that is right, its length, and the next header.
func trailed(inner []byte, next int) []byte {
	b := bytes.Clone(inner)
	for pad := 1; ; pad++ {
		if (len(b)+2)%16 == 0 {
			return append(b, byte(pad-1), byte(next))
		}
		b = append(b, byte(pad))
	}
}

// espPacket seals plaintext, trailer included (RFC 4303, section 2).
func espPacket(spi, seq int64, plain []byte) []byte {
	block, err := aes.NewCipher(espKey)
	if err != nil {
		panic(err)
	}
	sealed := bytes.Clone(plain)
	iv := fill(16)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	p := cat(u32(spi, seq), iv, sealed)
	mac := hmac.New(sha1.New, espMAC)
	mac.Write(p)
	return mac.Sum(p)[:len(p)+12]
}

// tunnel is the outer datagram of a packet that carries inner.
func tunnelled(spi, seq int64, inner []byte, next int) []byte {
	return ip4(50, espPacket(spi, seq, trailed(inner, next)))
}

func TestHostileESP(t *testing.T) {
	inner := ip4(17, udp(53, fill(30)))
	good := tunnelled(0x1000, 1, inner, 4)
	wrongICV := put(good, len(good)-1, good[len(good)-1]^1)
	wrongKey := tunnelled(0x1000, 2, inner, 4)
	wrongKey[40] ^= 0x80
	var lengths, trailers, sequence [][]byte
	for n := range 52 {
		lengths = append(lengths, ip4(50, cat(u32(0x1000, int64(n)), fill(n))[:max(n, 1)]))
	}
	for i, plain := range [][]byte{
		cat(fill(30), u8(255, 4)), cat(fill(30), u8(30, 4)), cat(fill(30), u8(31, 4)), // pad length
		cat(inner[:28], u8(9, 9), u8(2, 4)), // not 1, 2, 3 ...
		trailed(inner, 255), trailed(fill(60), 4), trailed(fill(60), 41), trailed(nil, 59), trailed(nil, 4),
		trailed(cat(inner, fill(700)), 4), // traffic flow confidentiality
	} {
		trailers = append(trailers, ip4(50, espPacket(0x1000, int64(i+1), cat(plain, make([]byte, -len(plain)&15)))))
	}
	for _, seq := range []int64{0, 0, 1, 1, 1, 1<<32 - 1, 0, 5, 1<<31 + 9} {
		sequence = append(sequence, tunnelled(0x1000, seq, inner, 4))
	}
	keys := espKeys(0x1000)
	surviveAll(t, []hostile{
		{name: "sound", capture: raw(good), secrets: keys, says: "1 packet|verified"},
		{name: "wrong ICV", capture: raw(wrongICV), secrets: keys, says: "ICV"},
		{name: "wrong ciphertext", capture: raw(good, wrongKey), secrets: keys, says: "ICV"},
		{name: "every length from 0 to 51", capture: raw(lengths...), secrets: keys, says: "44 packets from 192.0.2.1 to 192.0.2.2 cannot be packets of AES-CBC-128"},
		{name: "cut by the snap length", capture: sound(record(le, 1, 2, 70, uint32(len(good)), good[:70])), secrets: keys, says: "cut"},
		{name: "unaligned", capture: raw(ip4(50, espPacket(0x1000, 1, trailed(inner, 4))[:77])), secrets: keys, says: "no whole number of cipher blocks"},
		{name: "trailers", capture: raw(trailers...), secrets: keys, says: "10"},
		{name: "sequence numbers", capture: raw(sequence...), secrets: keys, says: "more than once"},
		{name: "SPI 0 to 255", capture: raw(lowSPIs(inner)...), secrets: espKeys(1), says: "packets"},
		{name: "in UDP of another length", capture: raw(ip4(17, put(udp(4500, espPacket(0x1000, 1, trailed(inner, 4))), 4, 0, 60))), secrets: keys, says: "packet"},
		{name: "fragmented outside", capture: raw(fragment(3, 0, true, 50, good[20:76]), fragment(3, 56, false, 50, good[76:])), secrets: keys, says: "verified"},
		{name: "fragmented inside", capture: raw(tunnelled(0x1000, 1, fragment(3, 0, true, 17, fill(40)), 4)), secrets: keys, says: "verified"},
	})
}

func lowSPIs(inner []byte) (all [][]byte) {
	for spi := range int64(256) {
		all = append(all, tunnelled(spi, 1, inner, 4))
	}
	return all
}

// matryoshka is ESP in ESP, n deep, each under an SPI of its own.
func matryoshka(n int) ([]byte, []int64) {
	p, spis := ip4(17, udp(53, fill(30))), []int64{}
	for i := range n {
		spi := int64(0x2000 + i)
		p = tunnelled(spi, 1, p, 4)
		spis = append(spis, spi)
	}
	return p, spis
}

// ipcomp is a packet of IPComp (RFC 3173, section 3) with DEFLATE.
func ipcomp(next, cpi int, data []byte) []byte { return cat(u8(next, 0), u16(cpi), data) }

func deflated(b []byte) []byte {
	var z bytes.Buffer
	w, _ := flate.NewWriter(&z, flate.BestCompression)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

func TestHostileInsides(t *testing.T) {
	deep, spis := matryoshka(40)
	inner := ip4(17, udp(53, fill(400)))
	compressed := func(b []byte) []byte { return tunnelled(0x1000, 1, b, 108) }
	bomb := deflated(make([]byte, 40<<20))
	layers := inner
	for range 30 {
		layers = ipcomp(108, 2, deflated(layers))
	}
	layers = put(layers, 0, 108)
	keys := espKeys(0x1000)
	surviveAll(t, []hostile{
		{name: "ESP in ESP, 40 deep", capture: raw(deep), secrets: espKeys(spis...), says: "packet"},
		{name: "IPComp", capture: raw(compressed(ipcomp(4, 2, deflated(inner)))), secrets: keys, says: "verified"},
		{name: "IPComp, 40 MiB out of 40 KB", capture: raw(compressed(ipcomp(4, 2, bomb[:min(len(bomb), 60000)]))), secrets: keys, says: "verified"},
		{name: "IPComp, cut", capture: raw(compressed(ipcomp(4, 2, deflated(inner)[:10]))), secrets: keys, says: "verified"},
		{name: "IPComp, no stream", capture: raw(compressed(ipcomp(4, 2, fill(90)))), secrets: keys, says: "verified"},
		{name: "IPComp, 30 layers", capture: raw(compressed(layers)), secrets: keys, says: "verified"},
		{name: "IPComp, unknown algorithm", capture: raw(compressed(ipcomp(4, 9, fill(90)))), secrets: keys, says: "verified"},
		{name: "IPComp, LZS", capture: raw(compressed(ipcomp(4, 3, fill(90)))), secrets: keys, says: "verified"},
		{name: "IPComp, header only", capture: raw(compressed(ipcomp(4, 2, nil))), secrets: keys, says: "verified"},
		{name: "AH inside", capture: raw(tunnelled(0x1000, 1, cat(u8(4, 255, 0, 0), fill(40)), 51)), secrets: keys, says: "verified"},
	})
}

// A packet of which nothing comes out is told of, however it was lost.
func TestWhatIsInsideIsNotLostInSilence(t *testing.T) {
	deep, spis := matryoshka(40)
	for name, c := range map[string]struct{ datagram, keys string }{
		"too deep":       {string(deep), espKeys(spis...)},
		"IPComp, broken": {string(tunnelled(0x1000, 1, ipcomp(4, 2, fill(90)), 108)), espKeys(0x1000)},
		"bomb":           {string(tunnelled(0x1000, 1, ipcomp(4, 2, deflated(make([]byte, 1<<20))), 108)), espKeys(0x1000)},
	} {
		dir := t.TempDir()
		capture, keys := filepath.Join(dir, "made.pcap"), filepath.Join(dir, "secrets.toml")
		if os.WriteFile(capture, raw([]byte(c.datagram)), 0o600) != nil || os.WriteFile(keys, []byte(c.keys), 0o600) != nil {
			t.Fatal("cannot write")
		}
		v := runHostile(t, dir, []string{"decrypt", capture, "-k", keys, "-o", "OUT"})
		if !strings.Contains(v.diag, "inside") {
			t.Errorf("%s: %s", name, v.diag)
		}
	}
}

// A tunnel of which all packets stand inside those of another one has packets.
func TestReportOfATunnelInside(t *testing.T) {
	inside := ip4(50, espPacket(0x2000, 1, trailed(ip4(17, udp(53, fill(30))), 4)))
	inside = put(inside, 12, 10, 9, 0, 1, 10, 9, 0, 2) // addresses
	dir := t.TempDir()
	capture, keys := filepath.Join(dir, "made.pcap"), filepath.Join(dir, "secrets.toml")
	if os.WriteFile(capture, raw(tunnelled(0x1000, 1, inside, 4)), 0o600) != nil || os.WriteFile(keys, []byte(espKeys(0x1000, 0x2000)), 0o600) != nil {
		t.Fatal("cannot write")
	}
	said := execute(t, exitDone, "report", capture, "-k", keys)
	if n := strings.Count(said, "1 of 1 ESP packet decrypted and verified"); n != 2 {
		t.Errorf("%d tunnels with a packet:\n%s", n, said)
	}
}
