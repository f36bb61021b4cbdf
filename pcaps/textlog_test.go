package pcaps

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ikeOf reads the IKE messages of a recorded capture on Ethernet, IPv4 or IPv6
// without options.
func ikeOf(t testing.TB, name string) (out []logMessage) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("samples", name, "outer.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := openBytes(file, false, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, f := range drain(t, s) {
		if m, ok := ikeIn([]byte(f.Data[14:])); ok {
			m.nanos = f.Nanos
			out = append(out, m)
		}
	}
	return out
}

func ikeIn(ip []byte) (m logMessage, ok bool) {
	header := ipv4Header
	if ip[0]>>4 == 6 {
		header = ipv6Header
	}
	if ip[9] != protocolUDP && ip[6] != protocolUDP {
		return m, false
	}
	src, _ := netip.AddrFromSlice(ip[header-8 : header-4])
	dst, _ := netip.AddrFromSlice(ip[header-4 : header])
	if header == ipv6Header {
		src, _ = netip.AddrFromSlice(ip[8:24])
		dst, _ = netip.AddrFromSlice(ip[24:40])
	}
	udp := ip[header:]
	from, to := binary.BigEndian.Uint16(udp), binary.BigEndian.Uint16(udp[2:])
	body := udp[8:binary.BigEndian.Uint16(udp[4:])]
	if from == natTraversal || to == natTraversal {
		if len(body) < 5 || !bytes.Equal(body[:4], make([]byte, 4)) {
			return m, false
		}
		body = body[4:]
	} else if from != 500 && to != 500 {
		return m, false
	}
	return logMessage{from: netip.AddrPortFrom(src, from), to: netip.AddrPortFrom(dst, to), data: body}, true
}

const timeOfLogs = "2006-01-02 15:04:05.000000"

// readLog reads a log as a capture.
func readLog(t testing.TB, text string, opts Options) ([]got, CaptureInfo) {
	t.Helper()
	s, err := openBytes([]byte(text), false, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	frames := drain(t, s)
	return frames, s.Captures()[0]
}

// same compares frames with the messages that they hold.
func same(t *testing.T, name string, frames []got, want []logMessage, times bool) {
	t.Helper()
	if len(frames) != len(want) {
		t.Errorf("%s: %d frames, want %d", name, len(frames), len(want))
		return
	}
	for i, f := range frames {
		m, ok := ikeIn([]byte(f.Data))
		w := want[i]
		if !ok || m.from != w.from || m.to != w.to || !bytes.Equal(m.data, w.data) || f.WireLen != len(f.Data) {
			t.Errorf("%s, %d: %v > %v %x\nwant %v > %v %x", name, i, m.from, m.to, m.data, w.from, w.to, w.data)
		}
		if at := f.Nanos - w.nanos; times && (at < -999 || at > 5000) {
			t.Errorf("%s, %d: time %d, want %d", name, i, f.Nanos, w.nanos)
		}
		if sum := headerSums([]byte(f.Data)); sum != "" {
			t.Errorf("%s, %d: %s", name, i, sum)
		}
	}
}

// headerSums checks the checksums of a datagram.
func headerSums(ip []byte) string {
	header, addresses := ipv4Header, 12
	if ip[0]>>4 == 6 {
		header, addresses = ipv6Header, 8
	} else if checksum(sumOf(ip[:header]), false) != 0 {
		return "checksum of IPv4 is wrong"
	}
	udp := ip[header:]
	if checksum(sumOf(udp)+sumOf(ip[addresses:header])+protocolUDP+uint64(len(udp)), false) != 0 {
		return "checksum of UDP is wrong"
	}
	return ""
}

func TestMessagesInLogs(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "natt-masquerade", "v6-outer-v4-inner", "mm-rsa-ike-fragmentation", "ikev2-psk-aes256-sha256-modp2048"} {
		ms := ikeOf(t, name)
		if len(ms) < 8 {
			t.Fatalf("%s: %d messages", name, len(ms))
		}
		local := ms[0].from.Addr()
		frames, info := readLog(t, fortigateText(ms, local, true), Options{})
		same(t, name+", FortiGate", frames, ms, true)
		if info.Format != "FortiGate IKE debug" || !info.Complete || len(info.Interfaces) != 1 {
			t.Errorf("%+v", info)
		}
		frames, info = readLog(t, charonText(ms, local), Options{})
		same(t, name+", charon", frames, ms, true)
		if info.Format != "strongSwan log" || !info.Complete {
			t.Errorf("%+v", info)
		}
	}
}

