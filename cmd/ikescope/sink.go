package main

import (
	"io"
	"sync/atomic"

	"ikescope/analysis"
	"ikescope/pcaps"
)

// sink writes inner packets as raw IP.
type sink struct {
	w        *pcaps.Writer
	ike      int          // interface of IKE messages
	messages atomic.Int64 // written in the clear
}

var _ analysis.Sink = (*sink)(nil)

// innerInterface is the first interface of the output.
const innerInterface = 0

func newSink(w io.Writer, f pcaps.Format, ike bool) (*sink, error) {
	s := &sink{w: pcaps.NewWriter(w, f, pcaps.WriterOptions{Application: "ikescope"})}
	if _, err := s.w.AddInterface(pcaps.Interface{Name: "inner", Link: pcaps.LinkRaw}); err != nil {
		return nil, err
	}
	if !ike {
		return s, nil
	}
	var err error
	s.ike, err = s.w.AddInterface(pcaps.Interface{Name: "ike", Description: "IKE messages in the clear", Link: pcaps.LinkRaw})
	return s, err
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
