package main

import (
	"context"
	"time"
)

// grace is how long interrupted work may take to end by itself. To open a named
// pipe or to read from one cannot be called off: it is left behind.
const grace = 500 * time.Millisecond

// await does work on a goroutine of its own and waits for it, but not long after
// an interrupt. A panic comes back as an error.
func await[T any](ctx context.Context, work func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			if fault := recover(); fault != nil {
				out.err = faultOf(fault)
			}
			done <- out
		}()
		out.value, out.err = work()
	}()
	select {
	case out := <-done:
		return out.value, out.err
	case <-ctx.Done():
	}
	select {
	case <-done:
	case <-time.After(grace):
	}
	var none T
	return none, errInterrupted
}
