package analysis_test

import (
	"bytes"
	"context"
	"testing"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// discard is a sink that keeps nothing.
type discard struct{}

func (discard) Append(dst []byte, p analysis.Inner) []byte { return append(dst, p.Data...) }
func (discard) Write([]byte) error                         { return nil }
func (discard) Restart() error                             { return nil }

// madeTraffic is a capture of one SA.
func madeTraffic(packets int) *bytes.Reader {
	var out bytes.Buffer
	w := pcaps.NewWriter(&out, pcaps.FormatPcap, pcaps.WriterOptions{})
	w.AddInterface(pcaps.Interface{Link: pcaps.LinkRaw})
	inner := append(ipv4(nil, 17, 100), make([]byte, 100)...)
	for i := range packets {
		w.Write(0, int64(i), around(nil, uint32(i+1), inner))
	}
	w.Flush()
	return bytes.NewReader(out.Bytes())
}

// What is allocated grows with blocks, and not with the packets in them.
func TestPacketsAllocateNothing(t *testing.T) {
	const block, few, packets, perBlock = 32 << 10, 2000, 12_000, 12
	ring := &secrets.Ring{ESPs: []secrets.ESP{aroundKeys()}}
	for _, workers := range []int{1, 2} {
		run := func(capture *bytes.Reader) func() {
			return func() {
				set, err := pcaps.OpenSet([]string{"-"}, capture, pcaps.Options{BlockSize: block})
				if err != nil {
					t.Fatal(err)
				}
				defer set.Close()
				res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring, Sink: discard{}, Workers: workers, NoFindings: true})
				if err != nil || res.Opened.Decrypted == 0 {
					t.Fatal(err, res.Opened)
				}
			}
		}
		small, large := madeTraffic(few), madeTraffic(packets)
		blocks := float64(large.Size()-small.Size()) / block
		more := testing.AllocsPerRun(3, run(large)) - testing.AllocsPerRun(3, run(small))
		if each := more / blocks; each > perBlock {
			t.Errorf("%d workers: %.1f allocations a block of %d packets", workers, each, int(float64(packets-few)/blocks))
		}
	}
}
