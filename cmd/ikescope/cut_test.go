package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"ikescope/decode"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// span is where a record of a capture stands.
type span struct {
	start, end int
	ike        bool
}

// spans lists the records of an uncompressed classic capture.
func spans(t *testing.T, path string) (all []span) {
	t.Helper()
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	for _, f := range samples.Frames(t, path) {
		d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos)
		all = append(all, span{int(f.Offset), int(f.Offset) + 16 + len(f.Data), p.Kind == decode.KindIKE})
	}
	return all
}

// Every capture, cut inside of its records: never a panic, and the messages before
// the cut are told as if nothing were missing. Of one capture each octet of each
// IKE message is a cut, of the others some.
func TestCutAnywhere(t *testing.T) {
	for _, s := range append(samples.All(), samples.Partial()...) {
		path := s.Capture()
		if filepath.Ext(path) != ".pcap" {
			continue
		}
		every := 101
		if s.Name == "mm-psk-3des-sha1-modp1024" && !testing.Short() {
			every = 1
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			cutAnywhere(t, s, path, every)
		})
	}
}

func cutAnywhere(t *testing.T, s samples.Sample, path string, every int) {
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	keys, cut := secretsFile(t, s), filepath.Join(t.TempDir(), "cut.pcap")
	all := spans(t, path)
	whole := toldMessages(t, path, keys, exitDone)
	for i, r := range all {
		if !r.ike {
			continue
		}
		for at := r.start + 1 + (i*37)%every; at < min(r.end, r.start+2000); at += every {
			if err := os.WriteFile(cut, file[:at], 0o600); err != nil {
				t.Fatal(err)
			}
			want := exitDone
			if i == 0 {
				want = exitFailed // nothing but a cut record
			}
			got := toldMessages(t, cut, keys, want)
			n := 0
			for n < len(whole) && whole[n].Frame <= int64(i) {
				n++
			}
			if len(got) != n {
				t.Fatalf("cut at octet %d, in packet %d: %d messages, want %d", at, i+1, len(got), n)
			}
			for k := range got {
				if got[k] != whole[k] {
					t.Fatalf("cut at octet %d: %+v, was %+v", at, got[k], whole[k])
				}
			}
		}
	}
}

// told is what does not depend on what comes later.
type told struct {
	Frame               int64
	Time                string
	Source, Destination string
	Initiator           string `json:"initiator_cookie"`
	Version             any
	Exchange            string
	MessageID           string `json:"message_id"`
	Length              int
	Encrypted           bool
}

func toldMessages(t *testing.T, path, keys string, want int) (all []told) {
	t.Helper()
	var out, diag bytes.Buffer
	if status := run(t.Context(), []string{"messages", path, "-k", keys, "--format", "json"}, nil, &out, &diag); status != want {
		t.Fatalf("status %d: %s", status, diag.String())
	}
	for d := json.NewDecoder(&out); d.More(); {
		var m told
		if err := d.Decode(&m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

// Every packet cut to n octets, as a snap length does it: what is missing is told,
// nothing is made up of it.
func TestSnapLengthAnywhere(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "natt-forced-aes128-sha1", "ikev2-psk-aes128gcm16-x25519", "mm-rsa-ike-fragmentation", "ah-tunnel-sha1"} {
		s := samples.ByName(name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, cut := secretsFile(t, s), filepath.Join(t.TempDir(), "cut.pcap")
			step := 13
			if testing.Short() {
				step = 97
			}
			for n := 0; n < 700; n += step {
				shorten(t, s.Capture(), cut, n)
				for _, args := range [][]string{{"report", cut, "-k", keys}, {"decrypt", cut, "-k", keys, "-o", "OUT"}, {"messages", "-v", cut, "-k", keys}} {
					v := runHostile(t, t.TempDir(), args)
					v.check(t, hostile{})
					if v.status != exitDone && v.status != exitAbsent {
						t.Errorf("%d octets: %v: status %d: %s", n, args[0], v.status, v.diag)
					}
				}
			}
		})
	}
}

// shorten writes a capture of which n octets of each packet are kept.
func shorten(t *testing.T, from, to string, n int) {
	t.Helper()
	rewrite(t, from, to, n, func(frames []pcaps.Frame) []pcaps.Frame {
		for i := range frames {
			f := &frames[i]
			f.Data = f.Data[:min(n, len(f.Data))]
		}
		return frames
	})
}
