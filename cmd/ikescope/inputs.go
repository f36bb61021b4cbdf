package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"ikescope/analysis"
	"ikescope/secrets"
)

// stdinName stands for standard input among captures and secrets.
const stdinName = "-"

// inputs are what every command reads: captures and secrets.
type inputs struct {
	captures []string
	secrets  []string
	psks     []string
	dhs      []string
	tries    []string
	workers  int

	hidden bool // packets are opened where SAs with supplied keys may be inside others
}

func (in *inputs) flags(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false
	f.StringArrayVarP(&in.secrets, "secrets", "k", nil, "read secrets from `FILE`, in any format, or - for standard input; may be given several times")
	f.StringArrayVar(&in.psks, "psk", nil, "a pre-shared key as `TEXT`; other users of this machine can see it")
	f.StringArrayVar(&in.dhs, "dh", nil, "a Diffie-Hellman private value or shared secret in `HEX`; other users can see it")
	f.StringArrayVar(&in.tries, "try", nil, "try each hex or Base64 value and each quoted text of `FILE` as whatever secret fits, or - for standard input")
	f.IntVar(&in.workers, "workers", 0, "goroutines that open packets; 0: one for each processor")
	if err := f.MarkHidden("workers"); err != nil {
		panic("ikescope: " + err.Error())
	}
}

// set takes the captures and checks what no single flag can tell.
func (in *inputs) set(captures []string) error {
	in.captures = captures
	if n := count(captures) + count(in.secrets) + count(in.tries); n > 1 {
		return usagef("standard input (-) can be read once, not %d times", n)
	}
	if in.workers < 0 {
		return usagef("--workers: %d goroutines cannot be", in.workers)
	}
	return nil
}

func count(paths []string) (n int) {
	for _, p := range paths {
		if p == stdinName {
			n++
		}
	}
	return n
}

// files are the paths that an output must not be.
func (in *inputs) files() []string {
	return slices.Concat(in.captures, in.secrets, in.tries)
}

// ring reads all secrets.
func (in *inputs) ring(a *app) (*secrets.Ring, error) {
	ring := new(secrets.Ring)
	for _, path := range in.secrets {
		r, err := a.readSecrets(path)
		if err != nil {
			return nil, err
		}
		ring.Merge(r)
	}
	for _, path := range in.tries {
		r, err := a.readGuesses(path)
		if err != nil {
			return nil, err
		}
		ring.Merge(r)
	}
	if err := merge(ring, secrets.FromPSK, in.psks); err != nil {
		return nil, err
	}
	if err := merge(ring, secrets.FromDH, in.dhs); err != nil {
		return nil, err
	}
	return ring, nil
}

// merge adds the secrets of a flag, which may be given several times.
func merge(ring *secrets.Ring, from func(string) (*secrets.Ring, error), texts []string) error {
	for i, text := range texts {
		r, err := from(text)
		if err != nil {
			return usageError{err}
		}
		if len(texts) > 1 {
			r.Number(i + 1)
		}
		ring.Merge(r)
	}
	return nil
}

// readSecrets reads a file, standard input, or the files of a folder.
func (a *app) readSecrets(path string) (*secrets.Ring, error) {
	if path == stdinName {
		return a.parseSecrets(secrets.StandardInput, a.stdin)
	}
	ring := new(secrets.Ring)
	err := a.eachSecrets(path, func(f *os.File) (bool, error) {
		r, err := a.parseSecrets(f.Name(), f)
		ring.Merge(r)
		return r != nil && r.Len() > 0, err
	})
	return ring, err
}

// readGuesses takes the values of a text of any kind.
func (a *app) readGuesses(path string) (*secrets.Ring, error) {
	name, from := secrets.StandardInput, a.stdin
	if path != stdinName {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, cause(err))
		}
		defer f.Close()
		name, from = path, f
	}
	ring, warnings, err := secrets.Try(name, from)
	for _, w := range warnings {
		a.warn("%v", w)
	}
	return ring, err
}

// tellGuesses says what became of the values of --try.
func (a *app) tellGuesses(r *analysis.Result) {
	if r.Ring == nil || len(r.Ring.Guesses) == 0 {
		return
	}
	tried := map[secrets.Source]bool{}
	for _, g := range r.Ring.Guesses {
		tried[g.Source] = true
	}
	lines := map[secrets.Source]bool{}
	for _, v := range r.Secrets() {
		if tried[v.Source] && v.Verdict.Good() {
			lines[secrets.Source{File: v.Source.File, Line: v.Source.Line}] = true
		}
	}
	found := "none of them opens anything"
	if len(lines) > 0 {
		found = fmt.Sprintf("those of %s open something", counted(int64(len(lines)), "line"))
	}
	a.warn("--try: %s tried; %s", counted(int64(len(r.Ring.Guesses)), "value"), found)
}

func (a *app) parseSecrets(name string, from io.Reader) (*secrets.Ring, error) {
	ring, warnings, err := secrets.Read(name, from)
	for _, w := range warnings {
		a.warn("%v", w)
	}
	return ring, err
}

func (a *app) warnOfReaders(f *os.File) {
	if fi, err := f.Stat(); err == nil && secrets.WorldReadable(fi) {
		a.warn("%s: other users can read these secrets (mode %04o); chmod 600 keeps them from it", f.Name(), fi.Mode().Perm())
	}
}

// cause is an error without the path that the caller names anyway.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
