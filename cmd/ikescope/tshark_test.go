package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
)

// tshark is another implementation, run where it is installed. The tests with it log
// what it opened of each capture, which is how the tables of docs/wireshark.md were
// made: go test ./cmd/ikescope -run Tshark -v
type tshark struct {
	path, home string
}

func findTshark(t *testing.T) tshark {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "profiles"), 0o700); err != nil {
		t.Fatal(err)
	}
	return tshark{path, home}
}

// profile is where keys --format wireshark puts a profile of that name.
func (w tshark) profile(name string) string { return filepath.Join(w.home, "profiles", name) }

func (w tshark) run(t *testing.T, args ...string) string {
	t.Helper()
	c := exec.Command(w.path, append([]string{"-n"}, args...)...)
	c.Env = append(os.Environ(), "WIRESHARK_CONFIG_DIR="+w.home)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("tshark %v: %v", args, err)
	}
	return string(out)
}

// is40 reports whether it is a tshark 4.0, of which the tests know what it cannot do.
func (w tshark) is40(t *testing.T) bool {
	t.Helper()
	return strings.Contains(w.run(t, "--version"), " 4.0.")
}

// profileName is the profile of these tests.
const profileName = "exported"

// open runs tshark on a capture with the profile that keys exports from a file of
// secrets.
func (w tshark) open(t *testing.T, capture, secrets string, args ...string) string {
	t.Helper()
	profile := w.profile(profileName)
	if _, err := os.Stat(profile); err != nil {
		execute(t, exitDone, "keys", capture, "-k", secrets, "--format", "wireshark", "-o", profile)
	}
	return w.run(t, append([]string{"-C", profileName, "-r", capture}, args...)...)
}

// sight is what tshark shows of the packets of a capture.
type sight struct {
	seen      int // packets that it takes for ESP
	opened    int // of these, decrypted
	same      int // of these, with the content that decrypt writes
	good, bad int // packets whose ICVs it calls right and wrong
}

// esp compares what tshark opens with what decrypt writes. In transport mode that is
// the payload behind the IP header, which tshark does not rebuild.
func (w tshark) esp(t *testing.T, capture, secrets string, transport bool) (s sight, ours int) {
	t.Helper()
	fields := w.open(t, capture, secrets, "-Y", "esp", "-T", "fields", "-e", "frame.number", "-e", "esp.icv_good", "-e", "esp.icv_bad")
	for line := range strings.Lines(fields) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		s.seen++
		if f[1] != "" && !strings.Contains(f[1], "0") {
			s.good++
		}
		if strings.Contains(f[2], "1") {
			s.bad++
		}
	}
	out := filepath.Join(t.TempDir(), "inner.pcapng")
	execute(t, exitDone, "decrypt", capture, "-k", secrets, "-o", out)
	theirs := decrypted(t, w.open(t, capture, secrets, "-Y", "esp", "-x"))
	s.opened = len(theirs)
	for _, d := range datagrams(t, out) {
		ours++
		if transport {
			d = d[int(d[0]&15)*4:]
		}
		if at := slices.IndexFunc(theirs, func(b []byte) bool { return bytes.HasPrefix(b, d) }); at >= 0 {
			theirs = theirs[at+1:]
			s.same++
		}
	}
	return s, ours
}

// decrypted takes what stood innermost in each packet out of the hex dump of tshark
// -x: the last of the sources "Decrypted Data (96 bytes):" and "IPcomp inflated
// data (1028 bytes):", with lines "0000  45 00 …  text". A packet begins with the
// source "Frame".
func decrypted(t *testing.T, dump string) (out [][]byte) {
	t.Helper()
	const digits = 16*3 + 6
	var source string
	fresh := false // the packet has no entry in out yet
	for line := range strings.Lines(dump) {
		title, _, isTitle := strings.Cut(line, " (")
		switch {
		case isTitle && strings.HasSuffix(line, " bytes):\n"):
			source = title
			fresh = fresh || source == "Frame"
			if inside(source) {
				if fresh {
					out, fresh = append(out, nil), false
				}
				out[len(out)-1] = nil
			}
		case strings.TrimSpace(line) == "":
			source = ""
		case inside(source):
			b, err := hex.DecodeString(strings.TrimSpace(strings.ReplaceAll(line[6:min(digits, len(line))], " ", "")))
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			out[len(out)-1] = append(out[len(out)-1], b...)
		}
	}
	return out
}

func inside(source string) bool {
	return source == "Decrypted Data" || source == "IPcomp inflated data"
}

// reading counts encrypted IKE messages: all, those that messages opens, and those of
// these in which tshark shows the same payloads.
type reading struct{ encrypted, ours, theirs int }

func (w tshark) ike(t *testing.T, capture, secrets string) (r reading) {
	t.Helper()
	theirs := map[int64]string{}
	for line := range strings.Lines(w.open(t, capture, secrets, "-Y", "isakmp", "-T", "fields", "-e", "frame.number", "-e", "isakmp.typepayload")) {
		frame, types, _ := strings.Cut(strings.TrimSpace(line), "\t")
		n, err := strconv.ParseInt(frame, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		theirs[n] = payloadNames(types)
	}
	var m struct {
		Frame                int64
		Encrypted, Decrypted bool
		Payloads             []string
	}
	for d := json.NewDecoder(strings.NewReader(execute(t, exitDone, "messages", capture, "-k", secrets, "--format", "json"))); d.More(); {
		if err := d.Decode(&m); err != nil {
			t.Fatal(err)
		}
		if !m.Encrypted {
			continue
		}
		r.encrypted++
		if !m.Decrypted {
			continue
		}
		r.ours++
		if theirs[m.Frame] == strings.Join(m.Payloads, " ") {
			r.theirs++
		}
	}
	return r
}

// payloadNames names the payloads of a list of numbers, but not what stands inside a
// Security Association payload, nor what encrypted payloads and fragments are
// carried in.
func payloadNames(types string) string {
	var names []string
	for field := range strings.SplitSeq(types, ",") {
		n, err := strconv.ParseUint(field, 10, 8)
		switch p := isakmp.PayloadType(n); {
		case err != nil, p == isakmp.PayloadProposal, p == isakmp.PayloadTransform:
		case p == isakmp.PayloadEncrypted, p == isakmp.PayloadEncryptedFragment, p == isakmp.PayloadFragment:
		default:
			names = append(names, p.String())
		}
	}
	return strings.Join(names, " ")
}
