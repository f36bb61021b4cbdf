// Command ikescope reads packet captures of IPsec tunnels and the secrets that
// its user has, and says what was negotiated, what went wrong, and what the
// packets said.
//
// The rules of its interface: data goes to standard output, everything else to
// standard error; an error is one line that begins with the program's name; text
// that came from outside passes through report.Clean; a secret is shown only
// where the user asked for it; no output file appears before it is whole.
package main

import (
	"context"
	"crypto/fips140"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	forbidCoreDumps()
	spareMemory()
	spareProcessor()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// app is one run of the program.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
}

// run executes a command line without the program's name and returns the exit
// status. An end of ctx interrupts it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	silencePipes()
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
	fips140.WithoutEnforcement(func() { status = a.execute(ctx, args) })
	return status
}

// execute runs where strict FIPS 140-3 mode is off, for it forbids what captures
// are full of: DES, MD5, short keys. To read what others protected with them is
// not to protect anything with them.
func (a *app) execute(ctx context.Context, args []string) (status int) {
	defer func() {
		if fault := recover(); fault != nil {
			status = a.exit(faultOf(fault))
		}
	}()
	root := a.root()
	root.SetArgs(args)
	return a.exit(root.ExecuteContext(ctx))
}
