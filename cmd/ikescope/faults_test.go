package main

import (
	"bytes"
	"strings"
	"testing"

	"ikescope/analysis"
)

func TestFaultsAreToldWithTheirPackets(t *testing.T) {
	var diag bytes.Buffer
	a := &app{stderr: &diag}
	a.warnOfFaults(analysis.Faults{Count: 5, First: []analysis.Fault{{Frame: 18204, Text: "index out of range\x1b[2J"}, {Text: "diagnose: impossible"}}})
	want := []string{
		`ikescope: warning: packet 18204 is left out: internal error, please report it: index out of range\x1b[2J`,
		"ikescope: warning: after all packets were read: internal error, please report it: diagnose: impossible",
		"ikescope: warning: 3 packets more of this kind",
	}
	if got := diag.String(); got != strings.Join(want, "\n")+"\n" {
		t.Errorf("%s", got)
	}
}
