package diagnose_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// findings analyses a capture.
func findings(t testing.TB, path string, ring *secrets.Ring) []diagnose.Finding {
	t.Helper()
	return analyse(t, path, ring).Findings
}

func analyse(t testing.TB, path string, ring *secrets.Ring) *analysis.Result {
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
	return res
}

// want is a finding that a table expects: its code, how bad and how certain it
// is, and packets that it must name.
type want struct {
	code      diagnose.Code
	severity  diagnose.Severity
	certainty diagnose.Certainty
	frames    []int
}

func (w want) String() string {
	return fmt.Sprintf("%s %s %s %v", w.severity, w.certainty, w.code, w.frames)
}

func (w want) met(f diagnose.Finding) bool {
	if f.Code != w.code || f.Severity != w.severity || f.Certainty != w.certainty {
		return false
	}
	for _, n := range w.frames {
		if !slices.Contains(f.Frames, int64(n)) {
			return false
		}
	}
	return true
}

// quiet are codes that a table need not list: what weak algorithms are used, and
// which secrets were not needed.
var quiet = []string{"weak-", "secret-unused", "nat-detected"}

// check compares findings with a table: all that is expected is there, and
// nothing else but quiet notices and warnings.
func check(t *testing.T, got []diagnose.Finding, wants []want) {
	t.Helper()
	for _, w := range wants {
		if !slices.ContainsFunc(got, w.met) {
			t.Errorf("missing: %s", w)
		}
	}
	for _, f := range got {
		expected := slices.ContainsFunc(wants, func(w want) bool { return w.code == f.Code && w.severity == f.Severity })
		silent := f.Severity < diagnose.Error && slices.ContainsFunc(quiet, func(q string) bool { return strings.HasPrefix(string(f.Code), q) })
		if !expected && !silent {
			t.Errorf("not expected: %s", describe(f))
		}
		if f.Summary == "" || strings.Contains(f.Summary+f.Detail+f.Advice, "%!") {
			t.Errorf("bad text: %s", describe(f))
		}
	}
	if t.Failed() {
		for _, f := range got {
			t.Log(describe(f))
		}
	}
}

func describe(f diagnose.Finding) string {
	return fmt.Sprintf("%s %s %s %v: %s | %s", f.Severity, f.Certainty, f.Code, f.Frames, f.Summary, f.Detail)
}
