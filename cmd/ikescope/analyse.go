package main

import (
	"context"
	"time"

	"ikescope/analysis"
	"ikescope/pcaps"
)

// grace is how long an interrupted analysis may take to end by itself. A read from
// a pipe cannot be called off.
const grace = 500 * time.Millisecond

// analyse reads captures and secrets, runs the pipeline, and warns of what could
// not be read.
func (a *app) analyse(ctx context.Context, in *inputs, o analysis.Options) (*analysis.Result, error) {
	var err error
	if o.Ring, err = in.ring(a); err != nil {
		return nil, err
	}
	set, err := pcaps.OpenSet(in.captures, a.stdin, pcaps.Options{})
	if err != nil {
		return nil, err
	}
	bar := newProgress(a)
	o.Workers, o.Progress = in.workers, bar.update
	result, err := await(ctx, set, o)
	bar.clear()
	if err != nil {
		return nil, err
	}
	return result, a.judgeCaptures(result.Captures)
}

// await runs the pipeline on a goroutine of its own and waits for it, but not long
// after an interrupt.
func await(ctx context.Context, set *pcaps.Set, o analysis.Options) (*analysis.Result, error) {
	type outcome struct {
		result *analysis.Result
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			if fault := recover(); fault != nil {
				out.err = faultOf(fault)
			}
			set.Close()
			done <- out
		}()
		out.result, out.err = analysis.Run(ctx, set, o)
	}()
	select {
	case out := <-done:
		return out.result, out.err
	case <-ctx.Done():
	}
	select {
	case <-done:
	case <-time.After(grace):
	}
	return nil, errInterrupted
}
