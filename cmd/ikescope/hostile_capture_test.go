package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math"
	"os"
	"testing"

	"ikescope/pcaps/samples"
)

// Capture files: headers, records and blocks that are cut, lie, or say nothing.

var le, be = binary.LittleEndian, binary.BigEndian

// classic is a pcap file: header fields in the byte order o, then records.
func classic(o binary.AppendByteOrder, magic uint32, major, minor uint16, snap, link uint32, records ...[]byte) []byte {
	b := o.AppendUint16(o.AppendUint16(o.AppendUint32(nil, magic), major), minor)
	b = o.AppendUint32(o.AppendUint32(append(b, make([]byte, 8)...), snap), link)
	return append(b, cat(records...)...)
}

func record(o binary.AppendByteOrder, sec, frac, captured, wire uint32, data []byte) []byte {
	b := o.AppendUint32(o.AppendUint32(nil, sec), frac)
	return append(o.AppendUint32(o.AppendUint32(b, captured), wire), data...)
}

// intact is a record whose lengths are right.
func intact(o binary.AppendByteOrder, data []byte) []byte {
	return record(o, 1, 2, uint32(len(data)), uint32(len(data)), data)
}

const (
	micro = 0xa1b2c3d4
	nano  = 0xa1b23c4d
)

// sound is a file of raw IP with these records.
func sound(records ...[]byte) []byte { return classic(le, micro, 2, 4, 65535, 101, records...) }

// block is one of pcapng with the length and trailer that it should have, unless
// they are given.
func block(o binary.AppendByteOrder, kind uint32, body []byte, lengths ...uint32) []byte {
	body = append(bytes.Clone(body), make([]byte, -len(body)&3)...)
	n := uint32(len(body) + 12)
	lengths = append(lengths, n, n)[:2]
	if len(lengths) == 1 {
		lengths = append(lengths, lengths[0])
	}
	b := o.AppendUint32(o.AppendUint32(nil, kind), lengths[0])
	return o.AppendUint32(append(b, body...), lengths[1])
}

func section(o binary.AppendByteOrder) []byte {
	b := o.AppendUint16(o.AppendUint16(o.AppendUint32(nil, 0x1a2b3c4d), 1), 0)
	return block(o, 0x0a0d0d0a, o.AppendUint64(b, math.MaxUint64))
}

func iface(o binary.AppendByteOrder, options ...byte) []byte {
	b := o.AppendUint32(o.AppendUint16(o.AppendUint16(nil, 101), 0), 65535)
	return block(o, 1, append(b, options...))
}

func epb(o binary.AppendByteOrder, number, captured uint32, data []byte) []byte {
	b := o.AppendUint32(o.AppendUint32(o.AppendUint32(nil, number), 0), 1)
	return block(o, 6, append(o.AppendUint32(o.AppendUint32(b, captured), captured), data...))
}

