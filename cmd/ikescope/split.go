package main

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"ikescope/analysis"
	"ikescope/cmd/ikescope/outfile"
	"ikescope/pcaps"
)

// splitter writes one file for each tunnel, which is a pair of peers. Packets are
// rendered before anybody knows in which file they will stand: Append puts the
// SA's order in front of each record, and Write distributes.
type splitter struct {
	sink
	folder *outfile.Folder
	files  map[tunnel]*part
	bySA   []place // by SA.Order-1
}

// tunnel is a pair of peers, the smaller address first.
type tunnel struct{ a, b netip.Addr }

// part is the file of a tunnel.
type part struct {
	w    *pcaps.Writer
	sas  int
	name string
}

// place is where the packets of an SA go.
type place struct {
	part   *part
	number int // of the interface
}

// maxParts bounds the files that are open at once; all tunnels behind share the
// last.
const maxParts = 200

// splitHeader is the length of what stands in front of a record: its length and
// the SA's order, four octets each.
const splitHeader = 8

func newSplitter(f *outfile.Folder, d *decryption) *splitter {
	return &splitter{sink: sink{format: pcaps.FormatPcapng, annotate: d.annotate}, folder: f, files: map[tunnel]*part{}}
}

// Announce opens the file of an SA's tunnel and adds its interface there.
func (s *splitter) Announce(sa *analysis.SA) error {
	key := tunnel{sa.Src, sa.Dst}
	if key.b.Less(key.a) {
		key.a, key.b = key.b, key.a
	}
	p, err := s.part(key)
	if err != nil {
		return err
	}
	number := p.sas
	if number < maxInterfaces {
		p.sas++
		if _, err := p.w.AddInterface(interfaceOf(sa)); err != nil {
			return err
		}
	} else {
		number--
	}
	s.bySA = append(s.bySA, place{p, number})
	return nil
}

func (s *splitter) part(key tunnel) (*part, error) {
	if len(s.files) >= maxParts && s.files[key] == nil {
		key = tunnel{}
	}
	if p := s.files[key]; p != nil {
		return p, nil
	}
	name := "others.pcapng"
	if key.a.IsValid() {
		name = fileName(key)
	}
	f, err := s.folder.Create(name)
	if err != nil {
		return nil, err
	}
	p := &part{w: pcaps.NewWriter(f, pcaps.FormatPcapng, pcaps.WriterOptions{Application: "ikescope"}), name: name}
	s.files[key] = p
	return p, nil
}

// fileName makes a name of letters, digits, points and dashes.
func fileName(t tunnel) string {
	return strings.NewReplacer(":", "-", "%", "-").Replace(fmt.Sprintf("%s_%s.pcapng", t.a, t.b))
}

// Append renders a packet behind its header.
func (s *splitter) Append(dst []byte, p analysis.Inner) []byte {
	if p.IKE != nil {
		return dst
	}
	at := len(dst)
	dst = append(dst, make([]byte, splitHeader)...)
	dst = pcaps.AppendEPB(dst, 0, p.Nanos, 0, s.comment(p), p.Data)
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-splitHeader))
	binary.LittleEndian.PutUint32(dst[at+4:], uint32(p.SA.Order))
	return dst
}

// interfaceID is the offset of the interface number in an Enhanced Packet Block.
const interfaceID = 8

// Write gives each record the interface of its SA and puts it into its file.
func (s *splitter) Write(rendered []byte) error {
	for len(rendered) > 0 {
		n := int(binary.LittleEndian.Uint32(rendered))
		to := s.bySA[binary.LittleEndian.Uint32(rendered[4:])-1]
		record := rendered[splitHeader : splitHeader+n]
		binary.LittleEndian.PutUint32(record[interfaceID:], uint32(to.number))
		if err := to.part.w.WriteRecords(record); err != nil {
			return err
		}
		rendered = rendered[splitHeader+n:]
	}
	return nil
}

// flush writes what is buffered in all files.
func (s *splitter) flush() error {
	for _, p := range s.files {
		if err := p.w.Flush(); err != nil {
			return err
		}
	}
	return nil
}
