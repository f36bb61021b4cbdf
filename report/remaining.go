package report

import (
	"ikescope/analysis"
)

// rest writes the SAs that no told exchange made: known by keys that the user
// supplied.
func (p *page) rest(t *tunnel, told *already) {
	var sas []*analysis.SA
	for _, s := range t.sas {
		if !told.sas[s] {
			sas = append(sas, s)
		}
	}
	if len(sas) == 0 {
		return
	}
	p.heading("IPsec SAs", "their negotiation is not in the capture, or was not read")
	p.sas(sas)
	for _, s := range sas {
		if s.Given != nil && packets(s) > 0 {
			p.para(2, 4, saName(s)+": "+protection(s.Encryption, s.IntegrityName)+", keys of "+p.source(s.Given.Source))
		}
	}
}

// manyUnknown is how many flows of unknown SAs are listed.
const manyUnknown = 10

// unknown lists packets whose SA is not known.
func (p *page) unknown(t *tunnel) {
	if len(t.unknown) == 0 {
		return
	}
	p.heading("IPsec packets of unknown SAs", "")
	g := &grid{columns: []column{
		{title: "SPI"}, {title: "from " + p.to + " to"}, {title: "packets", right: true}, {title: "bytes", right: true},
		{title: "seq"}, {title: "packet numbers"},
	}}
	for i, f := range t.unknown {
		if i == manyUnknown {
			break
		}
		seq := f.Numbers()
		g.add(protocolName(f.Key.Protocol)+" "+spi(f.Key.SPI), f.Src.String()+" "+p.to+" "+f.Key.Dst.String(), count(f.Packets), count(f.Bytes),
			count(int64(seq.First))+"-"+count(int64(seq.Last)), count(f.First)+"-"+count(f.Last))
	}
	p.squeeze(g, 1)
	p.table(2, g)
	if n := len(t.unknown) - manyUnknown; n > 0 {
		p.line(2, p.dots+" and "+many(int64(n), "more SPI"))
	}
}
