package analysis_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/ikestate"
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
	r := recorded{frames: samples.Frames(t, s.Capture())}
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	for i, f := range r.frames {
		r.link = f.Link
		if d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos); p.Kind == decode.KindIKE {
			r.ike = append(r.ike, i)
		}
	}
	return r
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
	res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring})
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
		private := k.Private.A
		if len(private) == 0 {
			private = k.Private.B
		}
		ring.DHs = append(ring.DHs, secrets.DH{Private: keymat.NewSecret(private), Source: secrets.Source{File: "dh", Line: i + 1}})
	}
	return ring
}

// less says what is left to read when one message of a sample is missing, and why.
type less struct {
	missing   int
	read, sas int
	why       string
}

// layout is a sequence of messages that several samples have: what is left when
// one of them is missing, and when the capture starts at one of them.
type layout struct {
	samples []string
	less    []less
	from    []outcome
}

// none are n starts from which nothing can be read.
func none(n int) []outcome { return make([]outcome, n) }

var layouts = map[string]layout{
	// One Main Mode (messages 1 to 6), one Quick Mode (7 to 9) and two Deletes.
	"main": {
		samples: impairable,
		less: []less{
			{1, 10, 2, "SAi_b is lost: proofs of identity cannot be checked, keys do not need it"},
			{2, 10, 2, "the choice is lost: each proposal offered is tried"},
			{3, 3, 0, "g^xi and Ni are lost: SKEYID cannot be derived"},
			{4, 3, 0, "g^xr and Nr are lost"},
			{5, 10, 2, "message 6 lost its vector: its ID payload is rebuilt, HASH_R or SIG_R proves it"},
			{6, 10, 2, "phase 2 lost its vectors: HASH(1) proves what is rebuilt"},
			{7, 10, 0, "Ni and the initiator's SPI are lost: no KEYMAT; message 8 is entered without its vector"},
			{8, 9, 0, "Nr and the responder's SPI are lost, and the vector of message 9, which holds only a hash"},
			{9, 10, 2, "HASH(3) adds nothing to the keys"},
			{10, 10, 2, "a Delete"},
			{11, 10, 2, "a Delete"},
		},
		from: append([]outcome{{11, 2}, {10, 2}, {9, 2}, {1, 0}}, none(7)...),
	},
	// One Aggressive Mode (1 to 3), one Quick Mode (4 to 6) and two Deletes.
	"aggressive": {
		samples: []string{"aggressive-psk-aes128-sha1-modp1536"},
		less: []less{
			{1, 1, 0, "g^xi and Ni are lost: only message 2, in the clear, is read"},
			{2, 1, 0, "g^xr and Nr are lost: only message 1, in the clear, is read"},
			{3, 7, 2, "phase 2 lost its vectors: HASH(1) proves what is rebuilt"},
			{4, 7, 0, "Ni and the initiator's SPI are lost: no KEYMAT"},
			{5, 6, 0, "Nr and the responder's SPI are lost, and the vector of message 6"},
			{6, 7, 2, "HASH(3) adds nothing to the keys"},
			{7, 7, 2, "a Delete"},
			{8, 7, 2, "a Delete"},
		},
		from: append([]outcome{{8, 2}, {1, 0}}, none(6)...),
	},
	// One Main Mode (1 to 6), XAUTH (7 to 10), Mode-Config (11, 12), one Quick Mode
	// (13 to 15) and two Deletes.
	"main-xauth": {
		samples: []string{"xauth-mm-psk-modecfg", "xauth-hybrid-rsa"},
		less: []less{
			{1, 16, 2, "SAi_b is lost"},
			{2, 16, 2, "the choice is lost: each proposal offered is tried"},
			{3, 3, 0, "g^xi and Ni are lost"},
			{4, 3, 0, "g^xr and Nr are lost"},
			{5, 16, 2, "message 6 lost its vector (see lostIdentity)"},
			{6, 16, 2, "what follows lost its vectors"},
			{7, 16, 2, "message 8 chains to it: HASH proves what is rebuilt"},
			{8, 16, 2, "an answer"},
			{9, 16, 2, "message 10 chains to it"},
			{10, 16, 2, "an answer"},
			{11, 16, 2, "message 12 chains to it"},
			{12, 16, 2, "an answer"},
			{13, 16, 0, "Ni and the initiator's SPI are lost: no KEYMAT"},
			{14, 15, 0, "Nr and the responder's SPI are lost, and the vector of message 15"},
			{15, 16, 2, "HASH(3) adds nothing to the keys"},
			{16, 16, 2, "a Delete"},
			{17, 16, 2, "a Delete"},
		},
		from: append([]outcome{{17, 2}, {16, 2}, {15, 2}, {1, 0}}, none(13)...),
	},
	// One Aggressive Mode (1 to 3), XAUTH and Mode-Config (4 to 9), one Quick Mode
	// (10 to 12), a question of dead peer detection and its answer, two Deletes.
	"aggressive-xauth": {
		samples: []string{"vpnc-strongswan-xauth"},
		less: []less{
			{1, 1, 0, "g^xi and Ni are lost"}, {2, 1, 0, "g^xr and Nr are lost"},
			{3, 15, 2, "what follows lost its vectors"},
			{4, 15, 2, "message 5 chains to it"}, {5, 15, 2, "an answer"}, {6, 15, 2, "message 7 chains to it"},
			{7, 15, 2, "an answer"}, {8, 15, 2, "message 9 chains to it"}, {9, 15, 2, "an answer"},
			{10, 15, 0, "Ni and the initiator's SPI are lost"}, {11, 14, 0, "Nr is lost, and the vector of message 12"},
			{12, 15, 2, "HASH(3)"}, {13, 15, 2, "a question"}, {14, 15, 2, "an answer"}, {15, 15, 2, "a Delete"}, {16, 15, 2, "a Delete"},
		},
		from: append([]outcome{{16, 2}, {1, 0}}, none(14)...),
	},
}

