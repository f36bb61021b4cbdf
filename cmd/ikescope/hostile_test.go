package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ikescope/bench/cputime"
)

// hostile is an input that somebody made to harm, or that a broken program left.
// Every command must survive it; says is what the report must then tell.
type hostile struct {
	name    string
	capture []byte
	file    string // its name; "": made.pcap
	secrets string // of a -k file; "": none is given
	refused bool   // status 1 and one line
	says    string // in the report or beside it; several parts with a | between
}

// Bounds on one run with a small hostile input. Its time is the processor's, so that
// other work on the machine does not decide; past the last it hangs.
const (
	hostileTime   = 5 * time.Second
	hostileHang   = 2 * time.Minute
	hostileMemory = 256 << 20 // octets allocated in all
	hostileLines  = 100       // on standard error
)

// surviveAll runs every command on every input.
func surviveAll(t *testing.T, inputs []hostile) {
	for _, h := range inputs {
		t.Run(h.name, func(t *testing.T) { survive(t, h) })
	}
}

// hostileRuns are the commands, without their captures. The first output is OUT.
var hostileRuns = [][]string{
	{"report"},
	{"report", "--format", "json"},
	{"report", "--format", "html"},
	{"report", "--format", "csv"},
	{"messages", "-v"},
	{"messages", "--format", "json"},
	{"keys", "--format", "json"},
	{"decrypt", "-o", "OUT"},
	{"decrypt", "-o", "OUT", "--ike", "--unverified"},
}

func survive(t *testing.T, h hostile) {
	dir := t.TempDir()
	name := h.file
	if name == "" {
		name = "made.pcap"
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, h.capture, 0o600); err != nil {
		t.Fatal(err)
	}
	inputs := []string{path}
	if h.secrets != "" {
		keys := filepath.Join(dir, "secrets.toml")
		if err := os.WriteFile(keys, []byte(h.secrets), 0o600); err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, "-k", keys)
	}
	runHostile(t, dir, []string{"report", "--both", path, path}).check(t, h)
	told := ""
	for i, args := range hostileRuns {
		v := runHostile(t, dir, append(append([]string(nil), args...), inputs...))
		v.check(t, h)
		if i == 0 {
			told = v.out + v.diag
		}
	}
	if testing.Verbose() {
		t.Log("\n" + told)
	}
	flat := strings.Join(strings.Fields(told), " ")
	for says := range strings.SplitSeq(h.says, "|") {
		if !strings.Contains(flat, says) {
			t.Errorf("the report does not say %q:\n%s", says, told)
		}
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, h.capture) {
		t.Errorf("the input was touched (%v)", err)
	}
}

// visit is one run of the program and what it left behind.
type visit struct {
	args      []string
	status    int
	out, diag string
	took      time.Duration
	allocated uint64
	left      []string // files that were not there before, but for a whole output
	written   bool     // there is an output
}

func runHostile(t *testing.T, dir string, args []string) visit {
	t.Helper()
	target := filepath.Join(dir, "inner.pcapng")
	for i := range args {
		if args[i] == "OUT" {
			args[i] = target
		}
	}
	before := filesOf(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), hostileHang)
	defer cancel()
	var out, diag bytes.Buffer
	var m0, m1 runtime.MemStats
	runtime.ReadMemStats(&m0)
	began := cputime.Used()
	status := run(ctx, args, bytes.NewReader(nil), &out, &diag)
	v := visit{args: args, status: status, out: out.String(), diag: diag.String(), took: cputime.Used() - began}
	runtime.ReadMemStats(&m1)
	v.allocated = m1.TotalAlloc - m0.TotalAlloc
	for name := range filesOf(t, dir) {
		switch {
		case before[name]:
		case name == filepath.Base(target):
			v.written = true
			os.Remove(target)
		default:
			v.left = append(v.left, name)
		}
	}
	return v
}

func filesOf(t *testing.T, dir string) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	return names
}

// check is what must be true whatever the input is.
func (v visit) check(t *testing.T, h hostile) {
	t.Helper()
	command := strings.Join(v.args[:min(3, len(v.args))], " ")
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("ikescope %s: "+format, append([]any{command}, args...)...)
	}
	if v.took > hostileTime && !raceDetector || strings.Contains(v.diag, "interrupted") {
		fail("%v", v.took)
	}
	if v.allocated > hostileMemory {
		fail("%d octets allocated for an input of %d", v.allocated, len(h.capture)+len(h.secrets))
	}
	if strings.Contains(v.diag, "internal error") {
		fail("%s", v.diag)
	}
	if n := strings.Count(v.diag, "\n"); n > hostileLines || n > 0 && !strings.HasSuffix(v.diag, "\n") {
		fail("%d lines on standard error", n)
	}
	v.checkStatus(fail, h)
	end := "\n"
	if strings.Contains(command, "csv") {
		end = "\r\n" // RFC 4180, section 2
	}
	for _, text := range []string{v.out, v.diag} {
		for line := range strings.Lines(text) {
			if r := unsafeRune(strings.TrimSuffix(strings.TrimSuffix(line, end), "\n")); r != "" {
				fail("lets %s through: %.200q", r, line)
				break
			}
		}
	}
	if strings.Contains(command, "json") {
		for line := range jsonDocuments(v) {
			if !json.Valid([]byte(line)) {
				fail("no JSON: %.200s", line)
			}
		}
	}
	if len(v.left) > 0 {
		fail("left behind: %v", v.left)
	}
}

// checkStatus compares the exit status with the contract.
func (v visit) checkStatus(fail func(string, ...any), h hostile) {
	oneLine := strings.HasPrefix(v.diag, "ikescope: ") && strings.Count(v.diag, "\n") == 1
	switch {
	case h.refused && (v.status != exitFailed || !oneLine || v.out != ""):
		fail("status %d, %q, want a refusal in one line", v.status, v.diag)
	case !h.refused && v.status != exitDone && v.status != exitAbsent:
		fail("status %d: %s", v.status, v.diag)
	case v.status == exitAbsent && (v.args[0] == "report" || v.args[0] == "messages"):
		fail("status %d", v.status)
	case v.args[0] == "decrypt" && v.written && v.status == exitFailed:
		fail("failed, and there is an output")
	case v.args[0] == "decrypt" && !v.written && v.status == exitDone:
		fail("done, and there is no output")
	}
}

// jsonDocuments are the documents that were printed: one, or one a line.
func jsonDocuments(v visit) func(func(string) bool) {
	if v.args[0] == "messages" {
		return strings.Lines(v.out)
	}
	return func(yield func(string) bool) {
		if v.out != "" {
			yield(v.out)
		}
	}
}
