package secrets

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// daemonLog is a log under testdata/daemons.
func daemonLog(t testing.TB, scenario, name string) string {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join("testdata", "daemons", scenario, name+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fronts are what stands in front of charon's thread: of a file, syslog, the journal, a terminal.
var fronts = map[string]func(line string) string{
	"no time":        func(s string) string { return s },
	"file":           func(s string) string { return "Nov 23 23:23:56 " + s },
	"ISO":            func(s string) string { return "2026-11-23T23:23:56.123456+01:00 " + s },
	"syslog":         func(s string) string { return "Nov 23 23:23:56 host charon: " + s },
	"process":        func(s string) string { return "Nov 23 23:23:56 host ipsec[812]: " + s },
	"charon-systemd": func(s string) string { return "Nov 23 23:23:56 host charon-systemd[812]: " + s },
	"connection":     func(s string) string { return "2026-11-23T23:23:56 " + s[:8] + "<lab|1> " + s[8:] },
}

// withoutTime takes the time away from the lines of a log that charon wrote into a file.
func withoutTime(log string) (lines []string) {
	const front = len("Nov 23 23:23:56 ")
	for line := range strings.Lines(log) {
		if len(line) > front+len("08[IKE] ") {
			lines = append(lines, line[front:])
		}
	}
	return lines
}

func TestCharonFronts(t *testing.T) {
	for _, scenario := range []string{"two-tunnels", "ikev2-rekey-pfs"} {
		log := daemonLog(t, scenario, "charon-a.log")
		want := entries(t, log)
		if len(want) < 8 {
			t.Fatalf("%s: %d entries", scenario, len(want))
		}
		for name, front := range fronts {
			var b strings.Builder
			for _, line := range withoutTime(log) {
				b.WriteString(front(line))
			}
			if d := cmp.Diff(want, entries(t, b.String())); d != "" {
				t.Errorf("%s, %s: -want +got:\n%s", scenario, name, d)
			}
		}
	}
}

// shuffled mixes the lines of logs; each log keeps its order.
func shuffled(logs ...[]string) string {
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for len(logs) > 0 {
		i := random.IntN(len(logs))
		if len(logs[i]) == 0 {
			logs = slices.Delete(slices.Clone(logs), i, i+1)
			continue
		}
		b.WriteString(logs[i][0])
		logs[i] = logs[i][1:]
	}
	return b.String()
}

// TestCharonInterleaved mixes the lines of two daemons in one journal, and those of threads of one daemon with other
// programs' lines.
func TestCharonInterleaved(t *testing.T) {
	var logs [][]string
	var want []string
	for i, scenario := range []string{"mm-psk-3des-sha1-modp1024", "ikev2-psk-aes128gcm16-x25519", "mm-psk-aes128-sha256-ecp256"} {
		log := daemonLog(t, scenario, "charon-a.log")
		want = append(want, entries(t, log)...)
		lines := withoutTime(log)
		for j := range lines {
			lines[j] = fmt.Sprintf("Nov 23 23:23:56 host charon[%d]: %s", 800+i, lines[j])
		}
		logs = append(logs, lines)
	}
	logs = append(logs, slices.Repeat([]string{"Nov 23 23:23:56 host kernel: [ 1.0] 0: AB CD\n"}, 500))
	slices.Sort(want)
	if d := cmp.Diff(slices.Compact(want), entries(t, shuffled(logs...))); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// TestLogsInterleaved mixes logs of other daemons, whose lines do not tell them apart: nothing must break, and nothing
// stands in the result twice.
func TestLogsInterleaved(t *testing.T) {
	split := func(scenario, name string) []string {
		return slices.Collect(strings.Lines(daemonLog(t, scenario, name)))
	}
	mixed := shuffled(
		split("racoon-natt-force", "racoon-a.log"), split("racoon-mm-psk-3des-sha1-modp1024", "racoon-a.log"),
		split("vpnc-strongswan-xauth", "vpnc-a.log"), split("libreswan-mm-psk-3des-sha1-pfs", "pluto-a.log"))
	r, ws, err := Read("f", strings.NewReader(mixed))
	checkRead(t, r, ws, err)
}

func TestBinaryFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{16, 4096, 1 << 20} {
		noise := make([]byte, n)
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		noise[3] = 0
		_, _, err := Read("f", bytes.NewReader(noise))
		if !errors.Is(err, ErrUnknownFormat) || !strings.Contains(err.Error(), "binary") {
			t.Errorf("%d octets: %v", n, err)
		}
		text := daemonLog(t, "mm-psk-3des-sha1-modp1024", "charon-a.log")
		if got := entries(t, text+string(noise)); !slices.Equal(got, entries(t, text)) {
			t.Errorf("%d octets behind a log: %d entries", n, len(got))
		}
	}
}

// TestLogsWithoutKeys asks for words about how to get keys.
func TestLogsWithoutKeys(t *testing.T) {
	for name, line := range map[string]string{
		"level 4":  "Nov 23 23:23:56 08[IKE] sending keep alive to 192.0.2.2[4500]\n",
		"debug2":   "2026-11-24 00:03:06: DEBUG: ISAKMP packet received\n",
		"crypt":    "| ISAKMP Message:\n",
		"log debu": "2026-11-24 00:03:06: INFO: ISAKMP-SA expired\n",
	} {
		_, ws, err := Read("f", strings.NewReader(strings.Repeat(line, 100)))
		if all := fmt.Sprint(ws, err); !strings.Contains(all, name) {
			t.Errorf("%s: %s", name, all)
		}
	}
}

// bigLog is a log of n octets with keys of 200 tunnels in it.
type bigLog struct {
	tunnels [][]byte
	filler  []byte
	every   int // fillers between tunnels
	left    int
	at      int
	pending []byte
}

// newBigLog makes tunnels of one recorded log by changing the digits of its keys and SPIs.
func newBigLog(t testing.TB, octets int) *bigLog {
	const tunnels = 200
	log := daemonLog(t, "mm-psk-3des-sha1-modp1024", "charon-a.log")
	l := &bigLog{left: octets}
	for i := range tunnels {
		replace := strings.NewReplacer("c7a8cc9e", fmt.Sprintf("c7a8%04x", i), "C7 A8 CC 9E", fmt.Sprintf("C7 A8 %02X %02X", i>>8, i&255), "18 A0 C7 2B", fmt.Sprintf("18 A0 %02X %02X", i>>8, i&255))
		l.tunnels = append(l.tunnels, []byte(replace.Replace(log)))
	}
	l.filler = []byte(strings.Repeat("Nov 23 23:24:56 08[NET] sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (92 bytes)\n"+
		"Nov 23 23:24:56 11[ENC] parsed INFORMATIONAL_V1 request 3141592653 [ HASH N(DPD) ]\n"+
		"Nov 23 23:24:56 09[KNL] querying SAD entry with SPI c9032330\n", 400))
	l.every = max(0, octets/tunnels-len(log)) / len(l.filler)
	return l
}

func (l *bigLog) Read(p []byte) (int, error) {
	if len(l.pending) == 0 {
		if l.left <= 0 {
			return 0, io.EOF
		}
		if turn := l.at % (l.every + 1); turn == 0 && l.at/(l.every+1) < len(l.tunnels) {
			l.pending = l.tunnels[l.at/(l.every+1)]
		} else {
			l.pending = l.filler
		}
		l.at++
	}
	n := copy(p, l.pending)
	l.pending = l.pending[n:]
	l.left -= n
	return n, nil
}

func TestBigLog(t *testing.T) {
	octets := 64 << 20
	if testing.Short() {
		octets = 8 << 20
	}
	log := newBigLog(t, octets)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r, _, err := Read("big", log)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 8<<20 {
		t.Errorf("%d octets held", held)
	}
	if len(r.ESPs) < 200 {
		t.Errorf("%d IPsec SAs of 200 tunnels", len(r.ESPs))
	}
}

func BenchmarkBigLog(b *testing.B) {
	const octets = 64 << 20
	b.SetBytes(octets)
	for b.Loop() {
		if _, _, err := Read("big", newBigLog(b, octets)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReaders reads each sample over and over.
func BenchmarkReaders(b *testing.B) {
	for _, name := range readerSamples(b) {
		text, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		text = bytes.Repeat(text, 1+(1<<20)/len(text))
		b.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, _, err := Read("x", bytes.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
