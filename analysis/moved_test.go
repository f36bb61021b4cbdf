package analysis_test

import (
	"bytes"
	"slices"
	"testing"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// moved returns the frames with another address of the initiator from one on.
func (r recorded) moved(after int) []pcaps.Frame {
	const ethernet = 14
	from, to := []byte{192, 0, 2, 1}, []byte{198, 51, 100, 7}
	frames := slices.Clone(r.frames)
	for i := after; i < len(frames); i++ {
		d := bytes.Clone(frames[i].Data)
		for _, at := range []int{ethernet + 12, ethernet + 16} {
			if bytes.Equal(d[at:at+4], from) {
				copy(d[at:], to)
			}
		}
		frames[i].Data = d
	}
	return frames
}

// An SA whose peer has another address from some packet on stays one SA: with all of
// its packets, in both directions, and without a loss.
func TestPeerMoves(t *testing.T) {
	for _, name := range []string{"natt-forced-aes128-sha1", "esp-aes128-esn", "ikev2-rekey-pfs"} {
		s := samples.ByName(name)
		want, _ := open(t, s, nil, 1, 0)
		r := record(t, s)
		for _, after := range []int{0, r.ike[3], len(r.frames) / 2, len(r.frames) - 3} {
			path := r.write(t, r.moved(after))
			for _, workers := range []int{1, 3} {
				sink := new(restarted)
				res := runOver(t, path, nil, analysis.Options{Strict: true, Ring: ringOf(t, s), Sink: sink, Workers: workers})
				if !bytes.Equal(sink.Bytes(), want) || len(res.Unknown) != 0 {
					t.Errorf("%s, from packet %d on: %d of %d octets, %d unknown flows", name, after+1, sink.Len(), len(want), len(res.Unknown))
				}
				packets := int64(0)
				for _, sa := range res.SAs {
					if sa.Flow == nil {
						continue
					}
					packets += sa.Flow.Packets
					if n := sa.Flow.Numbers(); n.Lost+n.Duplicates != 0 || n.Last-n.First+1 != uint64(sa.Flow.Packets) {
						t.Errorf("%s, from packet %d on: %+v of %d packets", name, after+1, n, sa.Flow.Packets)
					}
				}
				if packets != int64(s.ESP) || len(res.SAs) != s.SAs {
					t.Errorf("%s, from packet %d on: %d packets of %d SAs", name, after+1, packets, len(res.SAs))
				}
			}
		}
	}
}
