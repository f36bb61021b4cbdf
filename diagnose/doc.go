// Package diagnose says what went wrong in a capture, and why: it turns rebuilt
// state and counters into findings. A finding is a value; showing it is another
// room's work.
//
// Each family of findings has its file. IKEv1: phase 1 (phase1, aggressive,
// silence, refusal, offers, psk, rival, xauth), phase 2 (phase2, policy,
// selectors), lives (lives, lifetimes, rekey, later, dpd). IKEv2 has the same
// under a prefix: v2 finds out what became of an IKE SA, v2_auth and v2_refusal
// tell of IKE_AUTH and of errors, v2_child of CREATE_CHILD_SA, v2_lives of rekeying
// and Deletes, v2_path of fragments and MOBIKE, v2_capture of what the capture
// lacks. For both versions: retransmissions, traffic (traffic, oneway, unknown,
// null), path (path, blackhole, nat), capture (capture, cut), input (input, secrets)
// and audit (audit, audit_keys).
//
// An examiner goes over a case and collects drafts; findings that say the same of
// many peers become one in alike. What a code means before any case, its severity,
// the RFC and the advice, is a row of the table in codes; where a product has the
// setting, of that in settings.
//
// Most can be told without secrets: who falls silent, who repeats a message, who
// answers a Quick Mode with something that is none. With them the peers' own
// words and the hashes prove it; a finding says which of the two it is.
package diagnose
