package traffic

import (
	"bytes"
	"testing"

	"ikescope/decode"
	"ikescope/pcaps"
)

// Every packet of a flood is what its kind says, and sound: a flood of damaged
// packets would be turned away at once.
func TestFloodsAreSound(t *testing.T) {
	want := map[string]decode.Kind{
		"cookies": decode.KindIKE, "answered": decode.KindIKE, "responders": decode.KindIKE, "v2-cookies": decode.KindIKE,
		"retransmission": decode.KindIKE, "informational": decode.KindIKE, "ike-fragments": decode.KindIKE, "ike-fragment": decode.KindIKE,
		"spis": decode.KindESP, "moves": decode.KindESP, "ah-spis": decode.KindAH, "icmp": decode.KindICMPError,
		"fragments": decode.KindOther, "tcp": decode.KindOther, "nothing": decode.KindOther,
	}
	for _, kind := range FloodKinds() {
		wanted, known := want[kind]
		if !known {
			t.Errorf("%s: not in the list", kind)
		}
		frames, stats := floodFrames(t, kind, 300, wanted)
		if frames != 300 {
			t.Errorf("%s: %d packets", kind, frames)
		}
		if kind != "nothing" && len(stats.Malformed) > 0 {
			t.Errorf("%s: %+v", kind, stats.Malformed)
		}
	}
}

func floodFrames(t *testing.T, kind string, n int64, want decode.Kind) (frames int, stats decode.Stats) {
	t.Helper()
	var b bytes.Buffer
	if err := (Flood{kind, n}).Write(&b); err != nil {
		t.Fatal(err)
	}
	set, err := pcaps.OpenSet([]string{"-"}, &b, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	for {
		block, err := set.Next()
		if err != nil {
			return frames, d.Stats()
		}
		for _, f := range block.Frames {
			frames++
			if d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos); p.Kind != want {
				t.Fatalf("%s: packet %d is of kind %v", kind, frames, p.Kind)
			}
		}
		block.Release()
	}
}

func TestNoSuchFlood(t *testing.T) {
	if err := (Flood{"locusts", 1}).Write(new(bytes.Buffer)); err == nil {
		t.Error("no error")
	}
}
