package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"ikescope/analysis"
)

// progress is a line on a terminal that says how far the work is. It stays away
// from everything else, and from work that is done at once. Interrupted work may
// report to it when nobody listens any more, hence the lock.
type progress struct {
	mu     sync.Mutex
	w      io.Writer // nil: silent
	now    func() time.Time
	began  time.Time
	latest time.Time // of the last line
	shown  bool
	over   bool
}

// Patience is how long work may take before it is explained; a line stays for at
// least the pace.
const (
	patience = time.Second
	pace     = 200 * time.Millisecond
)

func newProgress(a *app) *progress {
	p := &progress{now: a.now, began: a.now()}
	if isTerminal(a.stderr) {
		p.w = a.stderr
	}
	return p
}

// update tells how many octets of total are done; total is negative for a pipe.
func (p *progress) update(pass analysis.Pass, done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.w == nil || p.over {
		return
	}
	now := p.now()
	if now.Sub(p.began) < patience || now.Sub(p.latest) < pace {
		return
	}
	p.latest, p.shown = now, true
	fmt.Fprintf(p.w, "\r%-50s", progressLine(pass, done, total))
}

// clear takes the line away for good.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	if p.shown {
		fmt.Fprintf(p.w, "\r%50s\r", "")
		p.shown = false
	}
}

const barWidth = 24 // columns

func progressLine(pass analysis.Pass, done, total int64) string {
	if total <= 0 {
		return fmt.Sprintf("%s, %d MB", pass, done/1e6)
	}
	share := float64(min(max(done, 0), total)) / float64(total)
	full := int(share * barWidth)
	return fmt.Sprintf("%-10s [%s%s] %3d %%", pass, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), int(share*100))
}
