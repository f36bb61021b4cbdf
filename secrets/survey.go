package secrets

import "io"

// Survey is what was recognised in a file.
type Survey struct {
	Ring     *Ring
	Warnings []Warning
	formats  map[int]string
}

// Take surveys one file or stream. It is Read that also tells the format of each entry.
func Take(name string, r io.Reader) (*Survey, error) {
	c := newCollector(name)
	c.formats = map[int]string{}
	if err := c.read(r); err != nil {
		return nil, err
	}
	ring, warnings, err := c.finish()
	if err != nil {
		return nil, err
	}
	return &Survey{ring, warnings, c.formats}, nil
}

// Format names the format in which the entry at a place stood, "" if there is none.
func (s *Survey) Format(src Source) string { return s.formats[src.Line] }
