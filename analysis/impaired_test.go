package analysis_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// recorded is a capture in memory, so that a test can lose, double and swap its
// packets.
type recorded struct {
	link   pcaps.LinkType
	frames []pcaps.Frame
	ike    []int // indexes of the IKE messages
}

func record(t *testing.T, s samples.Sample) recorded {
	t.Helper()
	set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	var r recorded
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	for {
		b, err := set.Next()
		if errors.Is(err, io.EOF) {
			return r
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range b.Frames {
			f.Data = slices.Clone(f.Data)
			r.link = f.Link
			if d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos); p.Kind == decode.KindIKE {
				r.ike = append(r.ike, len(r.frames))
			}
			r.frames = append(r.frames, f)
		}
		b.Release()
	}
}

// write stores frames in the given order; times follow the order.
func (r recorded) write(t *testing.T, frames []pcaps.Frame) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "impaired.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := pcaps.NewWriter(f, pcaps.FormatPcap, pcaps.WriterOptions{})
	iface, err := w.AddInterface(pcaps.Interface{Link: r.link, SnapLen: 262144})
	if err != nil {
		t.Fatal(err)
	}
	for i, fr := range frames {
		if err := w.Write(iface, int64(i)*1e6, fr.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// without returns the frames but for the IKE messages whose numbers (from 1) are
// named.
func (r recorded) without(numbers ...int) []pcaps.Frame {
	var out []pcaps.Frame
	for i, f := range r.frames {
		if !slices.Contains(numbers, slices.Index(r.ike, i)+1) {
			out = append(out, f)
		}
	}
	return out
}

// repeated returns the frames with message a again right behind message b.
func (r recorded) repeated(a, b int) []pcaps.Frame {
	at := r.ike[b-1] + 1
	return slices.Concat(r.frames[:at], []pcaps.Frame{r.frames[r.ike[a-1]]}, r.frames[at:])
}

// swapped returns the frames with messages a and a+1 in each other's place.
func (r recorded) swapped(a int) []pcaps.Frame {
	out := slices.Clone(r.frames)
	i, j := r.ike[a-1], r.ike[a]
	out[i], out[j] = out[j], out[i]
	return out
}

// outcome is what an analysis could make of a capture.
type outcome struct{ read, sas int }

func analyse(t *testing.T, path string, ring *secrets.Ring) outcome {
	t.Helper()
	set, err := pcaps.OpenSet([]string{path}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	res, err := analysis.Run(context.Background(), set, analysis.Options{Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	var o outcome
	for _, c := range res.Conversations {
		for _, m := range c.All() {
			if m.Decrypted {
				o.read++
			}
		}
	}
	for _, sa := range res.SAs {
		if sa.Opened.Decrypted > 0 {
			o.sas++
		}
	}
	return o
}

func ringOf(t *testing.T, s samples.Sample) *secrets.Ring {
	t.Helper()
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	ring := &secrets.Ring{}
	for i, p := range known.PSK {
		ring.PSKs = append(ring.PSKs, secrets.PSK{Secret: keymat.NewSecret([]byte(p)), Source: secrets.Source{File: "psk", Line: i + 1}})
	}
	dhs := known.OtherDH
	for _, k := range known.IKE {
		dhs = append(dhs, k.DH)
	}
	for i, k := range dhs {
		ring.DHs = append(ring.DHs, secrets.DH{Private: keymat.NewSecret(k.Private.A), Source: secrets.Source{File: "dh", Line: i + 1}})
	}
	return ring
}

// impairable are samples of one Main Mode (messages 1 to 6), one Quick Mode (7 to
// 9) and two Deletes (10, 11).
var impairable = []string{"mm-psk-3des-sha1-modp1024", "mm-psk-aes128-sha1-modp1536", "mm-psk-aes256-sha256-modp2048-pfs", "mm-psk-des-md5-modp768", "v6-outer-v4-inner", "natt-forced-aes128-sha1"}

// mainModeLess says what is left to read when one message of an impairable sample
// is missing, and why.
var mainModeLess = []struct {
	missing   int
	read, sas int
	why       string
}{
	{1, 10, 2, "SAi_b is lost: HASH_I and HASH_R cannot be checked, keys do not need it"},
	{2, 10, 2, "the choice is lost: each proposal offered is tried"},
	{3, 3, 0, "g^xi and Ni are lost: SKEYID cannot be derived"},
	{4, 3, 0, "g^xr and Nr are lost"},
	{5, 10, 2, "message 6 lost its vector: its ID payload is rebuilt, HASH_R proves it"},
	{6, 10, 2, "phase 2 lost its vectors: HASH(1) proves what is rebuilt"},
	{7, 10, 0, "Ni and the initiator's SPI are lost: no KEYMAT; message 8 is entered without its vector"},
	{8, 9, 0, "Nr and the responder's SPI are lost, and the vector of message 9, which holds only a hash"},
	{9, 10, 2, "HASH(3) adds nothing to the keys"},
	{10, 10, 2, "a Delete"},
	{11, 10, 2, "a Delete"},
}

// fromOn says what is left when the capture starts at a message.
var fromOn = []outcome{{11, 2}, {10, 2}, {9, 2}, {1, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}}

func TestImpairedCaptures(t *testing.T) {
	for _, name := range impairable {
		t.Run(name, func(t *testing.T) {
			s := samples.ByName(name)
			r, ring := record(t, s), ringOf(t, s)
			check := func(what string, frames []pcaps.Frame, want outcome) {
				t.Helper()
				if got := analyse(t, r.write(t, frames), ring); got != want {
					t.Errorf("%s: read %d messages, opened %d SAs; want %d and %d", what, got.read, got.sas, want.read, want.sas)
				}
			}
			n := len(r.ike)
			for _, less := range mainModeLess {
				check(fmt.Sprintf("without message %d (%s)", less.missing, less.why), r.without(less.missing), outcome{less.read, less.sas})
			}
			for a := 1; a < n; a++ {
				check(fmt.Sprintf("messages %d and %d swapped", a, a+1), r.swapped(a), outcome{n, 2})
			}
			for a := 1; a <= n; a++ {
				for b := a; b <= n; b++ {
					check(fmt.Sprintf("message %d again behind %d", a, b), r.repeated(a, b), outcome{n + 1, 2})
				}
				check(fmt.Sprintf("capture from message %d on", a), r.without(upTo(a-1)...), fromOn[a-1])
			}
		})
	}
}

func upTo(n int) (numbers []int) {
	for i := 1; i <= n; i++ {
		numbers = append(numbers, i)
	}
	return numbers
}

// With SKEYID_d, SKEYID_a and the cipher key, a capture opens from any message of
// phase 2 on, whatever came before it.
func TestLateCaptureWithLowerRungs(t *testing.T) {
	for _, name := range impairable {
		s := samples.ByName(name)
		known, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		r, ring := record(t, s), ringOf(t, s)
		k := known.IKE[0]
		ring.PSKs = nil
		ring.ISAKMPs = []secrets.ISAKMP{{
			SKEYIDd: keymat.NewSecret(k.SKEYIDd), SKEYIDa: keymat.NewSecret(k.SKEYIDa),
			CipherKey: keymat.NewSecret(k.CipherKey), Source: secrets.Source{File: "isakmp"},
		}}
		// Without g^xi message 5 has no vector, and without SKEYID nothing
		// proves a rebuilt ID payload; each later message is read.
		want := []outcome{{11, 2}, {10, 2}, {9, 2}, {7, 2}, {6, 2}, {5, 2}, {5, 2}, {4, 0}, {2, 0}, {2, 0}, {1, 0}}
		for a := range want {
			got := analyse(t, r.write(t, r.without(upTo(a)...)), ring)
			if got != want[a] {
				t.Errorf("%s from message %d on: %v, want %v", name, a+1, got, want[a])
			}
		}
	}
}
