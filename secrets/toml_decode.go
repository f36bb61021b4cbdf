package secrets

import (
	"runtime"

	"github.com/BurntSushi/toml"
)

// decodedTOML is what the library makes of a part, or why that is not possible.
type decodedTOML struct {
	tomlPart
	doc      map[string]any
	err      error // an *Error without a file name
	panicked any
}

// eachTOMLPart gives the parts of a document to a function, in order, up to one that it refuses. The library takes some
// time for each table, so that parts are decoded ahead, as many at once as there are processors.
func eachTOMLPart(text string, take func(decodedTOML) error) error {
	var ahead []<-chan decodedTOML
	for s := newTOMLScanner(text); ; {
		for len(ahead) <= runtime.GOMAXPROCS(0) && !s.done() {
			ahead = append(ahead, s.decoding())
		}
		if len(ahead) == 0 {
			return nil
		}
		d := <-ahead[0]
		if ahead = ahead[1:]; d.panicked != nil {
			panic(d.panicked)
		}
		if d.err != nil {
			return d.err
		}
		if err := take(d); err != nil {
			return err
		}
	}
}

// decoding scans the next part and lets it be decoded. What cannot be scanned ends the document.
func (s *tomlScanner) decoding() <-chan decodedTOML {
	out := make(chan decodedTOML, 1)
	p, err := s.part()
	if err != nil {
		s.pos = len(s.text)
		out <- decodedTOML{err: err}
		return out
	}
	go func() { out <- p.decode() }()
	return out
}

// decode hands a panic on, since its goroutine has nobody who could contain it.
func (p tomlPart) decode() (d decodedTOML) {
	defer func() { d.panicked = recover() }()
	d.tomlPart = p
	if _, err := toml.Decode(p.text, &d.doc); err != nil {
		d.err = p.error(err)
	}
	return d
}
