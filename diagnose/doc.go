// Package diagnose says what went wrong in a capture, and why: it turns rebuilt
// state and counters into findings. A finding is a value; showing it is another
// room's work.
package diagnose
