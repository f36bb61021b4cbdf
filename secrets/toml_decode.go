package secrets

import (
	"runtime"

	"github.com/BurntSushi/toml"
)

// decodedTOML is what the library makes of a part, or why that is not possible: an *Error without a file name.
type decodedTOML struct {
	tomlPart
	doc map[string]any
	err error
}

// eachTOMLPart gives the parts of a document to a function, in order, up to one that it refuses. The library takes some
// time for each table, so that parts are decoded ahead, as many at once as there are processors.
func eachTOMLPart(text string, take func(decodedTOML) error) error {
	parts, stop := make(chan (<-chan decodedTOML), runtime.GOMAXPROCS(0)), make(chan struct{})
	defer close(stop)
	go decodeAhead(text, parts, stop)
	for part := range parts {
		if err := take(<-part); err != nil {
			return err
		}
	}
	return nil
}

// decodeAhead sends parts that are being decoded, until it is stopped or the document ends or cannot be scanned.
func decodeAhead(text string, parts chan<- (<-chan decodedTOML), stop <-chan struct{}) {
	defer close(parts)
	for s := newTOMLScanner(text); !s.done(); {
		part := make(chan decodedTOML, 1)
		p, err := s.part()
		if err == nil {
			go func() { part <- p.decode() }()
		} else {
			part <- decodedTOML{err: err}
		}
		select {
		case parts <- part:
		case <-stop:
			return
		}
		if err != nil {
			return
		}
	}
}

func (p tomlPart) decode() decodedTOML {
	d := decodedTOML{tomlPart: p}
	if _, err := toml.Decode(p.text, &d.doc); err != nil {
		d.err = p.error(err)
	}
	return d
}
