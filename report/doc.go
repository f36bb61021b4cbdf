// Package report turns the result of an analysis into octets: a table for a
// terminal, JSON for programs, and a line for each IKE message.
//
// Nothing in here opens files or reads flags. What strangers wrote into a
// capture (identities, vendor IDs, file names) reaches a terminal through
// [Clean] only, and secrets reach any output only where [Options.ShowKeys] asks
// for them. Key material for other programs is the work of the keyout package.
package report
