package diagnose

import (
	"strings"
	"testing"
)

func TestApart(t *testing.T) {
	for _, c := range []struct {
		nanos int64
		want  string
	}{
		{0, "less than 1 ms"}, {999_999, "less than 1 ms"}, {19e6, "19 ms"}, {-19e6, "19 ms"},
		{999e6, "999 ms"}, {1e9, "1 s"}, {4757e6, "4.8 s"}, {60e9, "1 min"}, {725e9, "12 min 5 s"}, {3660e9, "1 h 1 min"},
	} {
		if got := apart(c.nanos); got != c.want {
			t.Errorf("apart(%d) = %q, want %q", c.nanos, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{grouped(0), "0"}, {grouped(999), "999"}, {grouped(18204), "18,204"}, {grouped(-1234567), "-1,234,567"}, {grouped(-123), "-123"},
		{many(1, "packet"), "1 packet"}, {many(0, "packet"), "0 packets"}, {many(2000, "retry"), "2,000 retries"}, {many(2, "day"), "2 days"},
		{packets(nil), "no packet"}, {packets([]int64{7}), "packet 7"}, {packets([]int64{7, 8}), "packets 7 and 8"},
		{packets([]int64{7, 8, 9}), "packets 7 to 9"}, {packets([]int64{1, 3, 5}), "packets 1, 3 and 5"},
		{packets([]int64{1, 3, 5, 7, 9, 11, 13}), "packets 1, 3, 5, 7, 9, 11 and 1 more"},
		{listed(nil), ""}, {listed([]string{"a"}), "a"}, {listed([]string{"a", "b", "c"}), "a, b and c"},
		{times(1), "once"}, {times(2), "twice"}, {times(3), "3 times"},
		{capital(""), ""}, {capital("packet"), "Packet"},
		{hex32(0xcc4fcd10), "0xcc4fcd10"}, {hex32(7), "0x00000007"},
		{quoted(strings.Repeat("é", 100)), strings.Repeat("é", 60) + "..."},
		{percent(1, 3), "33.3 %"}, {percent(0, 0), "0 %"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// Each code has its row; advice names products only where a setting is known.
func TestCodeRows(t *testing.T) {
	for _, r := range codeTable {
		if rowOf(r.code).code != r.code {
			t.Errorf("no row for %s", r.code)
		}
		if a := r.advise(); strings.Contains(a, ": ;") || strings.HasPrefix(a, "\n") {
			t.Errorf("%s: %q", r.code, a)
		}
		if r.severity == Error && r.todo == "" && r.code != ESPICVFailed {
			t.Errorf("%s fails and gives no advice", r.code)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown code has a row")
		}
	}()
	rowOf("nothing")
}

// What happens again is told once, with how often and where; of what happens to many
// SAs, one finding speaks for all.
func TestRepetitions(t *testing.T) {
	x := newExaminer(Case{})
	for i := range 120 {
		x.add(about(ESPLost, Proved, "", peers{}).says("loss %d", i).on(int64(200 - i)))
	}
	x.add(about(PSKMismatch, Proved, "", peers{}).says("keys").on(500))
	x.add(about(PSKMismatch, Proved, "", peers{}).says("keys").on(600, 601))
	got := x.findings()
	if len(got) != 2 || got[0].Code != PSKMismatch || got[1].Frames[0] != 81 {
		t.Fatalf("%d findings, first %+v", len(got), got[0])
	}
	if d := got[0].Detail; !strings.Contains(d, "happened once more: packet 600.") || len(got[0].Frames) != 3 {
		t.Errorf("%q %v", d, got[0].Frames)
	}
	if f := got[1]; f.Summary != "loss 119, and 119 more like it" || len(f.Alike) != 120 || len(f.Frames) != maxFrames || !strings.Contains(f.Detail, "And 115 more.") {
		t.Errorf("%q %q: %d alike, %d frames", f.Summary, f.Detail, len(f.Alike), len(f.Frames))
	}
}

// Beyond a bound, like findings are only counted, also where some speak for others.
func TestManyAlike(t *testing.T) {
	x := newExaminer(Case{})
	const n = 2*maxAlike + 10
	for i := range n {
		x.drafts = append(x.drafts, about(ESPLost, Proved, "", peers{}).says("loss %d", i))
	}
	got := x.findings()
	if len(got) != 1 || len(got[0].Alike) != maxAlike || got[0].More != n-maxAlike || !strings.HasSuffix(got[0].Summary, ", and 32,777 more like it") {
		t.Errorf("%d findings: %q, %d and %d", len(got), got[0].Summary, len(got[0].Alike), got[0].More)
	}
}

// What speaks for findings without evidence begins with no empty line.
func TestManyAlikeWithoutEvidence(t *testing.T) {
	x := &examiner{bySameness: map[sameness]*draft{}}
	for i := range 4 {
		x.add(about(SecretWrongLength, Proved, "", peers{}).says("secret %d", i))
	}
	if got := x.findings(); len(got) != 1 || !strings.HasPrefix(got[0].Detail, "Also: secret 1.") {
		t.Errorf("%+v", got)
	}
}
