package main

import (
	"context"
	"io"

	"ikescope/analysis/twopoints"
	"ikescope/pcaps"
	"ikescope/report"
)

// bothWriters are the formats of a report on two captures.
var bothWriters = map[string]func(io.Writer, *twopoints.Result, report.Options) error{
	"table": report.BothTable, "json": report.BothJSON,
}

// runBoth compares two captures of the same tunnels.
func (r *reporting) runBoth(ctx context.Context, a *app) error {
	write, ok := bothWriters[r.format.value]
	switch {
	case !ok:
		return usagef("--both: --format is table or json")
	case len(r.captures) != 2:
		return usagef("--both takes two captures, one of each end, not %d", len(r.captures))
	case len(r.secrets)+len(r.psks)+len(r.dhs) > 0:
		return usagef("--both compares packets as they are and takes no secrets")
	case r.failOn.value != "":
		return usagef("--both makes no findings for --fail-on")
	}
	result, err := await(ctx, func() (*twopoints.Result, error) {
		var sets [2]*pcaps.Set
		for i, path := range r.captures {
			set, err := pcaps.OpenSet([]string{path}, a.stdin, pcaps.Options{BlockSize: blockSize})
			if err != nil {
				return nil, unreadable(err)
			}
			defer set.Close()
			sets[i] = set
		}
		return twopoints.Compare(ctx, sets[0], sets[1], twopoints.DefaultLimits)
	})
	if err != nil {
		return err
	}
	for _, captures := range result.Captures {
		if err := a.judgeCaptures(captures); err != nil {
			return err
		}
	}
	return writing(write(a.stdout, result, a.looks(&r.color)))
}
