package report

import (
	"slices"
	"strings"

	"ikescope/analysis"
	"ikescope/secrets"
)

// next offers the command that is likely to be wanted next. The report has just
// named what would fill the gap.
func (p *page) next(r *analysis.Result, g gap) {
	p.blank()
	p.line(0, strings.Join(nextCommand(r, g), ""))
}

// nextCommand is a lead and a command that can be copied: it is quoted for a POSIX
// shell.
func nextCommand(r *analysis.Result, g gap) []string {
	switch {
	case r.Opened.Decrypted > 0:
		return []string{"Next: ", command(append(call(r, "decrypt"), "-o", "inner.pcapng"))}
	case r.Opened.Unverified > 0: // nothing else could be written
		return []string{"Next: ", command(append(call(r, "decrypt"), "--unverified", "-o", "inner.pcapng"))}
	case g.example() != "":
		return []string{"Give such a file as it is: ", command(append(call(r, "report"), "-k", g.example()))}
	default:
		return []string{"Next: ", command(append(call(r, "messages"), "-v"))}
	}
}

// manyFiles is how many captures a command may name before it gets a pattern.
const manyFiles = 4

// call is a command with the captures and secrets of this run.
func call(r *analysis.Result, verb string) []string {
	args := []string{"ikescope", verb}
	for i, c := range r.Captures {
		if i == manyFiles {
			args = append(args, "...")
			break
		}
		args = append(args, c.Path)
	}
	return append(args, secretFlags(r.Ring)...)
}

// secretFlags are the flags that give the secrets again. Those of the command line
// itself are not repeated, as others can see it: dots stand for them.
func secretFlags(r *secrets.Ring) (args []string) {
	if r == nil {
		return nil
	}
	var files []string
	for s := range r.Sources() {
		if s.File == "" || analysis.Embedded(s) || slices.Contains(files, s.File) {
			continue
		}
		files = append(files, s.File)
		switch {
		case slices.ContainsFunc(r.Guesses, func(g secrets.Guess) bool { return g.Source.File == s.File }):
			args = append(args, "--try", fileArgument(s.File))
		case strings.HasPrefix(s.File, "--"):
			args = append(args, s.File, "...")
		default:
			args = append(args, "-k", fileArgument(s.File))
		}
	}
	return args
}

// fileArgument is how a source is named on the command line.
func fileArgument(file string) string {
	if file == secrets.StandardInput {
		return "-"
	}
	return file
}

func command(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		quoted[i] = ShellQuote(a)
	}
	return strings.Join(quoted, " ")
}

// ShellQuote quotes a word for a POSIX shell. What a terminal would not show as
// itself is written in $'...' escapes, which bash, zsh and POSIX.1-2024 know.
func ShellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:,+=@%", r)
	}
	switch {
	case s == "...", s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0:
		return s
	case isClean(s, visibleASCII):
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for _, c := range []byte(s) {
		switch {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case visibleASCII(rune(c)):
			b.WriteByte(c)
		default:
			const octal = "01234567"
			b.Write([]byte{'\\', octal[c>>6], octal[c>>3&7], octal[c&7]})
		}
	}
	return b.String() + "'"
}
