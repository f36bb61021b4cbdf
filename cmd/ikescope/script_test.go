package main

import (
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ikescope/pcaps/samples"
)

func TestMain(m *testing.M) {
	strict = true
	testscript.Main(m, map[string]func(){"ikescope": main})
}

// TestScript runs the program as a user does: testdata/script/*.txtar. $S is the
// folder of the samples, $DEMO one of them.
func TestScript(t *testing.T) {
	dir := samples.Dir()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("S", dir)
			e.Setenv("DEMO", samples.ByName("mm-psk-3des-sha1-modp1024").Path(""))
			e.Setenv("LC_ALL", "C.UTF-8")
			e.Setenv("ESC", "\x1b")
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "superuser":
				return os.Geteuid() == 0, nil
			case "devfull":
				_, err := os.Stat("/dev/full")
				return err == nil, nil
			}
			return false, errors.New("no such condition")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status, "head": head, "private": private, "empty": empty, "unhex": unhex,
		},
	})
}

// status N PROGRAM ARGS... runs a program that must end with status N.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM ARGS...")
	}
	want, got := args[0], 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != want {
		ts.Fatalf("status %d, want %s", got, want)
	}
}

// head N FROM TO copies the first N octets of a file.
func head(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: head N FROM TO")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	b, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b[:min(n, len(b))], 0o600))
}

// unhex FROM TO writes the octets that a file has as hex digits between blanks.
func unhex(ts *testscript.TestScript, _ bool, args []string) {
	text := strings.Join(strings.Fields(ts.ReadFile(args[0])), "")
	b, err := hex.DecodeString(text)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o600))
}

// private FILE... takes everybody's permissions but the owner's.
func private(ts *testscript.TestScript, _ bool, files []string) {
	for _, f := range files {
		ts.Check(os.Chmod(ts.MkAbs(f), 0o600))
	}
}

// empty FOLDER checks that a folder holds nothing, hidden files included.
func empty(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if (len(entries) == 0) == neg {
		ts.Fatalf("%s holds %v", args[0], entries)
	}
}
