package main

import (
	"context"
	"errors"
	"io"

	"ikescope/cmd/ikescope/outfile"
	"ikescope/pcaps"
	"ikescope/report/keyout"
)

// formatDSB is the format of keys that copies the capture with its keys inside.
const formatDSB = "esp-dsb"

// embed writes the captures as one pcapng whose first block after the header has
// the keys (pcapng, Decryption Secrets Block).
func (e *export) embed(ctx context.Context, a *app, k keyout.Keys) ([]keyout.Skipped, error) {
	switch {
	case count(e.captures) > 0:
		return nil, usagef("keys: esp-dsb copies the capture, and standard input can be read once")
	case e.out == "" || e.out == stdinName:
		return nil, usagef("keys: esp-dsb is a capture, not text: -o OUT is missing")
	}
	table, skipped := keyout.ESPTable(k)
	if len(table) == 0 {
		return skipped, absentError{errors.New("no key of ESP that a secrets block can hold")}
	}
	f, err := await(ctx, func() (*outfile.File, error) { return outfile.Create(e.out, e.files()) })
	if err != nil {
		return nil, err
	}
	defer f.Abort()
	_, err = await(ctx, func() (struct{}, error) { return struct{}{}, e.copyWith(table, f) })
	if err != nil {
		return nil, err
	}
	return skipped, f.Commit()
}

// copyWith copies the captures behind a secrets block.
func (e *export) copyWith(table []byte, to io.Writer) error {
	set, err := pcaps.OpenSet(e.captures, nil, pcaps.Options{})
	if err != nil {
		return unreadable(err)
	}
	defer set.Close()
	w := pcaps.NewWriter(to, pcaps.FormatPcapng, pcaps.WriterOptions{Application: "ikescope", Comment: "with keys of ESP"})
	if err := w.WriteSecrets(pcaps.SecretsESP, table); err != nil {
		return err
	}
	copier := copier{set: set, w: w, interfaces: map[[2]int]int{}}
	for {
		b, err := set.Next()
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err != nil {
			return err
		}
		for i := range b.Frames {
			if err := copier.frame(&b.Frames[i]); err != nil {
				b.Release()
				return err
			}
		}
		b.Release()
	}
}

// copier writes frames behind the interfaces on which they were taken.
type copier struct {
	set        *pcaps.Set
	w          *pcaps.Writer
	interfaces map[[2]int]int // of the output, by capture and interface
}

func (c *copier) frame(f *pcaps.Frame) error {
	key := [2]int{f.Capture, f.Interface}
	to, known := c.interfaces[key]
	if !known {
		in := pcaps.Interface{Link: f.Link}
		if all := c.set.Captures()[f.Capture].Interfaces; f.Interface < len(all) {
			in.Name, in.Description, in.SnapLen = all[f.Interface].Name, all[f.Interface].Description, all[f.Interface].SnapLen
		}
		var err error
		if to, err = c.w.AddInterface(in); err != nil {
			return err
		}
		c.interfaces[key] = to
	}
	return c.w.WriteComment(to, f.Nanos, f.WireLen, "", f.Data)
}
