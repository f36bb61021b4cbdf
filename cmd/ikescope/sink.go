package main

import (
	"io"
	"sync/atomic"

	"ikescope/analysis"
	"ikescope/cmd/ikescope/outfile"
	"ikescope/pcaps"
)

// sink writes inner packets as raw IP.
type sink struct {
	out      io.Writer
	format   pcaps.Format
	withIKE  bool
	w        *pcaps.Writer
	ike      int          // interface of IKE messages
	messages atomic.Int64 // written in the clear
}

var _ analysis.Sink = (*sink)(nil)

// innerInterface is the first interface of the output.
const innerInterface = 0

func newSink(w io.Writer, f pcaps.Format, ike bool) (*sink, error) {
	s := &sink{out: w, format: f, withIKE: ike}
	return s, s.begin()
}

// begin writes what stands in front of the packets.
func (s *sink) begin() (err error) {
	s.w = pcaps.NewWriter(s.out, s.format, pcaps.WriterOptions{Application: "ikescope"})
	if _, err := s.w.AddInterface(pcaps.Interface{Name: "inner", Link: pcaps.LinkRaw}); err != nil {
		return err
	}
	if s.withIKE {
		s.ike, err = s.w.AddInterface(pcaps.Interface{Name: "ike", Description: "IKE messages in the clear", Link: pcaps.LinkRaw})
	}
	return err
}

// fileSink is a sink that can begin again.
type fileSink struct {
	*sink
	file *outfile.File
}

var _ analysis.Restarter = fileSink{}

// Restart empties the file.
func (s fileSink) Restart() error {
	if err := s.file.Restart(); err != nil {
		return err
	}
	s.messages.Store(0)
	return s.begin()
}

// notVerified marks a packet in pcapng.
const notVerified = "not verified: the ICV is wrong or could not be checked"

// Append renders a packet; several goroutines call it at once.
func (s *sink) Append(dst []byte, p analysis.Inner) []byte {
	switch {
	case p.IKE != nil:
		datagram := clearDatagram(p.IKE)
		if datagram == nil {
			return dst
		}
		s.messages.Add(1)
		return s.w.Append(dst, s.ike, p.Nanos, datagram)
	case !p.Verified && s.w.Format() == pcaps.FormatPcapng:
		return pcaps.AppendEPB(dst, innerInterface, p.Nanos, 0, notVerified, p.Data)
	}
	return s.w.Append(dst, innerInterface, p.Nanos, p.Data)
}

// Write takes what Append rendered, in order.
func (s *sink) Write(rendered []byte) error { return s.w.WriteRecords(rendered) }

// restartable lets a sink begin again where its output allows it.
func restartable(s *sink, w io.Writer) analysis.Sink {
	if f, ok := w.(*outfile.File); ok && f.CanRestart() {
		return fileSink{s, f}
	}
	return s
}
