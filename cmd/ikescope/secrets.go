package main

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ikescope/report"
	"ikescope/secrets"
)

const secretsExample = `  ikescope secrets charon.log
  ikescope secrets bundle/ --format json
  journalctl -u strongswan | ikescope secrets -`

// survey is what the command secrets was asked to do.
type survey struct {
	format choice
	color  colors
}

// surveyor writes what was recognised in one format.
type surveyor func(io.Writer, []*secrets.Survey, report.Options) error

var surveyors = map[string]surveyor{"table": report.Survey, "json": report.SurveyJSON}

func (a *app) secretsCommand() *cobra.Command {
	s := &survey{format: choice{value: "table", of: []string{"table", "json"}}, color: newColors()}
	c := &cobra.Command{
		Use:         "secrets FILE...",
		Short:       "Say what is recognised in files of secrets",
		Long:        strings.Replace(secretsTopic, "%FORMATS%", formatList(), 1),
		Example:     secretsExample,
		Annotations: map[string]string{captureCommand: "yes"},

		DisableFlagsInUseLine: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("secrets: no file given (see %s --help)", c.CommandPath())
			}
			if n := count(args); n > 1 {
				return usagef("standard input (-) can be read once, not %d times", n)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return s.run(c.Context(), a, args) },
	}
	s.format.addTo(c, "format", "FORMAT", "how to show it")
	s.color.flag(c)
	return c
}

// formatList has two lines for each format: its name, and what it gives.
func formatList() string {
	var list []string
	for _, f := range secrets.Formats() {
		list = append(list, "  "+f.Name, "      "+strings.ReplaceAll(f.Gives, "`", `"`))
	}
	return strings.Join(list, "\n")
}

func (s *survey) run(ctx context.Context, a *app, paths []string) error {
	found, err := await(ctx, func() ([]*secrets.Survey, error) { return a.surveys(paths) })
	if err != nil {
		return err
	}
	return writing(surveyors[s.format.value](a.stdout, found, a.looks(&s.color)))
}

// surveys reads files and folders. In a folder, files without secrets are passed
// over.
func (a *app) surveys(paths []string) (all []*secrets.Survey, err error) {
	for _, path := range paths {
		if path == stdinName {
			s, err := a.surveyOf("standard input", a.stdin)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
			continue
		}
		err := a.eachSecrets(path, func(f *os.File) (bool, error) {
			s, err := a.surveyOf(f.Name(), f)
			if err == nil {
				all = append(all, s)
			}
			return err == nil && s.Ring.Len() > 0, err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (a *app) surveyOf(name string, from io.Reader) (*secrets.Survey, error) {
	s, err := secrets.Take(name, from)
	if err != nil {
		return nil, err
	}
	for _, w := range s.Warnings {
		a.warn("%v", w)
	}
	return s, nil
}
