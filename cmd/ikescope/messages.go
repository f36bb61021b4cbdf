package main

import (
	"context"

	"github.com/spf13/cobra"

	"ikescope/analysis"
	"ikescope/report"
)

const messagesLong = `messages lists every IKE message in capture order, a line each: packet number,
time, who to whom, exchange, payloads, and what could be decrypted and verified.
With -v every payload follows as a tree of its fields.`

const messagesExample = `  ikescope messages tunnel.pcap
  ikescope messages tunnel.pcap -k secrets.toml -v
  ikescope messages tunnel.pcap -k secrets.toml --format json | jq .note`

// listing is what the command messages was asked to do.
type listing struct {
	inputs
	format   choice
	color    colors
	verbose  bool
	showKeys bool
	writers  map[string]reporter
}

func (a *app) messagesCommand() *cobra.Command {
	l := &listing{
		format:  choice{value: "table", of: []string{"table", "json"}},
		color:   newColors(),
		writers: map[string]reporter{"table": report.Messages, "json": report.MessagesJSON},
	}
	c := command(&cobra.Command{
		Use:     "messages",
		Short:   "List every IKE message, decrypted",
		Long:    messagesLong,
		Example: messagesExample,
		RunE:    func(c *cobra.Command, _ []string) error { return l.run(c.Context(), a) },
	}, &l.inputs)
	c.Flags().BoolVarP(&l.verbose, "verbose", "v", false, "with the tree of payloads of each message")
	l.format.addTo(c, "format", "FORMAT", "how to show it; json is one object a line")
	c.Flags().BoolVar(&l.showKeys, "show-keys", false, "show passwords inside messages in the clear")
	l.color.flag(c)
	return c
}

func (l *listing) run(ctx context.Context, a *app) error {
	result, err := a.analyse(ctx, &l.inputs, analysis.Options{NoOpening: true, NoFindings: true})
	if err != nil {
		return err
	}
	o := a.looks(&l.color)
	o.Verbose, o.ShowKeys = l.verbose, l.showKeys
	return writing(l.writers[l.format.value](a.stdout, result, o))
}
