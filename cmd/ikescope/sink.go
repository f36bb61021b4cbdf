package main

import (
	"fmt"
	"io"
	"sync/atomic"

	"ikescope/analysis"
	"ikescope/cmd/ikescope/outfile"
	"ikescope/decode/isakmp"
	"ikescope/pcaps"
)

// sink writes inner packets as raw IP, in pcapng with an interface for each SA.
type sink struct {
	out      io.Writer
	format   pcaps.Format
	annotate bool // a comment for each packet
	withIKE  bool
	w        *pcaps.Writer
	messages atomic.Int64 // written in the clear
}

var _ analysis.Announced = (*sink)(nil)

// ikeInterface is the interface of IKE messages in the clear; those of SAs follow,
// in the order in which they are announced.
const ikeInterface = 0

// maxInterfaces bounds the interfaces of a file; all SAs behind share the last.
const maxInterfaces = 4096

func newSink(w io.Writer, d *decryption) (*sink, error) {
	s := &sink{out: w, format: d.format(), annotate: d.annotate, withIKE: d.ike}
	return s, s.begin()
}

// begin writes what stands in front of the packets.
func (s *sink) begin() error {
	s.w = pcaps.NewWriter(s.out, s.format, pcaps.WriterOptions{Application: "ikescope", BufferSize: blockSize / 4})
	if !s.withIKE {
		return nil
	}
	_, err := s.w.AddInterface(pcaps.Interface{Name: "ike", Description: "IKE messages in the clear", Link: pcaps.LinkRaw})
	return err
}

// Announce adds the interface of an SA.
func (s *sink) Announce(sa *analysis.SA) error {
	if sa.Order > maxInterfaces {
		return nil
	}
	_, err := s.w.AddInterface(interfaceOf(sa))
	return err
}

// interfaceOf names an interface after the tunnel.
func interfaceOf(sa *analysis.SA) pcaps.Interface {
	if sa.Order == maxInterfaces {
		return pcaps.Interface{Name: "others", Description: "all further SAs", Link: pcaps.LinkRaw}
	}
	i := pcaps.Interface{Name: fmt.Sprintf("%s-%s 0x%08x", sa.Src, sa.Dst, sa.SPI), Link: pcaps.LinkRaw}
	if sa.SrcSelector != nil && sa.DstSelector != nil {
		i.Description = fmt.Sprintf("%s %s to %s", sa.Mode, sa.SrcSelector, sa.DstSelector)
	}
	return i
}

// number returns the interface of an SA.
func (s *sink) number(sa *analysis.SA) int {
	n := min(sa.Order, maxInterfaces) - 1
	if s.withIKE {
		n++
	}
	return n
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
	if p.IKE == nil {
		return s.record(dst, s.number(p.SA), p)
	}
	datagram := clearDatagram(p.IKE)
	if datagram == nil {
		return dst
	}
	s.messages.Add(1)
	return s.w.Append(dst, ikeInterface, p.Nanos, datagram)
}

// record renders an inner packet.
func (s *sink) record(dst []byte, number int, p analysis.Inner) []byte {
	if s.format == pcaps.FormatPcapng && (s.annotate || !p.Verified) {
		return pcaps.AppendEPB(dst, number, p.Nanos, 0, s.comment(p), p.Data)
	}
	return s.w.Append(dst, number, p.Nanos, p.Data)
}

// comment says what is known of a packet.
func (s *sink) comment(p analysis.Inner) string {
	verdict := "verified"
	if !p.Verified {
		verdict = notVerified
	}
	if !s.annotate {
		return verdict
	}
	number := fmt.Sprintf(", sequence number %d", uint64(p.SeqHi)<<32|uint64(p.Seq))
	if p.SA.Protocol == isakmp.ProtocolIPComp { // has none, and nothing to verify
		number, verdict = "", "expanded"
	}
	return fmt.Sprintf("%s 0x%08x%s, packet %d: %s", p.SA.Protocol, p.SA.SPI, number, p.Frame, verdict)
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
