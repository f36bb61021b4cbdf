package diagnose_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"ikescope/decode"
	"ikescope/diagnose"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// recorded is a capture in memory.
type recorded struct {
	link   pcaps.LinkType
	frames []pcaps.Frame
	ike    []int // indexes of the IKE messages
	from   []int // 0 for the side that sent the first IKE message, 1 for the other, -1 for neither
}

func record(t testing.TB, s samples.Sample) recorded {
	t.Helper()
	r := recorded{frames: samples.Frames(t, s.Capture())}
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	var first netip.Addr
	for i, f := range r.frames {
		r.link = f.Link
		d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos)
		if p.Kind == decode.KindIKE {
			if r.ike == nil {
				first = p.Src
			}
			r.ike = append(r.ike, i)
		}
		side := -1
		if p.Kind != decode.KindOther {
			side = 1
			if p.Src == first {
				side = 0
			}
		}
		r.from = append(r.from, side)
	}
	return r
}

// A capture that misses one message of a healthy tunnel gives warnings, no error.
func TestLostMessages(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "mm-psk-aes256-sha256-modp2048-pfs", "natt-forced-aes128-sha1", "v6-outer-v4-inner"} {
		s := samples.ByName(name)
		r, ring := record(t, s), ringOf(t, s)
		for n, at := range r.ike {
			frames := slices.Delete(slices.Clone(r.frames), at, at+1)
			path := write(t, r.link, frames)
			for what, known := range map[string]*secrets.Ring{"outside": nil, "inside": ring} {
				t.Run(fmt.Sprintf("%s/%d/%s", name, n+1, what), func(t *testing.T) {
					got := findings(t, path, known)
					noErrors(t, got)
					if n < 6 && !has(got, diagnose.Phase1Incomplete) && !has(got, diagnose.CaptureStartsLate) {
						t.Errorf("message %d is not missed: %v", n+1, codes(got))
					}
				})
			}
		}
	}
}

// A capture of one direction gives a warning that says so, and no error.
func TestOneDirection(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "natt-forced-aes128-sha1", "aggressive-psk-aes128-sha1-modp1536", "rekey-quick-modes-pfs"} {
		s := samples.ByName(name)
		r, ring := record(t, s), ringOf(t, s)
		for side := range 2 {
			var frames []pcaps.Frame
			for i, f := range r.frames {
				if r.from[i] == side {
					frames = append(frames, f)
				}
			}
			path := write(t, r.link, frames)
			for what, known := range map[string]*secrets.Ring{"outside": nil, "inside": ring} {
				t.Run(fmt.Sprintf("%s/side %d/%s", name, side, what), func(t *testing.T) {
					got := findings(t, path, known)
					noErrors(t, got)
					if !has(got, diagnose.CaptureOneSided) {
						t.Errorf("not one-sided: %v", codes(got))
					}
				})
			}
		}
	}
}

// A capture that starts anywhere in a healthy tunnel, or ends anywhere, gives no
// error.
func TestPartsOfACapture(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "racoon-mm-psk-3des-sha1-modp1024", "xauth-mm-psk-modecfg", "rekey-isakmp-sa"} {
		s := samples.ByName(name)
		r, ring := record(t, s), ringOf(t, s)
		for at := 1; at < len(r.frames); at += 1 + at/12 {
			for what, frames := range map[string][]pcaps.Frame{"from": r.frames[at:], "up to": r.frames[:at]} {
				if name == "xauth-mm-psk-modecfg" && at == 12 && what == "up to" {
					continue // ends with XAUTH, as a refused one does
				}
				path := write(t, r.link, frames)
				for _, known := range []*secrets.Ring{nil, ring} {
					t.Run(fmt.Sprintf("%s/%s %d/%t", name, what, at, known != nil), func(t *testing.T) {
						noErrors(t, findings(t, path, known))
					})
				}
			}
		}
	}
}

// Packets that the network doubled are no retransmissions, and doubled ESP
// packets are replays.
func TestDoubledByTheNetwork(t *testing.T) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	r := record(t, s)
	var frames []pcaps.Frame
	for i, f := range r.frames {
		frames = append(frames, f)
		if i%3 == 0 {
			f.Nanos += 200_000
			frames = append(frames, f)
		}
	}
	for _, known := range []*secrets.Ring{nil, ringOf(t, s)} {
		got := findings(t, write(t, r.link, frames), known)
		check(t, got, []want{{diagnose.ESPReplayed, warning, proved, nil}})
	}
}
