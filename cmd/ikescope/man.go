package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// manCommand writes the manual pages of all commands. It is for packagers.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Short:  "Write manual pages into a folder",
		Hidden: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("man: one folder is expected")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return writePages(c.Root(), args[0]) },
	}
}

func writePages(c *cobra.Command, dir string) error {
	name := pageName(c) + ".1"
	if err := os.WriteFile(filepath.Join(dir, name), manPage(c), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", name, cause(err))
	}
	for _, sub := range c.Commands() {
		if !documented(sub) {
			continue
		}
		if err := writePages(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// documented leaves out what cobra adds by itself.
func documented(c *cobra.Command) bool {
	return c.Annotations[captureCommand] != "" || c.IsAdditionalHelpTopicCommand()
}

func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is a page in the man macros of roff.
func manPage(c *cobra.Command) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, ".TH %s 1\n.SH NAME\n%s \\- %s\n", roff(strings.ToUpper(pageName(c))), roff(pageName(c)), roff(c.Short))
	if !c.IsAdditionalHelpTopicCommand() {
		fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(synopsis(c)))
	}
	fmt.Fprintf(&b, ".SH DESCRIPTION\n%s\n", prose(c.Long))
	manOptions(&b, c.Flags())
	manExamples(&b, c.Example)
	manSeeAlso(&b, c)
	return b.Bytes()
}

func synopsis(c *cobra.Command) string {
	if c.HasParent() {
		return c.UseLine()
	}
	return c.CommandPath() + " COMMAND ..."
}

func manOptions(b *bytes.Buffer, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	b.WriteString(".SH OPTIONS\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(name+" "+value)), roff(usage))
	})
}

func manExamples(b *bytes.Buffer, text string) {
	if text == "" {
		return
	}
	fmt.Fprintf(b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(text))
}

func manSeeAlso(b *bytes.Buffer, c *cobra.Command) {
	var pages []string
	for _, other := range append([]*cobra.Command{c.Root()}, c.Root().Commands()...) {
		if other != c && (other == c.Root() || documented(other)) {
			pages = append(pages, fmt.Sprintf(".BR %s (1)", roff(pageName(other))))
		}
	}
	fmt.Fprintf(b, ".SH SEE ALSO\n%s\n", strings.Join(pages, " ,\n"))
}

// prose is a text in which lines that begin with blanks are kept as they are.
func prose(text string) string {
	var out []string
	asIs := false
	for _, line := range strings.Split(roff(text), "\n") {
		if indented := strings.HasPrefix(line, " "); indented != asIs && line != ".PP" {
			out = append(out, map[bool]string{true: ".nf", false: ".fi"}[indented])
			asIs = indented
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// roff escapes text: hyphens stay hyphens that can be copied, a dot or quote at
// the start of a line is no request, and an empty line is a paragraph.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		switch {
		case l == "":
			lines[i] = ".PP"
		case l[0] == '.' || l[0] == '\'':
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
