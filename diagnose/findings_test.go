package diagnose_test

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ikescope/bench/cputime"
	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// contract lists the codes that scripts rely on.
const contract = `
phase1-no-proposal-chosen phase1-no-answer phase1-incomplete psk-mismatch auth-failed id-mismatch
port-unreachable xauth-failed aggressive-psk-exposed
phase2-no-proposal-chosen phase2-no-answer selector-mismatch pfs-mismatch
sa-deleted rekey-overlap lifetime-mismatch dpd-timeout retransmissions
esp-unknown-spi esp-one-way esp-unused-sa esp-icv-failed esp-replayed esp-lost esp-reordered esp-truncation-mismatch
nat-detected nat-mapping-changed fragments-missing mtu-exceeded
capture-one-sided capture-truncated capture-starts-late
malformed-message secret-unused secret-wrong-length
weak-encryption weak-hash weak-group weak-auth`

func TestEveryCodeOfTheContract(t *testing.T) {
	have := diagnose.Codes()
	for _, c := range strings.Fields(contract) {
		if !slices.Contains(have, diagnose.Code(c)) {
			t.Errorf("no code %s", c)
		}
	}
	slices.Sort(have)
	if n := len(slices.Compact(slices.Clone(have))); n != len(have) {
		t.Error("a code stands in the table twice")
	}
}

func TestSeverityNames(t *testing.T) {
	for _, s := range []diagnose.Severity{diagnose.Notice, diagnose.Warning, diagnose.Error} {
		if got, ok := diagnose.SeverityOf(s.String()); !ok || got != s {
			t.Errorf("%s: %v %v", s, got, ok)
		}
		if text, err := s.MarshalText(); err != nil || string(text) != s.String() {
			t.Errorf("%s: %s %v", s, text, err)
		}
	}
	if _, ok := diagnose.SeverityOf("fatal"); ok {
		t.Error("fatal is a severity")
	}
	if text, _ := diagnose.Proved.MarshalText(); string(text) != "proved" {
		t.Errorf("%s", text)
	}
}

// order says that findings are sorted: severity, then the first packet.
func order(t testing.TB, fs []diagnose.Finding) {
	t.Helper()
	for i := 1; i < len(fs); i++ {
		a, b := fs[i-1], fs[i]
		if a.Severity < b.Severity {
			t.Errorf("%s before %s", describe(a), describe(b))
		}
		if a.Severity == b.Severity && len(a.Frames) > 0 && len(b.Frames) > 0 && a.Frames[0] > b.Frames[0] {
			t.Errorf("%s before %s", describe(a), describe(b))
		}
	}
}

// sound says what holds for every finding.
func sound(t testing.TB, fs []diagnose.Finding) {
	t.Helper()
	order(t, fs)
	known := diagnose.Codes()
	for _, f := range fs {
		switch {
		case !slices.Contains(known, f.Code):
			t.Errorf("unknown code: %s", describe(f))
		case f.Summary == "" || strings.Contains(f.Summary+f.Detail+f.Advice, "%!"):
			t.Errorf("bad text: %s", describe(f))
		case strings.HasSuffix(f.Summary, ".") || strings.Contains(f.Summary, "\n"):
			t.Errorf("summary is no clause: %s", describe(f))
		case !slices.IsSorted(f.Frames) || len(slices.Compact(slices.Clone(f.Frames))) != len(f.Frames):
			t.Errorf("frames: %s", describe(f))
		case len(f.Frames) > 64 || len(f.Detail) > 20_000:
			t.Errorf("too long: %s", describe(f))
		case len(f.Frames) > 0 && f.Frames[0] < 1:
			t.Errorf("no packet has that number: %s", describe(f))
		}
	}
}

var sameAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

