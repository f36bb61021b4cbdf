package analysis_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// halves parts an IPv4 datagram into two fragments (RFC 791, section 3.2).
func halves(d []byte, id uint16) (first, second []byte) {
	const header = 20
	at := header + (len(d)-header)/2/8*8
	first = bytes.Clone(d[:at])
	second = append(bytes.Clone(d[:header]), d[at:]...)
	for _, f := range [][]byte{first, second} {
		binary.BigEndian.PutUint16(f[2:], uint16(len(f)))
		binary.BigEndian.PutUint16(f[4:], id)
	}
	binary.BigEndian.PutUint16(first[6:], 0x2000) // more follow
	binary.BigEndian.PutUint16(second[6:], uint16((at-header)/8))
	return first, second
}

// Datagrams that are joined from fragments open like others, in whichever blocks the
// fragments stand and however many there are in a block.
func TestFragmentsOverBlocks(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	var out bytes.Buffer
	w := pcaps.NewWriter(&out, pcaps.FormatPcap, pcaps.WriterOptions{})
	w.AddInterface(pcaps.Interface{Link: pcaps.LinkRaw})
	for i, d := range datagrams(t, s) {
		if d[0] != 0x45 {
			continue
		}
		if d[9] == 50 {
			first, second := halves(d, uint16(i))
			w.Write(0, 0, first)
			d = second
		}
		w.Write(0, 0, d)
	}
	w.Flush()
	path := filepath.Join(t.TempDir(), "capture.pcap")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, block := range []int{512, 64 << 10} {
		set, err := pcaps.OpenSet([]string{path}, nil, pcaps.Options{BlockSize: block})
		if err != nil {
			t.Fatal(err)
		}
		res, err := analysis.Run(t.Context(), set, analysis.Options{Strict: true, Ring: ringOf(t, s), Workers: 2})
		if err != nil || res.Opened.Decrypted != int64(s.ESP) {
			t.Errorf("blocks of %d octets: %+v, error %v", block, res.Opened, err)
		}
		set.Close()
	}
}
