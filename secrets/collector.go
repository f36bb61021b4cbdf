package secrets

import (
	"fmt"
	"io"
)

// collector is what the reader of one file hands its findings to: it knows the file's name, drops what was there before,
// and bounds entries and warnings.
type collector struct {
	name     string
	ring     *Ring
	add      *adder
	warnings []Warning
	alike    map[string]int // warnings by text
	problem  *Error         // the first entry that could not be taken
	format   string         // of the reader that has the word
	formats  map[int]string // of entries, by line; nil: nobody asks
	indent   []byte         // blanks in front of every line
	diff     bool           // lines have the marks of a diff
	binary   bool           // the file begins with what is no text
	hint     string         // how a log that was recognised would have had secrets
	known    bool           // something of the format was recognised, if only a frame without secrets
	dropped  int            // entries beyond maxEntries
}

func newCollector(name string) *collector {
	r := &Ring{}
	return &collector{name: name, ring: r, add: newAdder(r), alike: map[string]int{}}
}

func (c *collector) source(line int) Source { return Source{File: c.name, Line: line} }

// entry is source for an entry, whose format is noted.
func (c *collector) entry(line int) Source {
	if c.formats != nil {
		c.formats[line] = c.format
	}
	return c.source(line)
}

// recognised notes that the file holds something of the reader's format.
func (c *collector) recognised() { c.known = true }

// withoutKeys notes that the file is a log of a program that can print keys, and how to make it do so. It matters if
// nothing else is found.
func (c *collector) withoutKeys(hint string) {
	c.recognised()
	if c.hint == "" {
		c.hint = hint
	}
}

// fits reports whether an entry with this fault may be added: it has none, and there is room. A fault is noted.
func (c *collector) fits(line int, field, msg string) bool {
	if msg != "" {
		c.bad(line, field, msg)
		return false
	}
	return c.room()
}

// room reports whether one more entry may be added.
func (c *collector) room() bool {
	c.known = true
	if c.ring.Len() < maxEntries {
		return true
	}
	c.dropped++
	return false
}

func (c *collector) psk(line int, p PSK) {
	if c.room() {
		p.Source = c.entry(line)
		c.add.psk(p)
	}
}

func (c *collector) ppk(line int, p PPK) {
	if c.room() {
		p.Source = c.entry(line)
		c.add.ppk(p)
	}
}

func (c *collector) dh(line int, d DH) {
	value := d.Private
	if value.IsZero() {
		value = d.Shared
	}
	if value.Len() > maxDH || allZero(value) {
		c.bad(line, "DH value", fmt.Sprintf("%d octets, or all zero", value.Len()))
		return
	}
	if c.room() {
		d.Source = c.entry(line)
		c.add.dh(d)
	}
}

// followed takes the secrets of key exchanges behind the one whose secret stood at the line first, not long ago.
func (c *collector) followed(line, first int, d DH) {
	const near = 64 // entries, as threads mix
	if d.Shared.IsZero() {
		c.dh(line, DH{Shared: d.Further})
		return
	}
	all := c.ring.DHs
	for i := len(all) - 1; i >= max(0, len(all)-near); i-- {
		if have := &all[i]; have.Source.Line == first && have.Further.IsZero() && have.Shared.Equal(d.Shared) {
			have.Further = d.Further
			return
		}
	}
	c.dh(line, d)
}

func (c *collector) isakmp(line int, i ISAKMP) {
	if field, msg := isakmpFault(&i); c.fits(line, field, msg) {
		i.Source = c.entry(line)
		c.add.isakmp(i)
	}
}

func (c *collector) ikev2(line int, i IKEv2) {
	if field, msg := ikev2Fault(&i); c.fits(line, field, msg) {
		i.Source = c.entry(line)
		c.add.ikev2(i)
	}
}

func (c *collector) esp(line int, e ESP) {
	if field, msg := espFault(&e); c.fits(line, field, msg) {
		e.Source = c.entry(line)
		c.add.esp(e)
	}
}

// warn notes something that the user should know. Of one text the first maxAlike are kept and the others counted; texts
// are written by this package and so are few.
func (c *collector) warn(line int, text string) {
	c.alike[text]++
	if c.alike[text] <= maxAlike {
		c.warnings = append(c.warnings, Warning{Source: c.source(line), Text: text})
	}
}

// bad notes an entry that cannot be taken. Reading goes on; if the file gives nothing at all, the first of them is why.
func (c *collector) bad(line int, field, msg string) {
	if c.problem == nil {
		c.problem = &Error{File: c.name, Line: line, Field: field, Msg: msg}
	}
	c.warn(line, field+": "+msg+"; entry left out")
}

// finish returns the file's ring and warnings, with the totals of what was left out.
func (c *collector) finish() (*Ring, []Warning, error) {
	if c.problem != nil && c.ring.Len() == 0 {
		return nil, nil, c.problem
	}
	if !c.known {
		return nil, nil, &Error{File: c.name, Msg: c.nothing(), Err: ErrUnknownFormat}
	}
	counted := map[string]bool{}
	for _, w := range c.warnings {
		if n := c.alike[w.Text]; n > maxAlike && !counted[w.Text] {
			counted[w.Text] = true
			c.warnings = append(c.warnings, Warning{c.source(0), fmt.Sprintf("%s (and %d more of these)", w.Text, n-maxAlike)})
		}
	}
	if c.dropped > 0 {
		c.warnings = append(c.warnings, Warning{c.source(0), fmt.Sprintf("more than %d entries; %d left out", maxEntries, c.dropped)})
	}
	if c.ring.Len() == 0 {
		text := "holds no secrets that can be used"
		if c.hint != "" {
			text += ": " + c.hint
		}
		c.warnings = append(c.warnings, Warning{c.source(0), text})
	}
	return c.ring, c.warnings, nil
}

// nothing says why a file gave nothing.
func (c *collector) nothing() string {
	if c.binary {
		return "is a binary file, no text: nothing in it is in a known format (ikescope secrets --help lists them)"
	}
	return "no secrets in a known format (ikescope secrets --help lists them)"
}

// whole reads a file that must be read whole, of so many octets at most.
func (c *collector) whole(r io.Reader, most int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err == nil && len(b) > most {
		err = &Error{File: c.name, Msg: fmt.Sprintf("longer than %d MiB", most>>20)}
	}
	return b, err
}
