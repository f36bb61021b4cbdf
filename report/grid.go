package report

import (
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// column is a column of a table.
type column struct {
	title string
	right bool // numbers
	flex  bool // takes the room that is left and wraps
	least int  // columns that a flex column keeps at least
}

// grid is a table without borders.
type grid struct {
	columns []column
	rows    [][]string
	tight   bool // one blank between columns, not two
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

func (g *grid) gap() string {
	if g.tight {
		return " "
	}
	return "  "
}

// table writes a grid. At most one column is flexible; its cells are wrapped so
// that the table fits the page.
func (p *page) table(indent int, g *grid) {
	if len(g.rows) == 0 {
		return
	}
	g.fit(p.width - indent)
	var out strings.Builder
	t := tablewriter.NewTable(&out,
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})),
		tablewriter.WithConfig(g.config()))
	if titles := g.titles(p.ink); titles != nil {
		t.Header(titles)
	}
	for _, r := range g.rows {
		if p.keep(t.Append(r)); p.err != nil {
			return
		}
	}
	p.keep(t.Render())
	for l := range strings.Lines(out.String()) {
		p.line(indent, strings.TrimSuffix(l, "\n"))
	}
}

func (p *page) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (g *grid) titles(k ink) (ts []string) {
	any := false
	for _, c := range g.columns {
		any = any || c.title != ""
		ts = append(ts, k.paint(dim, c.title))
	}
	if !any {
		return nil
	}
	return ts
}

func (g *grid) config() tablewriter.Config {
	aligns := make([]tw.Align, len(g.columns))
	for i, c := range g.columns {
		aligns[i] = tw.AlignLeft
		if c.right {
			aligns[i] = tw.AlignRight
		}
	}
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Padding:    tw.CellPadding{Global: tw.Padding{Right: g.gap(), Overwrite: true}},
		Alignment:  tw.CellAlignment{Global: tw.AlignLeft, PerColumn: aligns},
	}
	return tablewriter.Config{
		Header: cell, Row: cell,
		Behavior: tw.Behavior{TrimSpace: tw.Off, TrimLine: tw.Off},
	}
}

// fit wraps the cells of the flexible column to the room that the others leave.
func (g *grid) fit(room int) {
	flex := -1
	for i, c := range g.columns {
		if c.flex {
			flex = i
			continue
		}
		room -= g.widest(i) + len(g.gap())
	}
	if flex < 0 {
		return
	}
	room = max(room, g.columns[flex].least, 16)
	for _, r := range g.rows {
		if flex >= len(r) {
			continue
		}
		var lines []string
		for _, l := range strings.Split(r[flex], "\n") {
			lines = append(lines, wrap(l, room, room)...)
		}
		r[flex] = strings.Join(lines, "\n")
	}
}

// squeeze makes a table that is too wide fit: with less room between the
// columns, or with source and destination, which column ends holds, on two lines.
func (p *page) squeeze(g *grid, ends int) {
	const indent = 2
	g.tight = indent+g.width() > p.width
	if indent+g.width() <= p.width {
		return
	}
	for _, r := range g.rows {
		r[ends] = strings.Replace(r[ends], " "+p.to+" ", "\n"+p.to+" ", 1)
	}
	g.tight = false
	g.tight = indent+g.width() > p.width
}

// width is how many columns the table takes as it is.
func (g *grid) width() int {
	n := -len(g.gap())
	for i := range g.columns {
		n += g.widest(i) + len(g.gap())
	}
	return n
}

func (g *grid) widest(col int) int {
	n := width(g.columns[col].title)
	for _, r := range g.rows {
		if col < len(r) {
			for _, l := range strings.Split(r[col], "\n") {
				n = max(n, width(l))
			}
		}
	}
	return n
}