// impairable are samples of the layout "main".
var impairable = []string{
	"mm-psk-3des-sha1-modp1024", "mm-psk-aes128-sha1-modp1536", "mm-psk-aes256-sha256-modp2048-pfs", "mm-psk-des-md5-modp768",
	"v6-outer-v4-inner", "natt-forced-aes128-sha1", "mm-rsa-aes256-sha256-modp2048", "mm-psk-aes128-sha256-ecp256",
	"mm-psk-aes256-sha512-x25519", "mm-psk-camellia128-sha256-modp2048", "mm-psk-cast128-sha1-modp1536", "mm-psk-blowfish128-sha1-modp1536",
}

// lostIdentity is a sample whose responder is a name of 15 octets: without its
// vector, message 6 has lost eight of them, which nothing gives back.
const lostIdentity = "xauth-mm-psk-modecfg"

func TestImpairedCaptures(t *testing.T) {
	for _, l := range layouts {
		for _, name := range l.samples {
			t.Run(name, func(t *testing.T) { l.impair(t, samples.ByName(name)) })
		}
	}
}

// impair loses, swaps and doubles every message of a sample.
func (l layout) impair(t *testing.T, s samples.Sample) {
	r, ring := record(t, s), ringOf(t, s)
	check := func(what string, frames []pcaps.Frame, want outcome) {
		t.Helper()
		if got := analyse(t, r.write(t, frames), ring); got != want {
			t.Errorf("%s: read %d messages, opened %d SAs; want %d and %d", what, got.read, got.sas, want.read, want.sas)
		}
	}
	n := len(r.ike)
	if n != len(l.less) || n != len(l.from) {
		t.Fatalf("%d messages, %d and %d expectations", n, len(l.less), len(l.from))
	}
	for _, less := range l.less {
		want := outcome{less.read, less.sas}
		if less.missing == 5 && s.Name == lostIdentity {
			want.read--
		}
		check(fmt.Sprintf("without message %d (%s)", less.missing, less.why), r.without(less.missing), want)
	}
	for a := 1; a < n; a++ {
		check(fmt.Sprintf("messages %d and %d swapped", a, a+1), r.swapped(a), outcome{n, 2})
	}
	for a := 1; a <= n; a++ {
		for b := a; b <= n; b++ {
			check(fmt.Sprintf("message %d again behind %d", a, b), r.repeated(a, b), outcome{n + 1, 2})
		}
		check(fmt.Sprintf("capture from message %d on", a), r.without(upTo(a-1)...), l.from[a-1])
	}
	check("every message doubled", r.doubled(), outcome{2 * n, 2})
}

