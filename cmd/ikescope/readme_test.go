package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

var update = flag.Bool("update", false, "write the real output into README.md")

// TestReadmeShowsRealOutput runs the sessions of the README: in a block that
// begins with "$ cd FOLDER", every line "$ ikescope …" is followed by what the
// program prints on both outputs. To write them anew:
//
//	go test -run Readme ./cmd/ikescope -update
func TestReadmeShowsRealOutput(t *testing.T) {
	root := filepath.Dir(filepath.Dir(samples.Dir()))
	path := filepath.Join(root, "README.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("LC_ALL", "C.UTF-8")
	got := replay(t, root, string(b))
	if got == string(b) {
		return
	}
	if !*update {
		t.Fatalf("README.md does not show what the program prints; go test -run Readme ./cmd/ikescope -update")
	}
	if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The README, the help and the table of formats say the same of each, in the same order.
func TestReadmeAndHelpNameEveryFormat(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(samples.Dir())), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	help := new(bytes.Buffer)
	if status := run(t.Context(), []string{"help", "secrets"}, nil, help, help); status != exitDone {
		t.Fatalf("status %d", status)
	}
	table := ""
	for _, f := range secrets.Formats() {
		table += "| " + f.Name + " | " + f.Gives + " |\n"
		if plain := strings.ReplaceAll(f.Gives, "`", `"`); !strings.Contains(help.String(), "  "+f.Name+"\n      "+plain+"\n") {
			t.Errorf("the help does not say of %q: %s", f.Name, plain)
		}
	}
	if !bytes.Contains(b, []byte("|---|---|\n"+table+"\n")) {
		t.Errorf("README.md does not have this table:\n%s", table)
	}
	for line := range strings.Lines(help.String()) {
		const most = 80
		if len(line) > most+1 {
			t.Errorf("longer than %d: %q", most, line)
		}
	}
}

// Every key of a secrets file stands in the help.
func TestHelpNamesEveryKey(t *testing.T) {
	words := strings.FieldsFunc(secretsTopic, func(c rune) bool { return c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	for _, key := range secrets.TOMLKeys() {
		if !slices.Contains(words, key) {
			t.Errorf("ikescope help secrets does not name the key %q", key)
		}
	}
}

// replay returns the text with the output of all sessions as it is now.
func replay(t *testing.T, root, text string) string {
	var out strings.Builder
	inSession, skipping := false, false
	for line := range strings.Lines(text) {
		command, isCommand := strings.CutPrefix(line, "    $ ")
		command = strings.TrimSpace(command)
		switch {
		case isCommand && strings.HasPrefix(command, "cd "):
			t.Chdir(filepath.Join(root, strings.TrimPrefix(command, "cd ")))
			inSession, skipping = true, false
			out.WriteString(line)
		case isCommand && inSession:
			out.WriteString(line)
			out.WriteString(indented(session(t, command)))
			skipping = true
		case skipping && (strings.HasPrefix(line, "    ") || strings.TrimSpace(line) == ""):
			// old output
		default:
			if skipping {
				out.WriteString("\n")
			}
			inSession, skipping = false, false
			out.WriteString(line)
		}
	}
	return out.String()
}

// session runs one command line, which must need no shell.
func session(t *testing.T, line string) string {
	args := strings.Fields(line)
	switch args[0] {
	case "chmod":
		if err := os.Chmod(args[2], 0o600); err != nil {
			t.Fatal(err)
		}
		return ""
	case "cat":
		b, err := os.ReadFile(args[1])
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	case "ikescope":
		var both bytes.Buffer
		for i, a := range args {
			if a == "-o" {
				defer os.RemoveAll(args[i+1])
			}
		}
		if status := run(t.Context(), args[1:], nil, &both, &both); status != exitDone {
			t.Errorf("%s: status %d", line, status)
		}
		return both.String()
	}
	t.Fatalf("the session cannot run %q", line)
	return ""
}

func indented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			line = "    " + line
		}
		out.WriteString(line)
	}
	return out.String()
}
