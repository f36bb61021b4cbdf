package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/report"
	"ikescope/report/html"
)

const reportLong = `report says who negotiated what, with which result, what the secrets opened,
and what went wrong: first the verdict, then the evidence with packet numbers,
as Wireshark shows them.

With --format html the report is one file for a browser, with a diagram of each
conversation, a click from the fields of every message, and charts of each SA.
It loads nothing and runs from disk. --format csv has a row for each SA; a text
that a spreadsheet would take for a formula begins with an apostrophe there.

With --both the two captures are of the same tunnels, taken at both ends: the
report says which IPsec packets were lost between them, how long the others
took, and how the clocks differ. It takes no secrets.

Without secrets it says what can be seen from outside, and which secret would
open the rest. Secrets themselves appear in a report only with --show-keys.`

const reportExample = `  ikescope report tunnel.pcap
  ikescope report tunnel.pcap -k secrets.toml
  ikescope report tunnel.pcap -k secrets.toml --format html > tunnel.html
  ikescope report --both here.pcap there.pcap
  ikescope report ring-*.pcap.gz -k charon.log --format json
  ikescope report tunnel.pcap -k secrets.toml --fail-on error`

// reporter writes a result in one format.
type reporter func(io.Writer, *analysis.Result, report.Options) error

// reporting is what the command report was asked to do.
type reporting struct {
	inputs
	format   choice
	failOn   choice
	color    colors
	showKeys bool
	both     bool
	writers  map[string]reporter
}

func (a *app) reportCommand() *cobra.Command {
	r := &reporting{
		format:  choice{value: "table", of: []string{"table", "json", "html", "csv"}},
		failOn:  choice{of: []string{"error", "warning", "notice"}},
		color:   newColors(),
		writers: map[string]reporter{"table": report.Table, "json": report.JSON, "html": html.Write, "csv": report.CSV},
	}
	c := command(&cobra.Command{
		Use:     "report",
		Short:   "Say who negotiated what, and what went wrong",
		Long:    reportLong,
		Example: reportExample,
		RunE:    func(c *cobra.Command, _ []string) error { return r.run(c.Context(), a) },
	}, &r.inputs)
	r.format.addTo(c, "format", "FORMAT", "how to show it")
	r.failOn.addTo(c, "fail-on", "SEVERITY", "end with status 3 if there is a finding of this severity or a higher one")
	c.Flags().BoolVar(&r.showKeys, "show-keys", false, "show keys and secrets in the clear")
	c.Flags().BoolVar(&r.both, "both", false, "two captures of the same tunnels from both ends: what was lost between, and how long it took")
	r.color.flag(c)
	return c
}

func (r *reporting) run(ctx context.Context, a *app) error {
	if r.both {
		return r.runBoth(ctx, a)
	}
	result, err := a.analyse(ctx, &r.inputs, analysis.Options{})
	if err != nil {
		return err
	}
	o := a.looks(&r.color)
	o.ShowKeys = r.showKeys
	if err := r.writers[r.format.value](a.stdout, result, o); err != nil {
		return writing(err)
	}
	if r.failOn.value != "" && found(result.Findings, r.failOn.value) {
		return errFindings
	}
	return nil
}

// found reports whether a finding is at least that severe.
func found(all []diagnose.Finding, severity string) bool {
	least, _ := diagnose.SeverityOf(severity)
	for _, f := range all {
		if f.Severity >= least {
			return true
		}
	}
	return false
}
