package main

import (
	"context"
	"errors"
	"fmt"

	"ikescope/analysis"
	"ikescope/report"
)

// Exit statuses, part of the contract.
const (
	exitDone   = 0
	exitFailed = 1 // the work could not be done
	exitUsage  = 2 // wrong usage
	exitAbsent = 3 // done, but what was asked for is not there

	// exitPipe is what a shell reports of a program that wrote to a closed pipe:
	// 128 and the number of SIGPIPE.
	exitPipe = 141
)

// usageError is a mistake on the command line.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// absentError says what was asked for and is not there.
type absentError struct{ error }

// errFindings makes the exit status of report --fail-on; the findings speak for
// themselves.
var errFindings = errors.New("findings")

var errInterrupted = errors.New("interrupted")

// faultOf makes an error of a panic, which is a mistake in this program. The stack
// is left out: memory that holds secrets is no reading for bug reports.
func faultOf(panicked any) error {
	return fmt.Errorf("%w: %v", analysis.ErrInternal, panicked)
}

// exit prints an error as one line and returns its exit status.
func (a *app) exit(err error) int {
	var usage usageError
	var absent absentError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitAbsent
	case closedPipe(err):
		return exitPipe
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		a.note("%v", errInterrupted)
		return exitFailed
	case errors.As(err, &usage):
		a.note("%v", err)
		return exitUsage
	case errors.As(err, &absent):
		a.note("%v", err)
		return exitAbsent
	}
	a.note("%v", err)
	return exitFailed
}

// note prints one line for the user, behind the program's name.
func (a *app) note(format string, args ...any) {
	a.tell("ikescope: " + fmt.Sprintf(format, args...))
}

func (a *app) warn(format string, args ...any) {
	a.note("warning: "+format, args...)
}

// tell prints one line to standard error. That it may fail concerns nobody.
func (a *app) tell(line string) {
	fmt.Fprintln(a.stderr, report.Clean(line))
}
