package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"ikescope/analysis"
)

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func TestProgressWaitsAndLeavesNothing(t *testing.T) {
	c := &clock{time.Unix(0, 0)}
	var w bytes.Buffer
	p := &progress{w: &w, now: c.now, began: c.t}
	p.update(analysis.Collecting, 1, 100)
	if w.Len() != 0 {
		t.Errorf("too early: %q", w.String())
	}
	c.t = c.t.Add(2 * time.Second)
	p.update(analysis.Opening, 50, 100)
	first := w.Len()
	c.t = c.t.Add(10 * time.Millisecond)
	p.update(analysis.Opening, 51, 100)
	if w.Len() != first {
		t.Error("two lines within the pace")
	}
	if !strings.Contains(w.String(), "decrypting [############............]  50 %") {
		t.Errorf("%q", w.String())
	}
	w.Reset()
	p.clear()
	p.clear()
	c.t = c.t.Add(time.Second)
	p.update(analysis.Opening, 99, 100)
	if got := w.String(); strings.Trim(got, " \r") != "" || !strings.HasSuffix(got, "\r") {
		t.Errorf("%q", got)
	}
}

func TestProgressIsSilentWithoutATerminal(t *testing.T) {
	var w bytes.Buffer
	c := &clock{time.Unix(0, 0)}
	p := newProgress(&app{stderr: &w, now: c.now})
	c.t = c.t.Add(time.Hour)
	p.update(analysis.Collecting, 1, 2)
	p.clear()
	if w.Len() != 0 {
		t.Errorf("%q", w.String())
	}
}

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		want        string
	}{
		{3_000_000, -1, "reading, 3 MB"},
		{0, 0, "reading, 0 MB"},
		{-5, 10, "reading    [........................]   0 %"},
		{11, 10, "reading    [########################] 100 %"},
	} {
		if got := progressLine(analysis.Collecting, c.done, c.total); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
