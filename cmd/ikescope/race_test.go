//go:build race

package main

// raceDetector: the program runs some ten times slower than without it.
const raceDetector = true
