// Package samples gives tests the recorded captures of this folder, the secrets
// that belong to them and what they hold. README.md tells their origin.
//
// It serves tests only: it looks for the folder in the source tree.
package samples
