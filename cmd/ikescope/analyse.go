package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/report"
)

// blockSize is the memory of a block of frames in octets: a block, the packets in
// it and what they decrypt to stay in a core's cache while it is worked on.
const blockSize = 256 << 10

// lookahead is how many octets of a pipe are held back where keys are missing:
// packets so far in front of their keys still open.
const lookahead = 32 << 20

// analyse reads captures and secrets, runs the pipeline, and warns of what could
// not be read.
func (a *app) analyse(ctx context.Context, in *inputs, o analysis.Options) (*analysis.Result, error) {
	bar := newProgress(a)
	defer bar.clear()
	o.Workers, o.Progress, o.Strict = cmp.Or(in.workers, processors), bar.update, strict
	o.Lookahead = lookahead / blockSize
	result, err := await(ctx, func() (*analysis.Result, error) {
		var err error
		if o.Ring, err = in.ring(a); err != nil {
			return nil, err
		}
		o.NoOpening = o.NoOpening && !(in.hidden && len(o.Ring.ESPs) > 0)
		set, err := pcaps.OpenSet(in.captures, a.stdin, pcaps.Options{BlockSize: blockSize})
		if err != nil {
			return nil, unreadable(err)
		}
		defer set.Close()
		return analysis.Run(ctx, set, o)
	})
	bar.clear()
	if err != nil {
		return nil, err
	}
	for _, w := range result.Warnings {
		a.warn("%v", w)
	}
	a.warnOfFaults(result.Faults)
	a.tellGuesses(result)
	if o.NoFindings { // else the report has it
		for _, b := range report.Bounds(result) {
			a.warn("%s", b)
		}
	}
	return result, a.judgeCaptures(result.Captures)
}

// strict lets a mistake of this program end it, as tests want.
var strict = false

// warnOfFaults asks to report what this program did wrong. The rest of its work is
// as good as ever.
func (a *app) warnOfFaults(f analysis.Faults) {
	for _, fault := range f.First {
		at := "after all packets were read"
		if fault.Frame != 0 {
			at = fmt.Sprintf("packet %d is left out", fault.Frame)
		}
		a.warn("%s: %v: %s", at, analysis.ErrInternal, fault.Text)
	}
	if more := f.Count - int64(len(f.First)); more > 0 {
		a.warn("%s more of this kind", counted(more, "packet"))
	}
}

// unreadable says in the user's words why a capture cannot be opened.
func unreadable(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%s: %w", path.Path, path.Err)
	}
	var format *pcaps.FormatError
	if errors.As(err, &format) {
		named := *format
		named.Path = captureName(format.Path)
		err = &named
	}
	return errors.New(strings.TrimPrefix(err.Error(), "pcaps: "))
}
