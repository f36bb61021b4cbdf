package decode

import (
	"bytes"
	"errors"
	"testing"
)

// A script sends fragments of one ESP packet of 48 octets (or what its bodies
// make of it) and says what comes of it.
type fragmentScript struct {
	name   string
	frames [][]byte
	joined []byte // the joined datagram's payload, nil for none
	at     int    // the frame that completes it
	err    error  // of a problem on some frame
	stats  FragmentStats
}

var (
	esp48   = espPacket(48)
	changed = set(esp48, 16, 0xff) // differs in the third unit of 8 octets
)

func f4(b []byte, off, end int, more bool) []byte { return ipv4Fragment(9, off, more, b[off:end]) }
func f6(b []byte, off, end int, more bool) []byte { return ipv6Fragment(9, off, more, b[off:end]) }

var fragmentScripts = []fragmentScript{
	{
		name:   "in order",
		frames: [][]byte{f4(esp48, 0, 16, true), f4(esp48, 16, 32, true), f4(esp48, 32, 48, false)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 3, Joined: 1},
	},
	{
		name:   "reversed",
		frames: [][]byte{f4(esp48, 32, 48, false), f4(esp48, 16, 32, true), f4(esp48, 0, 16, true)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 3, Joined: 1},
	},
	{
		name:   "duplicated",
		frames: [][]byte{f4(esp48, 0, 16, true), f4(esp48, 0, 16, true), f4(esp48, 16, 48, false), f4(esp48, 16, 48, false)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 4, Joined: 1, Duplicates: 2},
	},
	{
		name:   "captured twice",
		frames: [][]byte{f4(esp48, 0, 16, true), f4(esp48, 16, 48, false), f4(esp48, 0, 16, true), f4(esp48, 16, 48, false)},
		joined: esp48, at: 1,
		stats: FragmentStats{Seen: 4, Joined: 1, Duplicates: 2},
	},
	{
		name:   "tiny first",
		frames: [][]byte{f4(esp48, 0, 8, true), f4(esp48, 8, 48, false)},
		joined: esp48, at: 1,
		stats: FragmentStats{Seen: 2, Joined: 1, TinyFirst: 1},
	},
	{
		name:   "missing",
		frames: [][]byte{f4(esp48, 0, 16, true), f4(esp48, 32, 48, false)},
		stats:  FragmentStats{Seen: 2, Waiting: 1},
	},
	{
		name:   "overlap with the same octets",
		frames: [][]byte{f4(esp48, 0, 24, true), f4(esp48, 16, 32, true), f4(esp48, 24, 48, false)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 3, Joined: 1, Overlaps: 2},
	},
	{
		name:   "overlap with other octets: the first win",
		frames: [][]byte{f4(esp48, 0, 24, true), f4(changed, 8, 32, true), f4(esp48, 32, 48, false)},
		joined: esp48, at: 2, err: ErrAmbiguous,
		stats: FragmentStats{Seen: 3, Joined: 1, Overlaps: 1, Ambiguous: 1},
	},
	{
		name:   "overlap before with other octets: the first win",
		frames: [][]byte{f4(changed, 16, 32, true), f4(esp48, 0, 40, true), f4(esp48, 40, 48, false)},
		joined: changed, at: 2, err: ErrAmbiguous,
		stats: FragmentStats{Seen: 3, Joined: 1, Overlaps: 1, Ambiguous: 1},
	},
	{
		name: "one fragment fills two holes",
		frames: [][]byte{f4(esp48, 8, 16, true), f4(esp48, 24, 32, true), f4(esp48, 0, 40, true),
			f4(esp48, 40, 48, false)},
		joined: esp48, at: 3,
		stats: FragmentStats{Seen: 4, Joined: 1, Overlaps: 1},
	},
	{
		name:   "two different last ones",
		frames: [][]byte{f4(esp48, 24, 48, false), f4(esp48, 24, 40, false), f4(esp48, 0, 24, true)},
		joined: esp48, at: 2, err: ErrAmbiguous,
		stats: FragmentStats{Seen: 3, Joined: 1, ConflictingEnds: 1},
	},
	{
		name:   "beyond the last one",
		frames: [][]byte{f4(esp48, 24, 40, false), f4(esp48, 40, 48, true), f4(esp48, 0, 24, true)},
		joined: esp48[:40], at: 2, err: ErrAmbiguous,
		stats: FragmentStats{Seen: 3, Joined: 1, ConflictingEnds: 1},
	},
	{
		name:   "a last one before the end",
		frames: [][]byte{f4(esp48, 32, 48, true), f4(esp48, 16, 32, false), f4(esp48, 0, 32, true)},
		err:    ErrAmbiguous,
		stats:  FragmentStats{Seen: 3, ConflictingEnds: 1, Waiting: 1},
	},
	{
		name:   "past 65,535 octets",
		frames: [][]byte{ipv4Fragment(9, 65528, false, pattern(16)), ipv4Fragment(9, 65512, true, pattern(8))},
		err:    ErrLength,
		stats:  FragmentStats{Seen: 2},
	},
	{
		name:   "length no multiple of 8",
		frames: [][]byte{f4(esp48, 0, 17, true), f4(esp48, 16, 48, false)},
		err:    ErrLength,
		stats:  FragmentStats{Seen: 2, Waiting: 1},
	},
	{
		name:   "empty",
		frames: [][]byte{f4(esp48, 0, 0, true), f4(esp48, 16, 16, false)},
		err:    ErrLength,
		stats:  FragmentStats{Seen: 2},
	},
	{
		name: "other identification, protocol or source",
		frames: [][]byte{
			f4(esp48, 0, 16, true),
			ipv4Fragment(8, 16, false, esp48[16:]),
			setFragment(ipv4Datagram(protoAH, esp48[16:]), 9, 16, false),
			set(f4(esp48, 16, 48, false), ipv4SourceAt, 198),
		},
		stats: FragmentStats{Seen: 4, Waiting: 4},
	},
	{
		name: "of TCP",
		frames: [][]byte{
			setFragment(ipv4Datagram(protoTCP, esp48[:16]), 9, 0, true),
			setFragment(ipv4Datagram(protoTCP, esp48[16:]), 9, 16, false),
		},
		stats: FragmentStats{Seen: 2, Ignored: 2},
	},

	{
		name:   "IPv6 in order",
		frames: [][]byte{f6(esp48, 0, 16, true), f6(esp48, 16, 32, true), f6(esp48, 32, 48, false)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 3, Joined: 1},
	},
	{
		name:   "IPv6 reversed and duplicated",
		frames: [][]byte{f6(esp48, 16, 48, false), f6(esp48, 16, 48, false), f6(esp48, 0, 16, true), f6(esp48, 0, 16, true)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 4, Joined: 1, Duplicates: 2},
	},
	{
		name:   "IPv6 overlap drops all (RFC 5722)",
		frames: [][]byte{f6(esp48, 0, 24, true), f6(esp48, 16, 48, false), f6(esp48, 24, 48, false)},
		err:    ErrAmbiguous,
		stats:  FragmentStats{Seen: 3, Overlaps: 1, Dropped: 2},
	},
	{
		name:   "IPv6 copy with other octets drops all",
		frames: [][]byte{f6(esp48, 0, 24, true), f6(changed, 0, 24, true), f6(esp48, 24, 48, false)},
		err:    ErrAmbiguous,
		stats:  FragmentStats{Seen: 3, Overlaps: 1, Dropped: 2},
	},
	{
		name:   "IPv6 two different last ones",
		frames: [][]byte{f6(esp48, 24, 48, false), f6(esp48, 24, 40, false), f6(esp48, 0, 24, true)},
		err:    ErrAmbiguous,
		stats:  FragmentStats{Seen: 3, ConflictingEnds: 1, Dropped: 2},
	},
	{
		name:   "IPv6 past 65,535 octets",
		frames: [][]byte{ipv6Fragment(9, 65528, false, pattern(16))},
		err:    ErrLength,
		stats:  FragmentStats{Seen: 1},
	},
}

func TestFragments(t *testing.T) {
	for _, tt := range fragmentScripts {
		t.Run(tt.name, func(t *testing.T) {
			d := NewDecoder(Limits{})
			var err error
			var joined []byte
			for i, frame := range tt.frames {
				p := decodeWith(d, linkRaw, frame)
				if p.Problem != nil {
					err = p.Problem.Err
				}
				if p.Fragment == (p.Fragments > 0) {
					t.Errorf("frame %d: Fragment %v, Fragments %d", i, p.Fragment, p.Fragments)
				}
				if p.Fragments > 0 {
					if i != tt.at || p.Kind != KindESP || joined != nil {
						t.Errorf("frame %d completes: %v", i, p.Kind)
					}
					joined = bytes.Clone(p.Payload)
				}
			}
			if !bytes.Equal(joined, tt.joined) {
				t.Errorf("joined %x, want %x", joined, tt.joined)
			}
			if !errors.Is(err, tt.err) {
				t.Errorf("problem %v, want %v", err, tt.err)
			}
			if got := d.Stats().Fragments; got != tt.stats {
				t.Errorf("counted %+v\nwant    %+v", got, tt.stats)
			}
		})
	}
}
