package report

import (
	"fmt"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/esp/replay"
)

// manySAs is how many SAs of one table are shown; of more, the sum is.
const manySAs = 24

// sas writes the SAs that a negotiation made, with what the capture has of them.
func (p *page) sas(sas []*analysis.SA) {
	if len(sas) == 0 {
		return
	}
	p.table(2, p.saGrid(sas[:min(len(sas), manySAs)]))
	if n := len(sas) - manySAs; n > 0 {
		p.line(2, p.dots+" and "+many(int64(n), "more SA"))
	}
	for _, s := range sas {
		p.disclosed("keys of "+saName(s)+":", DisclosedSA(s))
	}
}

// saGrid lays the SAs out.
func (p *page) saGrid(sas []*analysis.SA) *grid {
	g := &grid{columns: p.saColumns(sas)}
	for _, s := range sas {
		g.add(p.saRow(s, g.columns)...)
	}
	p.squeeze(g, 1)
	return g
}

// saColumn is a column of the table of SAs. Optional ones stand there where one
// of the SAs has something to say.
type saColumn struct {
	column
	optional bool
	text     func(p *page, s *analysis.SA) string // "" or "0": nothing to say
}

var saTable = []saColumn{
	{column{title: "SPI"}, false, func(p *page, s *analysis.SA) string { return saName(s) }},
	{column{title: "from to"}, false, func(p *page, s *analysis.SA) string { return p.direction(s) }},
	{column{title: "packets", right: true}, false, func(p *page, s *analysis.SA) string { return count(packets(s)) }},
	{column{title: "bytes", right: true}, false, func(p *page, s *analysis.SA) string { return count(octets(s)) }},
	{column{title: "verified", right: true}, false, (*page).verified},
	{column{title: "seq"}, false, (*page).span},
	{column{title: "lost", right: true}, false, counter(func(c replay.Stats) uint64 { return c.Lost })},
	{column{title: "late", right: true}, false, counter(func(c replay.Stats) uint64 { return c.OutOfOrder })},
	{column{title: "dup", right: true}, true, counter(func(c replay.Stats) uint64 { return c.Duplicates })},
	{column{title: "bad ICV", right: true}, true, func(p *page, s *analysis.SA) string { return count(s.Opened.ICVFailed) }},
	{column{title: "damaged", right: true}, true, func(p *page, s *analysis.SA) string { return count(s.Opened.Damaged) }},
}

func counter(get func(replay.Stats) uint64) func(*page, *analysis.SA) string {
	return func(_ *page, s *analysis.SA) string {
		if s.Flow == nil || s.Protocol == isakmp.ProtocolIPComp {
			return "0"
		}
		return count(int64(get(s.Flow.Numbers())))
	}
}

func (p *page) saColumns(sas []*analysis.SA) (cs []column) {
	for _, c := range saTable {
		col := c.column
		if col.title == "from to" {
			col.title = "from " + p.to + " to"
		}
		if !c.optional || p.anySays(c, sas) {
			cs = append(cs, col)
		}
	}
	return cs
}

func (p *page) anySays(c saColumn, sas []*analysis.SA) bool {
	for _, s := range sas {
		if t := c.text(p, s); t != "" && t != "0" {
			return true
		}
	}
	return false
}

func (p *page) saRow(s *analysis.SA, cs []column) (cells []string) {
	i := 0
	for _, c := range saTable {
		if i < len(cs) && (c.title == cs[i].title || c.title == "from to") {
			cells = append(cells, c.text(p, s))
			i++
		}
	}
	return cells
}

// saName is the SPI, with the protocol where it is not ESP.
func saName(s *analysis.SA) string {
	switch s.Protocol {
	case isakmp.ProtocolESP:
		return spi(s.SPI)
	case isakmp.ProtocolIPComp:
		return fmt.Sprintf("IPComp CPI 0x%04x", s.SPI)
	default:
		return s.Protocol.Title() + " " + spi(s.SPI)
	}
}

func (p *page) direction(s *analysis.SA) string {
	return s.Src.String() + " " + p.to + " " + s.Dst.String()
}

func packets(s *analysis.SA) int64 {
	if s.Flow == nil {
		return 0
	}
	return s.Flow.Packets
}

func octets(s *analysis.SA) int64 {
	if s.Flow == nil {
		return 0
	}
	return s.Flow.Bytes
}

// verified says how many packets opened, or why none can.
func (p *page) verified(s *analysis.SA) string {
	switch o := s.Opened; {
	case s.Flow == nil, s.Protocol == isakmp.ProtocolIPComp:
		return p.dash
	case !s.KeysKnown && s.NullDetected:
		return "NULL"
	case !s.KeysKnown:
		return "no key"
	case o.Unverified > 0:
		return count(o.Unverified) + " unsure"
	default:
		return count(o.Decrypted)
	}
}

// span writes the first and the last sequence number.
func (p *page) span(s *analysis.SA) string {
	if s.Flow == nil || s.Protocol == isakmp.ProtocolIPComp {
		return p.dash
	}
	c := s.Flow.Numbers()
	return count(int64(c.First)) + "-" + count(int64(c.Last))
}
