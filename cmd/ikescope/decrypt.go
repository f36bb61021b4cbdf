package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/report"
)

const decryptLong = `decrypt writes the packets that were inside the tunnels, with their original
time stamps, in capture order: pcapng, or classic pcap with --format pcap or
where OUT ends in .pcap; link type raw IP. Only packets whose ICV verified are
written, unless --unverified is given. What could not be opened is counted on
standard error, SA by SA, with the reason.

In tunnel mode the inner packet is written as it was; in transport mode it is
rebuilt: the outer IP header with the protocol, length and checksum that it
would have had without ESP. Of SAs inside one another all are taken off whose
keys are known; what stays closed is written as it stands inside, and OUT can
be decrypted again: with IKE that was inside the tunnel, say.

A pcapng file has an interface for each SA, named after the tunnel. Wireshark
reads it; libpcap, and so tcpdump, refuses raw IP on more than one interface:
give it classic pcap.

OUT appears when it is whole, readable by you alone. It holds decrypted traffic:
treat it like the secrets, and like the network that the packets came from.`

const decryptExample = `  ikescope decrypt tunnel.pcap -k secrets.toml -o inner.pcapng
  ikescope decrypt part1.pcap.gz part2.pcap.gz -k charon.log -o inner.pcap
  ikescope decrypt tunnel.pcap -k secrets.toml --format pcap -o - | tcpdump -nr -
  ikescope decrypt big.pcapng -k xfrm.txt --sa 0xc7a8cc9e --since 2026-11-24T00:18:00Z -o part.pcapng
  ikescope decrypt big.pcapng -k xfrm.txt --split -o tunnels
  ikescope decrypt big.pcapng -k xfrm.txt --verify-only`

// decryption is what the command decrypt was asked to do.
type decryption struct {
	inputs
	selection
	out        string
	formatName string
	unverified bool
	ike        bool
	annotate   bool
	split      bool
	verifyOnly bool
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
	f.StringVar(&d.formatName, "format", "", "`FORMAT` of OUT: pcapng or pcap; without it the ending of OUT decides")
	f.BoolVar(&d.unverified, "unverified", false, "also write packets whose ICV is wrong or could not be checked")
	f.BoolVar(&d.ike, "ike", false, "also write the IKE messages that could be read, in the clear")
	f.BoolVar(&d.annotate, "annotate", false, "give each packet a comment: SPI, sequence number, verdict (pcapng)")
	f.BoolVar(&d.split, "split", false, "OUT is a new folder, with one file for each pair of peers (pcapng)")
	f.BoolVar(&d.verifyOnly, "verify-only", false, "write nothing, only count what verifies; instead of -o")
	d.selection.flags(f)
	return c
}

// check finds flags that do not go together.
func (d *decryption) check(a *app) error {
	switch {
	case d.verifyOnly && (d.out != "" || d.split || d.ike):
		return usagef("decrypt: --verify-only writes nothing: leave out -o, --split and --ike")
	case d.out == "" && !d.verifyOnly:
		return usagef("decrypt: -o OUT is missing; -o - writes to standard output")
	case d.out == stdinName && isTerminal(a.stdout):
		return usagef("decrypt: a capture is not for a terminal; -o FILE, or | a program")
	case d.split && (d.out == stdinName || d.ike):
		return usagef("decrypt: --split writes a folder of inner packets: not to standard output, and without --ike")
	case d.formatName != "" && d.formatName != pcaps.FormatPcap.String() && d.formatName != pcaps.FormatPcapng.String():
		return usagef("decrypt: --format %s: pcapng or pcap is possible", report.Clean(d.formatName))
	case d.split && d.formatName == pcaps.FormatPcap.String():
		return usagef("decrypt: --split writes pcapng: leave out --format pcap")
	case d.annotate && d.format() == pcaps.FormatPcap:
		return usagef("decrypt: --annotate needs pcapng: leave out --format pcap, or give OUT another ending than .pcap")
	}
	return nil
}

func (d *decryption) run(ctx context.Context, a *app) error {
	if err := d.check(a); err != nil {
		return err
	}
	chosen, err := d.selection.parse()
	if err != nil {
		return err
	}
	out, err := d.open(ctx, a)
	if err != nil {
		return err
	}
	defer out.abort()
	return d.write(ctx, a, out, chosen)
}

// write decrypts into out. It commits unless there was something to open and
// nothing came of it.
func (d *decryption) write(ctx context.Context, a *app, out *output, chosen analysis.Selection) error {
	result, err := a.analyse(ctx, &d.inputs, analysis.Options{Sink: out.sink, Select: chosen, Unverified: d.unverified, IKE: d.ike, NoFindings: true})
	if err != nil {
		return err
	}
	sum, messages := summarize(result), out.messages()
	absent := sum.absent()
	done := absent == nil || messages > 0
	if done {
		if err := out.flush(); err != nil {
			return err
		}
		if err := out.commit(); err != nil {
			return err
		}
	}
	sum.print(a, d.unverified)
	if done && d.out != stdinName && !d.verifyOnly {
		a.tell(d.written(sum, messages))
	}
	return absent
}

// format is that of the output: what the user named, else by the output's ending.
func (d *decryption) format() pcaps.Format {
	byName := d.formatName == "" && strings.HasSuffix(strings.ToLower(d.out), ".pcap")
	if byName || d.formatName == pcaps.FormatPcap.String() {
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