// The same capture gives the same findings, in the same order.
func TestFindingsAreStable(t *testing.T) {
	for _, name := range []string{"net-loss-20", "rekey-isakmp-sa", "capture-late-quick-mode", "two-tunnels"} {
		s := samples.ByName(name)
		first := findings(t, s.Capture(), ringOf(t, s))
		sound(t, first)
		for range 3 {
			if diff := cmp.Diff(first, findings(t, s.Capture(), ringOf(t, s)), sameAddr); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

// No finding repeats a secret, whatever form it has.
func TestNoSecretInFindings(t *testing.T) {
	for _, name := range []string{"fail-wrong-psk", "mm-psk-3des-sha1-modp1024", "capture-late-quick-mode", "xauth-mm-psk-modecfg"} {
		s := samples.ByName(name)
		known, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings(t, s.Capture(), ringOf(t, s)) {
			for _, psk := range known.PSK {
				if strings.Contains(describe(f)+f.Advice, psk) {
					t.Errorf("%s: %s", name, describe(f))
				}
			}
		}
	}
}

// Names out of a capture are cut to a length that can be read.
func TestLongIdentity(t *testing.T) {
	k := newTalk(t)
	k.main(5)
	k.ring.PSKs = nil
	name := append([]byte{2, 0, 0, 0}, strings.Repeat("x\x1b[31m", 2000)...)
	k.frames = nil
	k.cookieI, k.cookieR = isakmp.Cookie{1}, isakmp.Cookie{}
	k.send(sideA, k.clear(isakmp.ExchangeAggressive, 0, payload{isakmp.PayloadSA, k.offer}, payload{isakmp.PayloadKE, k.p.GXI}, payload{isakmp.PayloadNonce, k.p.NiB}, payload{isakmp.PayloadID, name}))
	k.cookieR = isakmp.Cookie{2}
	k.send(sideB, k.clear(isakmp.ExchangeAggressive, 0, payload{isakmp.PayloadSA, sa(isakmp.ProtocolISAKMP, nil, 1, k.good())}, payload{isakmp.PayloadKE, k.p.GXR}, payload{isakmp.PayloadNonce, k.p.NrB}, payload{isakmp.PayloadID, name}, payload{isakmp.PayloadHash, make([]byte, 32)}))
	k.tells(sideA, notify(isakmp.ProtocolISAKMP, isakmp.NotifyInvalidIDInformation, nil, nil))
	got := findings(t, write(t, pcaps.LinkRaw, k.frames), nil)
	if !has(got, diagnose.IDMismatch) {
		t.Errorf("%v", codes(got))
	}
	for _, f := range got {
		if len(f.Detail) > 2000 || !utf8.ValidString(f.Detail) {
			t.Errorf("%d octets: %.200s", len(f.Detail), f.Detail)
		}
	}
}

// A flood of forged first messages, or of SPIs, costs no more than in proportion
// and gives few findings.
func TestFloods(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, c := range []struct {
		name string
		play func(k *talk, n int)
	}{
		{"first messages of one host", func(k *talk, n int) {
			m := k.frames[0]
			for i := range n {
				f := m
				f.Data = slices.Clone(m.Data)
				binary.BigEndian.PutUint64(f.Data[28:], uint64(i)<<8|0xff)
				k.frames = append(k.frames, f)
			}
		}},
		{"first messages of many hosts", func(k *talk, n int) {
			m := k.frames[0]
			for i := range n {
				f := m
				f.Data = slices.Clone(m.Data)
				binary.BigEndian.PutUint64(f.Data[28:], uint64(i)<<8|0xff)
				binary.BigEndian.PutUint32(f.Data[12:], 0x0a000000+uint32(i))
				k.frames = append(k.frames, f)
			}
		}},
		{"SPIs between two hosts", func(k *talk, n int) {
			for i := range n {
				for range 5 {
					k.esp(i%2, 0x10000+uint32(i))
				}
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			took := func(n int) time.Duration {
				k := newTalk(t)
				k.offers(k.good())
				c.play(k, n)
				path := write(t, pcaps.LinkRaw, k.frames)
				best := time.Hour
				for range 3 {
					begin := cputime.Used()
					got := findings(t, path, nil)
					best = min(best, cputime.Used()-begin)
					if sound(t, got); len(got) > 120 {
						t.Errorf("%d findings", len(got))
					}
				}
				return best
			}
			const n = 2000
			for attempt := 1; ; attempt++ { // a busy machine may slow down one of the two
				small, large := took(n), took(4*n)
				if large <= 12*small+200*time.Millisecond {
					return
				}
				if attempt == 5 {
					t.Fatalf("%d take %v, %d take %v", n, small, 4*n, large)
				}
			}
		})
	}
}

// FuzzFindings changes one octet after the other of a played failure; whatever
// the messages become, a diagnosis ends and its findings are sound.
func FuzzFindings(f *testing.F) {
	scenes := slices.Concat(phase1Scenes, phase2Scenes, livesScenes, trafficScenes, pathScenes, inputScenes)
	for i := range scenes {
		f.Add(uint8(i), []byte{0, 0, 0, 0}, false)
		f.Add(uint8(i), []byte{1, 40, 3, 7, 2, 60, 1, 255}, true)
	}
	f.Fuzz(func(t *testing.T, scene uint8, changes []byte, known bool) {
		k := newTalk(t)
		scenes[int(scene)%len(scenes)].play(k)
		for ; len(changes) >= 4 && len(k.frames) > 0; changes = changes[4:] {
			fr := &k.frames[int(changes[0])%len(k.frames)]
			fr.Data[int(binary.BigEndian.Uint16(changes[1:]))%len(fr.Data)] = changes[3]
		}
		var ring *secrets.Ring
		if known {
			ring = &k.ring
		}
		path := filepath.Join(t.TempDir(), "f.pcap")
		if err := os.WriteFile(path, encode(k.frames), 0o600); err != nil {
			t.Fatal(err)
		}
		sound(t, findings(t, path, ring))
	})
}

// encode writes a classic pcap of raw IP.
func encode(frames []pcaps.Frame) []byte {
	b := []byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0}
	for _, f := range frames {
		b = binary.LittleEndian.AppendUint32(b, uint32(f.Nanos/1e9))
		b = binary.LittleEndian.AppendUint32(b, uint32(f.Nanos%1e9/1e3))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f.Data)))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f.Data)))
		b = append(b, f.Data...)
	}
	return b
}

// An empty case has no finding; neither has one of conversations without
// anything in them.
func TestEmptyCase(t *testing.T) {
	if got := diagnose.Diagnose(diagnose.Case{}); len(got) > 0 {
		t.Errorf("%v", got)
	}
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	c := diagnose.Case{Unknown: []diagnose.Traffic{{Src: a, Dst: b, First: 1, Last: 1}}, Ring: &secrets.Ring{}}
	sound(t, diagnose.Diagnose(c))
}
