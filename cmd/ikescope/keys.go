package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ikescope/analysis"
	"ikescope/cmd/ikescope/outfile"
	"ikescope/report"
	"ikescope/report/keyout"
)

const keysLong = `keys writes the key material that follows from the secrets you have, for other
tools or for a later run: whoever has it can read the traffic.

  table      to read and copy
  json       for scripts
  toml       a secrets file, for -k
  wireshark  a profile: with -o FOLDER its files, for "wireshark -C FOLDER" once
             the folder is among Wireshark's profiles
  tcpdump    a file for tcpdump -E "file NAME"
  xfrm       ip xfrm state commands
  esp-dsb    the capture itself with its ESP keys inside, for Wireshark 4.6`

const keysExample = `  ikescope keys tunnel.pcap -k secrets.toml
  ikescope keys tunnel.pcap -k charon.log --format toml -o tunnel.toml
  ikescope keys tunnel.pcap -k secrets.toml --format wireshark -o tunnel
  ikescope keys tunnel.pcap -k secrets.toml --format xfrm`

// export is what the command keys was asked to do.
type export struct {
	inputs
	format choice
	color  colors
	out    string
}

// keyWriter writes keys in one format; it returns what the format cannot hold.
type keyWriter func(io.Writer, keyout.Keys, report.Options) ([]keyout.Skipped, error)

// keyWriters are the formats of one file each.
var keyWriters = map[string]keyWriter{
	"table": whole(keyout.Table),
	"json":  whole(func(w io.Writer, k keyout.Keys, _ report.Options) error { return keyout.JSON(w, k) }),
	"toml":  whole(func(w io.Writer, k keyout.Keys, _ report.Options) error { return keyout.TOML(w, k) }),
	"tcpdump": func(w io.Writer, k keyout.Keys, _ report.Options) ([]keyout.Skipped, error) {
		return keyout.Tcpdump(w, k)
	},
	"xfrm": func(w io.Writer, k keyout.Keys, _ report.Options) ([]keyout.Skipped, error) {
		return keyout.XFRM(w, k)
	},
}

// whole is a format that can hold everything.
func whole(write func(io.Writer, keyout.Keys, report.Options) error) keyWriter {
	return func(w io.Writer, k keyout.Keys, o report.Options) ([]keyout.Skipped, error) {
		return nil, write(w, k, o)
	}
}

const formatWireshark = "wireshark"

func (a *app) keysCommand() *cobra.Command {
	e := &export{
		format: choice{value: "table", of: []string{"table", "json", "toml", formatWireshark, "tcpdump", "xfrm", formatDSB}},
		color:  newColors(),
	}
	c := command(&cobra.Command{
		Use:     "keys",
		Short:   "Write the key material, for other tools",
		Long:    keysLong,
		Example: keysExample,
		RunE:    func(c *cobra.Command, _ []string) error { return e.run(c.Context(), a) },
	}, &e.inputs)
	e.format.addTo(c, "format", "FORMAT", "for whom to write")
	c.Flags().StringVarP(&e.out, "output", "o", "", "write to `OUT` instead of standard output; a folder for wireshark")
	e.color.flag(c)
	return c
}

func (e *export) run(ctx context.Context, a *app) error {
	e.hidden = true
	result, err := a.analyse(ctx, &e.inputs, analysis.Options{NoOpening: true, NoFindings: true})
	if err != nil {
		return err
	}
	keys := keyout.Collect(result)
	if keys.Empty() {
		return absentError{errors.New("no key follows from what is known; ikescope report says which secret is missing")}
	}
	write := e.write
	if e.format.value == formatDSB {
		write = e.embed
	}
	skipped, err := write(ctx, a, keys)
	if err != nil {
		return err
	}
	a.noteSkipped(skipped)
	a.note("these are secret keys: who has them can read the traffic")
	return nil
}

func (a *app) noteSkipped(skipped []keyout.Skipped) {
	for _, s := range skipped {
		a.note("not in the output: %s: %s", s.What, s.Reason)
	}
}

func (e *export) write(ctx context.Context, a *app, k keyout.Keys) ([]keyout.Skipped, error) {
	toOutput := e.out == "" || e.out == stdinName
	if e.format.value == formatWireshark {
		p := keyout.Wireshark(k)
		for _, s := range p.Unchecked {
			a.note("%s: %s", s.What, s.Reason)
		}
		if toOutput {
			return p.Skipped, printFiles(standardOutput{a.stdout}, p.Files)
		}
		return p.Skipped, outfile.WriteFolder(e.out, p.Files)
	}
	var text bytes.Buffer
	o := a.looks(&e.color)
	if !toOutput {
		o.Color = e.color.value == "always"
	}
	skipped, err := keyWriters[e.format.value](&text, k, o)
	if err != nil {
		return nil, err
	}
	if text.Len() == 0 {
		a.noteSkipped(skipped)
		return nil, absentError{fmt.Errorf("no key that --format %s can hold; ikescope keys without it shows what there is", e.format.value)}
	}
	if toOutput {
		_, err = standardOutput{a.stdout}.Write(text.Bytes())
		return skipped, err
	}
	return skipped, e.save(ctx, text.Bytes())
}

func (e *export) save(ctx context.Context, text []byte) error {
	f, err := await(ctx, func() (*outfile.File, error) { return outfile.Create(e.out, e.files()) })
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Commit()
}

// printFiles writes the files of a profile one behind the other.
func printFiles(w io.Writer, files map[string][]byte) error {
	for _, name := range []string{keyout.FilePreferences, keyout.FileESP, keyout.FileIKEv1, keyout.FileIKEv2, keyout.FileDecodeAs} {
		if text, ok := files[name]; ok {
			if _, err := io.WriteString(w, "# file "+name+"\n"+string(text)); err != nil {
				return err
			}
		}
	}
	return nil
}