// doubled returns the frames with every IKE message twice.
func (r recorded) doubled() (out []pcaps.Frame) {
	for i, f := range r.frames {
		out = append(out, f)
		if slices.Contains(r.ike, i) {
			out = append(out, f)
		}
	}
	return out
}

// A Main Mode whose messages 5 and 6 came in ten fragments each (IKE messages 5 to
// 14 and 15 to 24 of the capture): each fragment is lost, doubled and swapped. What
// the fragments give is read beside them.
func TestImpairedFragments(t *testing.T) {
	const messages, whole = 29, 2
	s := samples.ByName("mm-rsa-ike-fragmentation")
	r, ring := record(t, s), ringOf(t, s)
	check := func(what string, frames []pcaps.Frame, want outcome) {
		t.Helper()
		if got := analyse(t, r.write(t, frames), ring); got != want {
			t.Errorf("%s: read %d messages, opened %d SAs; want %d and %d", what, got.read, got.sas, want.read, want.sas)
		}
	}
	for a := 5; a <= 24; a++ {
		// Message 5 or 6 is lost as a whole; what follows is entered without its
		// vector, and so is message 6.
		check(fmt.Sprintf("without fragment %d", a), r.without(a), outcome{messages - 1 + whole - 1, 2})
		for _, b := range []int{a, min(a+1, messages), 14, 24, messages} {
			if b >= a {
				check(fmt.Sprintf("fragment %d again behind %d", a, b), r.repeated(a, b), outcome{messages + 1 + whole, 2})
			}
		}
		check(fmt.Sprintf("messages %d and %d swapped", a, a+1), r.swapped(a), outcome{messages + whole, 2})
	}
	check("every message doubled", r.doubled(), outcome{2*messages + whole, 2})
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

// A capture that begins behind phase 1 and a first Quick Mode, with SKEYID_d,
// SKEYID_a and the cipher key but no vector: every message is read and verified,
// and all ESP of the Quick Mode that is there opens. Six packets are of the first
// one, whose nonces nobody has.
func TestCaptureWithoutPhase1(t *testing.T) {
	s := samples.ByName("capture-late-quick-mode")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	k := known.IKE[0]
	ring := &secrets.Ring{ISAKMPs: []secrets.ISAKMP{{
		SKEYIDd: keymat.NewSecret(k.SKEYIDd), SKEYIDa: keymat.NewSecret(k.SKEYIDa),
		CipherKey: keymat.NewSecret(k.CipherKey), Source: secrets.Source{File: "isakmp"},
	}}}
	set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	const before = 6
	if n := res.Opened.Decrypted; n != int64(s.ESP)-before || len(res.SAs) != 2 || res.Opened.NoKey != before {
		t.Errorf("%d of %d packets of %d SAs", n, s.ESP, len(res.SAs))
	}
	for _, c := range res.Conversations {
		for _, m := range c.Messages {
			if !m.Decrypted || m.Verified != ikestate.Verified {
				t.Errorf("packet %d: %s, %s", m.Frame, m.Verified, m.Note)
			}
		}
	}
}
