package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ikescope/analysis"
	"ikescope/cmd/ikescope/outfile"
	"ikescope/pcaps"
)

const decryptLong = `decrypt writes the packets that were inside the tunnels, with their original
time stamps, in capture order: pcapng, or classic pcap where OUT ends in .pcap;
link type raw IP. Only packets whose ICV verified are written, unless
--unverified is given. What could not be opened is counted on standard error, SA
by SA, with the reason.

In tunnel mode the inner packet is written as it was; in transport mode it is
rebuilt: the outer IP header with the protocol, length and checksum that it
would have had without ESP.

OUT appears when it is whole, readable by you alone. It holds decrypted traffic:
treat it like the secrets, and like the network that the packets came from.`

const decryptExample = `  ikescope decrypt tunnel.pcap -k secrets.toml -o inner.pcapng
  ikescope decrypt part1.pcap.gz part2.pcap.gz -k charon.log -o inner.pcap
  ikescope decrypt tunnel.pcap -k secrets.toml --ike -o - | tcpdump -nr -`

// decryption is what the command decrypt was asked to do.
type decryption struct {
	inputs
	out        string
	unverified bool
	ike        bool
}

func (a *app) decryptCommand() *cobra.Command {
	d := new(decryption)
	c := command(&cobra.Command{
		Use:     "decrypt",
		Short:   "Write the inner packets in the clear",
		Long:    decryptLong,
		Example: decryptExample,
		RunE:    func(c *cobra.Command, _ []string) error { return d.run(c.Context(), a) },
	}, &d.inputs)
	c.Use += " -o OUT"
	f := c.Flags()
	f.StringVarP(&d.out, "output", "o", "", "write to `OUT`; - is standard output")
	f.BoolVar(&d.unverified, "unverified", false, "also write packets whose ICV is wrong or could not be checked")
	f.BoolVar(&d.ike, "ike", false, "also write the IKE messages that could be read, in the clear")
	return c
}

func (d *decryption) run(ctx context.Context, a *app) error {
	switch {
	case d.out == "":
		return usagef("decrypt: -o OUT is missing; -o - writes to standard output")
	case d.out == stdinName && isTerminal(a.stdout):
		return usagef("decrypt: a capture is not for a terminal; -o FILE, or | a program")
	}
	if d.out == stdinName {
		return d.write(ctx, a, standardOutput{a.stdout}, func() error { return nil })
	}
	f, err := await(ctx, func() (*outfile.File, error) { return outfile.Create(d.out, d.files()) })
	if err != nil {
		return err
	}
	defer f.Abort()
	return d.write(ctx, a, f, f.Commit)
}

// write decrypts into w. It commits unless there was something to open and nothing
// came of it.
func (d *decryption) write(ctx context.Context, a *app, w io.Writer, commit func() error) error {
	s, err := newSink(w, d.format(), d.ike)
	if err != nil {
		return err
	}
	result, err := a.analyse(ctx, &d.inputs, analysis.Options{Sink: restartable(s, w), Unverified: d.unverified, IKE: d.ike})
	if err != nil {
		return err
	}
	sum, messages := summarize(result), s.messages.Load()
	absent := sum.absent()
	done := absent == nil || messages > 0
	if done {
		if err := s.w.Flush(); err != nil {
			return err
		}
		if err := commit(); err != nil {
			return err
		}
	}
	sum.print(a, d.unverified)
	if done && d.out != stdinName {
		a.tell(d.written(sum, messages))
	}
	return absent
}

func (d *decryption) format() pcaps.Format {
	if strings.HasSuffix(strings.ToLower(d.out), ".pcap") {
		return pcaps.FormatPcap
	}
	return pcaps.FormatPcapng
}

// written says what the output holds.
func (d *decryption) written(s summary, messages int64) string {
	line := fmt.Sprintf("%s: %s", d.out, counted(s.total.Written, "inner packet"))
	if messages > 0 {
		line += ", " + counted(messages, "IKE message")
	}
	return line
}
