// Package diagnose says what went wrong in a capture, and why: it turns rebuilt
// state and counters into findings. A finding is a value; showing it is another
// room's work.
//
// Each family of findings has its file: phase 1 (phase1, refusal, psk, rival,
// silence, offers, xauth), phase 2 (phase2, policy, selectors), lives (lives,
// rekey, dpd), traffic (traffic, oneway, unknown), path (path, nat), capture,
// input (input, secrets) and audit. What a code means before any case, its
// severity, the RFC and the advice, is a row of the table in codes.go.
//
// Most can be told without secrets: who falls silent, who repeats a message, who
// answers a Quick Mode with something that is none. With them the peers' own
// words and the hashes prove it; a finding says which of the two it is.
package diagnose
