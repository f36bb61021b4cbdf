package analysis_test

import (
	"bytes"
	"compress/flate"
	"testing"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// literals is LZS without any back reference: a 0 before each octet, and the end
// marker 110000000 (RFC 2395, section 2).
func literals(b []byte) (out []byte) {
	n := 0
	bits := func(v uint16, count int) {
		for i := count - 1; i >= 0; i-- {
			if n%8 == 0 {
				out = append(out, 0)
			}
			out[n/8] |= byte(v>>i&1) << (7 - n%8)
			n++
		}
	}
	for _, c := range b {
		bits(uint16(c), 9)
	}
	bits(0b110000000, 9)
	return out
}

func deflated(b []byte) []byte {
	var z bytes.Buffer
	w, _ := flate.NewWriter(&z, flate.BestCompression)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// Where nobody saw what a CPI stands for, the data tell.
func TestCompressionThatIsNotNegotiated(t *testing.T) {
	payload := bytes.Repeat([]byte("what was compressed "), 20)
	for name, c := range map[string]struct {
		cpi  byte
		data []byte
		ok   bool
	}{
		"DEFLATE, well known": {2, deflated(payload), true},
		"LZS, well known":     {3, literals(payload), true},
		"DEFLATE, negotiated": {0xad, deflated(payload), true},
		"LZS, negotiated":     {0xad, literals(payload), true},
		"LZS as DEFLATE":      {2, literals(payload), false},
		"neither":             {0xad, bytes.Repeat([]byte{0xff}, 100), false},
	} {
		compressed := append([]byte{17, 0, 0, c.cpi}, c.data...)
		if c.cpi > 63 { // a number that is negotiated has more than six bits
			compressed[2], compressed[3] = c.cpi, 1
		}
		datagram := append(ipv4(nil, 108, len(compressed)), compressed...)
		r, sink := recorded{link: pcaps.LinkRaw}, new(octets)
		path := r.write(t, []pcaps.Frame{{Data: around(nil, 1, datagram)}})
		ring := &secrets.Ring{ESPs: []secrets.ESP{aroundKeys()}}
		res := runOver(t, path, nil, analysis.Options{Strict: true, Ring: ring, Sink: sink})
		if o := res.Opened; o.Written != 1 || (o.Opaque == 0) != c.ok {
			t.Errorf("%s: %+v", name, o)
		}
		got, want := sink.Bytes(), append(ipv4(nil, 17, len(payload)), payload...)
		if !c.ok {
			want = datagram
		}
		if len(got) != len(want) || !bytes.Equal(got[20:], want[20:]) {
			t.Errorf("%s: %d octets, want %d", name, len(got), len(want))
		}
	}
}