func gzipped(b []byte) []byte {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

func repeat(b []byte, n int) []byte { return bytes.Repeat(b, n) }

func TestHostileClassicCaptures(t *testing.T) {
	m := ike(main1(offer()))
	n := uint32(len(m))
	ok := intact(le, m)
	surviveAll(t, []hostile{
		{name: "empty", refused: true, says: "made.pcap"},
		{name: "three octets", capture: []byte{0xd4, 0xc3, 0xb2}, refused: true, says: "made.pcap"},
		{name: "magic number only", capture: []byte{0xd4, 0xc3, 0xb2, 0xa1}, refused: true, says: "made.pcap"},
		{name: "header cut", capture: sound()[:23], refused: true, says: "made.pcap"},
		{name: "header only", capture: sound(), says: "0 packets"},
		{name: "cut in a record header", capture: sound(ok, ok[:9]), says: "1 packet|cut off|octet"},
		{name: "cut in data", capture: sound(ok, ok[:40]), says: "1 packet|cut off|octet"},
		{name: "nothing but a cut record", capture: sound(ok[:40]), refused: true, says: "cut off"},
		{name: "captured length of 4 GiB", capture: sound(ok, record(le, 1, 2, math.MaxUint32, n, m)), says: "1 packet|incomplete"},
		{name: "captured length of 256 MiB", capture: sound(ok, record(le, 1, 2, 256<<20, n, m)), says: "1 packet|incomplete"},
		{name: "captured length that wraps when padded", capture: sound(ok, record(le, 1, 2, math.MaxUint32-1, n, m)), says: "1 packet"},
		{name: "captured more than the snap length", capture: classic(le, micro, 2, 4, 10, 101, ok, ok), says: "2 packets"},
		{name: "captured more than the wire had", capture: sound(record(le, 1, 2, n, 5, m), ok), says: "2 packets"},
		{name: "record of no octets", capture: sound(record(le, 1, 2, 0, 0, nil), ok), says: "2 packets"},
		{name: "big-endian", capture: classic(be, micro, 2, 4, 65535, 101, intact(be, m)), says: "1 packet"},
		{name: "nanoseconds", capture: classic(be, nano, 2, 4, 65535, 101, intact(be, m)), says: "1 packet"},
		{name: "modified format", capture: classic(le, 0xa1b2cd34, 2, 4, 65535, 101, record(le, 1, 2, n, n, cat(make([]byte, 8), m))), says: "1 packet"},
		{name: "FCS in the link type", capture: classic(le, micro, 2, 4, 65535, 101|1<<26|4<<28, ok), says: "1 packet"},
		{name: "reserved bits in the link type", capture: classic(le, micro, 2, 4, 65535, 101|7<<16, ok), says: "1 packet"},
		{name: "unknown link type", capture: classic(le, micro, 2, 4, 65535, 59999, ok), says: "1 packet"},
		{name: "unknown version", capture: classic(le, micro, 99, 1, 65535, 101, ok), says: "1 packet"},
		{name: "version 1.2", capture: classic(le, micro, 1, 2, 65535, 101, ok), says: "1 packet"},
		{name: "clock backwards", capture: sound(record(le, 9, 0, n, n, m), record(le, 1, 0, n, n, m)), says: "2 packets"},
		{name: "4 billion microseconds", capture: sound(record(le, 9, 4e9, n, n, m)), says: "1 packet"},
		{name: "4 billion seconds", capture: sound(record(le, math.MaxUint32, math.MaxUint32, n, n, m), ok), says: "2 packets"},
		{name: "30,000 records without octets", capture: sound(repeat(record(le, 1, 2, 0, 0, nil), 30000)), says: "30,000 packets"},
	})
}

func TestHostilePcapng(t *testing.T) {
	m := ike(main1(offer()))
	n := uint32(len(m))
	head := cat(section(le), iface(le))
	ok := epb(le, 0, n, m)
	option := func(code, length uint16, value ...byte) []byte {
		return append(le.AppendUint16(le.AppendUint16(nil, code), length), value...)
	}
	surviveAll(t, []hostile{
		{name: "section header only", capture: section(le), says: "0 packets"},
		{name: "section header cut", capture: section(le)[:20], refused: true, says: "made.pcap"},
		{name: "block length 0", capture: cat(head, ok, block(le, 6, fill(40), 0)), says: "1 packet|incomplete"},
		{name: "block length 8", capture: cat(head, ok, block(le, 6, fill(40), 8)), says: "1 packet|incomplete"},
		{name: "block length unaligned", capture: cat(head, ok, block(le, 99, fill(40), 51)), says: "1 packet"},
		{name: "block length 4 GiB", capture: cat(head, ok, block(le, 6, fill(40), math.MaxUint32)), says: "1 packet|incomplete"},
		{name: "block length 4 GiB less some", capture: cat(head, ok, block(le, 6, fill(40), math.MaxUint32-3)), says: "1 packet|incomplete"},
		{name: "trailer differs", capture: cat(head, ok, block(le, 99, fill(40), 52, 48), ok), says: "2 packets"},
		{name: "block cut", capture: cat(head, ok, ok[:33]), says: "1 packet|cut off"},
		{name: "packet before its interface", capture: cat(section(le), ok, iface(le), ok), says: "1 packet"},
		{name: "interface 70,000", capture: cat(head, epb(le, 70000, n, m), ok), says: "1 packet"},
		{name: "simple packet without interface", capture: cat(section(le), block(le, 3, append(le.AppendUint32(nil, n), m...))), says: "0 packets"},
		{name: "captured length past the block", capture: cat(head, epb(le, 0, 4e9, m), ok), says: "1 packet"},
		{name: "option past its block", capture: cat(section(le), iface(le, option(2, 5000, 'e', 't', 'h')...), ok), says: "1 packet"},
		{name: "resolution 2^-127", capture: cat(section(le), iface(le, option(9, 1, 0xff, 0, 0, 0)...), ok), says: "1 packet"},
		{name: "resolution 10^-127", capture: cat(section(le), iface(le, option(9, 1, 0x7f, 0, 0, 0)...), ok), says: "1 packet"},
		{name: "second section in the other byte order", capture: cat(head, ok, section(be), iface(be), epb(be, 0, n, m)), says: "2 packets"},
		{name: "20,000 interfaces", capture: cat(section(le), repeat(iface(le), 20000), epb(le, 19999, n, m)), says: "1 packet"},
		{name: "70,000 interfaces", capture: cat(section(le), repeat(iface(le), 70000), ok), says: "1 packet"},
		{name: "10,000 sections", capture: repeat(cat(head, ok), 10000), says: "10,000 packets"},
		{name: "3,000 blocks of secrets", capture: cat(head, repeat(block(le, 10, cat(le.AppendUint32(nil, 0x544c534b), le.AppendUint32(nil, 4), fill(4))), 3000), ok), says: "1 packet"},
		{name: "3,000 blocks of broken ESP keys", capture: cat(head, repeat(block(le, 10, cat(le.AppendUint32(nil, 0x45535053), le.AppendUint32(nil, 4), fill(4))), 3000), ok), says: "1 packet"},
	})
}

func TestHostileFilesAround(t *testing.T) {
	good, err := os.ReadFile(samples.ByName("vlan").Capture())
	if err != nil {
		t.Fatal(err)
	}
	packed := gzipped(good)
	surviveAll(t, []hostile{
		{name: "gzip cut", file: "made.pcap.gz", capture: packed[:len(packed)/2], says: "192.0.2.1|incomplete"},
		{name: "gzip with a wrong checksum", file: "made.pcap.gz", capture: put(packed, len(packed)-8, 1, 2, 3, 4), says: "79 packets"},
		{name: "gzip of gzip", file: "made.pcap.gz", capture: gzipped(packed), refused: true, says: "made.pcap.gz"},
		{name: "gzip of nothing", file: "made.pcap.gz", capture: gzipped(nil), refused: true, says: "made.pcap.gz"},
		{name: "gzip of 64 MiB of empty records", file: "made.pcap.gz", capture: gzipped(sound(repeat(record(le, 1, 2, 0, 0, nil), 4<<20))), says: "4,194,304 packets"},
		{name: "gzip of 64 MiB of zeros", file: "made.pcap.gz", capture: gzipped(make([]byte, 64<<20)), refused: true, says: "made.pcap.gz"},
		{name: "zstd that is none", file: "made.pcap.zst", capture: cat([]byte{0x28, 0xb5, 0x2f, 0xfd}, fill(100)), refused: true, says: "made.pcap.zst"},
		{name: "zstd window of 4 TiB", file: "made.pcap.zst", capture: []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xf8, 0x01, 0, 0}, refused: true, says: "made.pcap.zst"},
		{name: "image", file: "made.png", capture: cat([]byte("\x89PNG\r\n\x1a\n"), fill(500)), refused: true, says: "not a packet capture"},
		{name: "script", file: "made.sh", capture: []byte("#!/bin/sh\nrm -rf /\n"), refused: true, says: "not a packet capture"},
		{name: "escapes", file: "made\x1b]0;x\x07.txt", capture: []byte("\x1b[2Jhello"), refused: true, says: `made\x1b]0;x\x07.txt`},
	})
}
