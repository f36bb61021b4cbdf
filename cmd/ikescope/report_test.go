package main

import (
	"testing"

	"ikescope/diagnose"
)

func TestFoundMeansThatSeverityOrAHigherOne(t *testing.T) {
	warning := []diagnose.Finding{{Severity: diagnose.Notice}, {Severity: diagnose.Warning}}
	for severity, want := range map[string]bool{"notice": true, "warning": true, "error": false} {
		if got := found(warning, severity); got != want {
			t.Errorf("%s: %v", severity, got)
		}
		if found(nil, severity) {
			t.Errorf("%s: found in nothing", severity)
		}
	}
}
