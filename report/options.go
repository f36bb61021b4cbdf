package report

// Options say how a report is to look. The zero value gives plain ASCII text
// for 80 columns, without secrets.
type Options struct {
	Width    int  // columns of the terminal; 0: DefaultWidth; less than minWidth counts as minWidth
	Color    bool // ANSI colours
	Unicode  bool // the terminal shows characters outside of ASCII
	ShowKeys bool // secrets appear in the clear
	Verbose  bool // Messages: the payload tree of each message
}

// DefaultWidth is the width of a report whose terminal is not known.
const DefaultWidth = 80

// The tables of the report do not fit into less than minWidth columns; lines
// above maxWidth are hard to read on any screen.
const (
	minWidth = 80
	maxWidth = 140
)

func (o Options) width() int {
	if o.Width == 0 {
		return DefaultWidth
	}
	return min(max(o.Width, minWidth), maxWidth)
}
