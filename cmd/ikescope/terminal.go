package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ikescope/report"
)

// colors is the flag --color.
type colors struct{ choice }

func newColors() colors {
	return colors{choice{value: "auto", of: []string{"auto", "always", "never"}}}
}

func (c *colors) flag(cmd *cobra.Command) {
	c.addTo(cmd, "color", "WHEN", "colours; auto is on a terminal unless NO_COLOR is set")
}

// on decides for an output (https://no-color.org).
func (c *colors) on(w io.Writer) bool {
	switch c.value {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(w)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// columns is the width of a terminal, and a default of anything else.
func columns(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return report.DefaultWidth
}

// speaksUnicode reports whether the user's locale has other characters than
// ASCII. The first variable that is set decides (POSIX, section 8.2).
func speaksUnicode() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(os.Getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// looks says how a report to standard output is to look.
func (a *app) looks(c *colors) report.Options {
	return report.Options{Width: columns(a.stdout), Color: c.on(a.stdout), Unicode: speaksUnicode()}
}

// standardOutput says in its errors which output it is.
type standardOutput struct{ io.Writer }

func (o standardOutput) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	return n, writing(err)
}

// writing says where an error came from.
func writing(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("writing to standard output: %w", cause(err))
}
