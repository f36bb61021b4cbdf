package main

import (
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootLong = `ikescope reads packet captures of IPsec tunnels and the secrets you have, and
says what was negotiated, what went wrong, and what the packets said.

A capture is pcap or pcapng, plain or compressed with gzip or zstd, or - for
standard input. Several captures are read as one, in time order.

Secrets need not say which conversation they belong to: each is tried where it
could fit, and what verifies is kept. To open Main Mode with a pre-shared key,
one more secret of the exchange is needed: a Diffie-Hellman private value of
either side, or the shared secret.

Exit status: 0 done; 1 the work could not be done; 2 wrong usage; 3 done, but
what was asked for is not there.`

const rootExample = `  ikescope report tunnel.pcap
  ikescope report tunnel.pcap -k secrets.toml
  ikescope decrypt tunnel.pcap -k secrets.toml -o inner.pcapng
  tcpdump -w - udp port 500 or udp port 4500 or esp | ikescope report -`

// usageTemplate adapts cobra's: flags wrap at the width of a terminal, and the
// line of usage stands alone.
var usageTemplate = strings.NewReplacer(
	".LocalFlags.FlagUsages ", ".LocalFlags.FlagUsagesWrapped 80 ",
	"\n  {{.CommandPath}} [command]", "{{if not .Runnable}}\n  {{.CommandPath}} COMMAND{{end}}",
)

// root builds the tree of commands.
func (a *app) root() *cobra.Command {
	c := &cobra.Command{
		Use:     "ikescope COMMAND",
		Short:   "Analyze and decrypt captures of IPsec tunnels",
		Long:    rootLong,
		Example: rootExample,
		Version: version(),

		DisableFlagsInUseLine: true, SilenceUsage: true, SilenceErrors: true,
		Args: unknownCommand, SuggestionsMinimumDistance: 2,
		RunE: func(c *cobra.Command, _ []string) error {
			return usagef("a command is missing: one of %s (see ikescope --help)", strings.Join(names(c), ", "))
		},
	}
	c.SetIn(a.stdin)
	c.SetOut(a.stdout)
	c.SetErr(a.stderr)
	c.SetUsageTemplate(usageTemplate.Replace(c.UsageTemplate()))
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%w (see %s --help)", err, c.CommandPath())
	})
	c.SetHelpCommand(helpCommand())
	c.AddCommand(a.reportCommand(), a.decryptCommand(), a.keysCommand(), a.messagesCommand(), a.secretsCommand(), manCommand())
	return c
}

// helpCommand is cobra's, but that an unknown command is wrong usage.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
			for _, sub := range c.Root().Commands() {
				if len(args) == 0 && sub.IsAvailableCommand() {
					names = append(names, sub.Name()+"\t"+sub.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || about == c.Root() && len(rest) > 0 {
				return unknownCommand(c.Root(), args)
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
		DisableFlagsInUseLine: true,
	}
}

func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if like := c.SuggestionsFor(args[0]); len(like) > 0 {
		return usagef("no command %q; did you mean %s?", args[0], strings.Join(like, " or "))
	}
	return usagef("no command %q: one of %s (see ikescope --help)", args[0], strings.Join(names(c), ", "))
}

// names lists the commands that do the program's work.
func names(root *cobra.Command) (out []string) {
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && c.Annotations[captureCommand] != "" {
			out = append(out, c.Name())
		}
	}
	return out
}

// captureCommand marks the commands that read captures.
const captureCommand = "captures"

// command fills in what the commands that read captures have in common.
func command(c *cobra.Command, in *inputs) *cobra.Command {
	c.Use += " CAPTURE... [-k SECRETS]..."
	c.DisableFlagsInUseLine = true
	c.Annotations = map[string]string{captureCommand: "yes"}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("%s: no capture given (see %s --help)", c.Name(), c.CommandPath())
		}
		return in.set(args)
	}
	in.flags(c)
	return c
}

// choice is a flag with a few values.
type choice struct {
	value string
	of    []string
}

func (c *choice) String() string { return c.value }

// Type is what pflag calls a value of the flag.
func (c *choice) Type() string { return "choice" }

// Set takes one of the values.
func (c *choice) Set(s string) error {
	for _, v := range c.of {
		if s == v {
			c.value = s
			return nil
		}
	}
	return usagef("it is one of %s", strings.Join(c.of, ", "))
}

// addTo defines the flag, and its completion. A value is called word in the help.
func (c *choice) addTo(cmd *cobra.Command, name, word, usage string) {
	cmd.Flags().Var(c, name, usage+": `"+word+"` is "+strings.Join(c.of, ", "))
	complete := cobra.FixedCompletions(c.of, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic("ikescope: " + err.Error())
	}
}

var _ pflag.Value = (*choice)(nil)

// version is that of the module, with the commit where the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
