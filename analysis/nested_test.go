package analysis_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"ikescope/analysis"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
	"ikescope/suite"
)

// Around the ESP of a sample stands ESP of another SA, between the gateways
// 192.0.2.1 and 192.0.2.2, with NULL encryption.
const aroundSPI = 0xa11a

func aroundKeys() secrets.ESP {
	return secrets.ESP{
		Protocol: 50, SPI: aroundSPI, Encryption: "null", Integrity: "hmac-sha1-96",
		IntegrityKey: keymat.NewSecret(make([]byte, 20)),
	}
}

// around appends the frame of a packet of the outer SA to b.
func around(b []byte, seq uint32, inner []byte) []byte {
	sha1, _ := suite.IntegrityByName("hmac-sha1-96")
	packet := binary.BigEndian.AppendUint32(nil, aroundSPI)
	packet = binary.BigEndian.AppendUint32(packet, seq)
	packet = append(packet, inner...)
	pad := byte(0)
	for ; (len(packet)+2)%4 != 0; pad++ {
		packet = append(packet, pad+1)
	}
	packet = append(packet, pad, 4)
	mac := sha1.New(make([]byte, 20))
	mac.Write(packet)
	packet = append(packet, mac.Sum(nil)[:sha1.ICVLen]...)
	return append(ipv4(b, 50, len(packet)), packet...)
}

// ipv4 appends a header with addresses of RFC 5737 and without a checksum.
func ipv4(b []byte, protocol byte, payload int) []byte {
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(20+payload))
	return append(b, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2)
}

// wrapping says how a sample's ESP is put into the outer SA.
type wrapping struct {
	before int  // packets of the outer SA in front of all
	inOpen bool // each packet stands behind the outer one once more, as on a gateway
	late   bool // all ESP stands in front of IKE
}

// capture is a file of the sample's packets.
func (wr wrapping) capture(t *testing.T, s samples.Sample) []byte {
	t.Helper()
	var esp, ike [][]byte
	for _, d := range datagrams(t, s) {
		if d[0] == 0x45 && d[9] == 50 {
			esp = append(esp, d)
		} else {
			ike = append(ike, d)
		}
	}
	var out bytes.Buffer
	w := pcaps.NewWriter(&out, pcaps.FormatPcap, pcaps.WriterOptions{})
	w.AddInterface(pcaps.Interface{Link: pcaps.LinkRaw})
	write := func(all [][]byte) {
		for _, d := range all {
			w.Write(0, 0, d)
		}
	}
	seq := uint32(0)
	wrap := func(d []byte) []byte { seq++; return around(nil, seq, d) }
	for range wr.before {
		w.Write(0, 0, wrap(append(ipv4(nil, 17, 400), make([]byte, 400)...)))
	}
	if !wr.late {
		write(ike)
	}
	for _, d := range esp {
		w.Write(0, 0, wrap(d))
		if wr.inOpen {
			w.Write(0, 0, d)
		}
	}
	if wr.late {
		write(ike)
	}
	w.Flush()
	return out.Bytes()
}

// datagrams are the IP datagrams of a sample.
func datagrams(t *testing.T, s samples.Sample) (all [][]byte) {
	t.Helper()
	set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	for {
		b, err := set.Next()
		if err == io.EOF {
			return all
		}
		const ethernet = 14
		for _, f := range b.Frames {
			all = append(all, bytes.Clone(f.Data[ethernet:]))
		}
		b.Release()
	}
}

// restarted is a sink for which a file is opened while it is read.
type restarted struct{ octets }

func (r *restarted) Restart() error { r.Reset(); return nil }

// An SA whose packets stand inside those of another one opens when its keys are
// known, however long the other one is known already; in a file even in front of its
// keys. Its packets are counted whatever the workers do meanwhile.
func TestSAsInsideOthers(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	ring := ringOf(t, s)
	ring.ESPs = append(ring.ESPs, aroundKeys())
	for _, wr := range []wrapping{{before: 100}, {before: 100, inOpen: true}, {before: 50, late: true}, {inOpen: true, late: true}} {
		capture, dir := wr.capture(t, s), t.TempDir()
		path := filepath.Join(dir, "capture.pcap")
		if err := os.WriteFile(path, capture, 0o600); err != nil {
			t.Fatal(err)
		}
		copies := 1
		if wr.inOpen {
			copies = 2
		}
		for _, workers := range []int{1, 3} {
			for _, in := range []io.Reader{nil, io.MultiReader(bytes.NewReader(capture))} {
				if in != nil && wr.late {
					continue
				}
				for _, sink := range []analysis.Sink{nil, new(restarted)} {
					res := runOver(t, path, in, analysis.Options{Strict: true, Ring: ring, Sink: sink, Workers: workers, Lookahead: 4})
					if got, want := res.Opened.Decrypted, int64(wr.before+(1+copies)*s.ESP); got != want {
						t.Errorf("%+v, %d workers, pipe %v, sink %v: %d packets opened, want %d", wr, workers, in != nil, sink != nil, got, want)
					}
					var packets int64
					for _, sa := range res.SAs {
						packets += sa.Flow.Packets
					}
					if packets != res.Opened.Decrypted {
						t.Errorf("%+v, %d workers, pipe %v: flows of %d packets", wr, workers, in != nil, packets)
					}
					if in != nil {
						in = io.MultiReader(bytes.NewReader(capture))
					}
				}
			}
		}
	}
}

// runOver analyses a file, or what in gives, in small blocks.
func runOver(t *testing.T, path string, in io.Reader, o analysis.Options) *analysis.Result {
	t.Helper()
	if in != nil {
		path = "-"
	}
	set, err := pcaps.OpenSet([]string{path}, in, pcaps.Options{BlockSize: 2 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	res, err := analysis.Run(context.Background(), set, o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}
