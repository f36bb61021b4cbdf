package main

import (
	"context"

	"ikescope/analysis"
	"ikescope/cmd/ikescope/outfile"
)

// output is where decrypted packets go.
type output struct {
	sink     analysis.Sink // nil: they are verified only
	flush    func() error
	commit   func() error
	abort    func()
	messages func() int64 // IKE messages that were written
}

func nothing() error { return nil }

// open makes the output that the flags ask for.
func (d *decryption) open(ctx context.Context, a *app) (*output, error) {
	switch {
	case d.verifyOnly:
		return &output{flush: nothing, commit: nothing, abort: func() {}, messages: func() int64 { return 0 }}, nil
	case d.split:
		return d.openFolder(ctx)
	case d.out == stdinName:
		s, err := newSink(standardOutput{a.stdout}, d)
		if err != nil {
			return nil, err
		}
		return outputOf(s, s, nothing, func() {}), nil
	}
	f, err := await(ctx, func() (*outfile.File, error) { return outfile.Create(d.out, d.files()) })
	if err != nil {
		return nil, err
	}
	s, err := newSink(f, d)
	if err != nil {
		f.Abort()
		return nil, err
	}
	return outputOf(restartable(s, f), s, f.Commit, f.Abort), nil
}

func (d *decryption) openFolder(ctx context.Context) (*output, error) {
	f, err := await(ctx, func() (*outfile.Folder, error) { return outfile.CreateFolder(d.out) })
	if err != nil {
		return nil, err
	}
	s := newSplitter(f, d)
	return &output{sink: s, flush: s.flush, commit: f.Commit, abort: f.Abort, messages: s.messages.Load}, nil
}

func outputOf(as analysis.Sink, s *sink, commit func() error, abort func()) *output {
	return &output{sink: as, flush: func() error { return s.w.Flush() }, commit: commit, abort: abort, messages: s.messages.Load}
}