// Logs come without times, with Windows line ends, wrapped by terminals.
func TestMessagesInWornLogs(t *testing.T) {
	ms := ikeOf(t, "mm-psk-3des-sha1-modp1024")
	text := fortigateText(ms, ms[0].from.Addr(), false)
	lines := strings.NewReplacer(", len", ", vrf=0, len") // as newer versions write
	for name, log := range map[string]string{
		"no times": text, "CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "newer": lines.Replace(strings.ReplaceAll(text, "ike 0:", "ike V=root:0:")),
		"no last line feed": strings.TrimSuffix(text, "\n"), "much in front": strings.Repeat("a line of a console\n", 20000) + text,
	} {
		frames, _ := readLog(t, log, Options{})
		same(t, name, frames, ms, false)
		if !slices.IsSortedFunc(frames, func(a, b got) int { return int(a.Nanos - b.Nanos) }) {
			t.Errorf("%s: out of order", name)
		}
	}
	frames, _ := readLog(t, wrapHex(text), Options{})
	same(t, "wrapped", frames, ms, false)
}

// wrapHex breaks the lines with octets behind every 100 characters.
func wrapHex(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		for len(line) > 101 && (strings.Contains(text, " in ") || strings.Contains(text, " out ")) && !strings.Contains(line, "sent") && !strings.Contains(line, "comes") {
			b.WriteString(line[:100] + "\n")
			line = line[100:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// A log that is cut inside of a message gives its beginning, as a capture does.
func TestMessagesInCutLogs(t *testing.T) {
	ms := ikeOf(t, "mm-psk-3des-sha1-modp1024")
	local := ms[0].from.Addr()
	for name, text := range map[string]string{"FortiGate": fortigateText(ms, local, true), "charon": charonText(ms, local)} {
		whole, _ := readLog(t, text, Options{})
		for n := len(text) / 8; n < len(text); n += 7 {
			frames, _ := readLog(t, text[:n], Options{})
			if len(frames) > len(whole) {
				t.Fatalf("%s, cut at %d: %d frames", name, n, len(frames))
			}
			for i, f := range frames {
				w := whole[i]
				if f.Data == w.Data && f.WireLen == w.WireLen {
					continue
				}
				if i != len(frames)-1 || f.WireLen != w.WireLen || len(f.Data) >= len(w.Data) {
					t.Fatalf("%s, cut at %d: frame %d of %d octets, %d on the wire", name, n, i, len(f.Data), f.WireLen)
				}
			}
		}
	}
}

func TestTextsThatAreNoCapture(t *testing.T) {
	for _, text := range []string{
		"just a text\n", "ike 0: in 1234\n", "08[IKE] SKEYID => 20 bytes @ 0x1\n", strings.Repeat("line\n", 1<<19),
		"ike 0: in " + strings.Repeat("0", 300) + "\n", "    ", "\n\n\n\n\n",
	} {
		for _, pipe := range []bool{false, true} {
			if s, err := openBytes([]byte(text), pipe, Options{}); err == nil {
				s.Close()
				t.Errorf("%.20q is a capture", text)
			}
		}
	}
}

// Lines of any length do not take memory.
func TestLongLinesInLogs(t *testing.T) {
	ms := ikeOf(t, "mm-psk-3des-sha1-modp1024")
	text := fortigateText(ms, ms[0].from.Addr(), true)
	long := strings.Repeat("A", 3<<20) + "\n"
	first, rest, _ := strings.Cut(text, "sent IKE msg")
	frames, _ := readLog(t, first+"sent IKE msg"+rest[:strings.IndexByte(rest, '\n')+1]+"ike 0: in "+long+rest[strings.IndexByte(rest, '\n')+1:], Options{})
	same(t, "long line", frames, ms, true)
}

func TestLineTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-24 10:11:12.345678 ike 0:": "2026-11-24T10:11:12.345678Z", "2026-11-24T10:11:12+01:00 03[NET]": "2026-11-24T10:11:12Z",
		"Nov 24 10:11:12 03[NET]": "1970-11-24T10:11:12Z", "Nov  4 10:11:12 host charon: 03[NET]": "1970-11-04T10:11:12Z",
	} {
		if got := time.Unix(0, lineTime([]byte(text))).UTC().Format(time.RFC3339Nano); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, text := range []string{"", "ike 0: in", "03[NET]", "2026-13-24 10:11:12"} {
		if n := lineTime([]byte(text)); n != 0 {
			t.Errorf("%s: %d", text, n)
		}
	}
}

// FuzzTextLog reads lines of logs, in one piece and octet by octet.
func FuzzTextLog(f *testing.F) {
	ms := ikeOf(f, "natt-masquerade")
	local := ms[0].from.Addr()
	f.Add([]byte(fortigateText(ms[:4], local, true)))
	f.Add([]byte(wrapHex(fortigateText(ms[4:8], local, false))))
	f.Add([]byte(charonText(ms[:4], local)))
	f.Fuzz(func(t *testing.T, text []byte) {
		want, info, err := fuzzRead(t, text, 0, false)
		other, info2, err2 := fuzzRead(t, text, 1, true)
		if (err == nil) != (err2 == nil) || info.counts != info2.counts {
			t.Fatalf("%v, %v", err, err2)
		}
		if d := cmp.Diff(want, other); d != "" {
			t.Fatal(d)
		}
	})
}
