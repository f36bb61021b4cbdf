package analysis_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"sync"
	"testing"

	"ikescope/analysis"
	"ikescope/bench/traffic"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// octets is a sink that keeps the inner packets one behind the other.
type octets struct{ bytes.Buffer }

func (o *octets) Append(dst []byte, p analysis.Inner) []byte { return append(dst, p.Data...) }

func (o *octets) Write(b []byte) error {
	_, err := o.Buffer.Write(b)
	return err
}

func open(t *testing.T, s samples.Sample, stdin io.Reader, workers, block int) ([]byte, *analysis.Result) {
	t.Helper()
	path := s.Capture()
	if stdin != nil {
		path = "-"
	}
	set, err := pcaps.OpenSet([]string{path}, stdin, pcaps.Options{BlockSize: block})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	sink := new(octets)
	res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ringOf(t, s), Sink: sink, Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	return sink.Bytes(), res
}

// A stream is read once, a file twice; one worker or many: the inner packets are
// the same octets in the same order.
func TestSameOctetsHoweverRead(t *testing.T) {
	for _, s := range samples.All() {
		want, res := open(t, s, nil, 1, 0)
		if got := res.Opened.Decrypted; got != int64(s.ESP) {
			t.Errorf("%s: %d packets opened, want %d", s.Name, got, s.ESP)
		}
		if got, _ := open(t, s, nil, 7, 0); !bytes.Equal(got, want) {
			t.Errorf("%s: 7 workers give other octets than 1", s.Name)
		}
		if got, _ := open(t, s, nil, 2, 3000); !bytes.Equal(got, want) { // a few packets each
			t.Errorf("%s: small blocks give other octets than large ones", s.Name)
		}
		file, err := os.ReadFile(s.Capture())
		if err != nil {
			t.Fatal(err)
		}
		// A reader that is not a file, and gives little at a time.
		got, streamed := open(t, s, io.MultiReader(bytes.NewReader(file[:100]), bytes.NewReader(file[100:])), 2, 0)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: a stream gives other octets than a file", s.Name)
		}
		if streamed.Opened != res.Opened {
			t.Errorf("%s: stream counts %+v, file %+v", s.Name, streamed.Opened, res.Opened)
		}
	}
}

// told is a sink that says when it is given something.
type told struct {
	octets
	once  sync.Once
	given chan struct{}
}

func (o *told) Write(b []byte) error {
	o.once.Do(func() { close(o.given) })
	return o.octets.Write(b)
}

// A stream whose keys are known says what is in it before it ends, however far it
// may be held back.
func TestStreamSpeaksEarly(t *testing.T) {
	plan := traffic.Plan{Packets: 2000, SAs: 2, Cipher: "aes-gcm-16-128", Size: 100}
	var capture bytes.Buffer
	if err := plan.Write(&capture, io.Discard); err != nil {
		t.Fatal(err)
	}
	ring, err := plan.Keys()
	if err != nil {
		t.Fatal(err)
	}
	sink := &told{given: make(chan struct{})}
	r, w := io.Pipe()
	go func() {
		b := capture.Bytes()
		w.Write(b[:len(b)/2])
		<-sink.given
		w.Write(b[len(b)/2:])
		w.Close()
	}()
	set, err := pcaps.OpenSet([]string{"-"}, r, pcaps.Options{BlockSize: 4096})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring, Sink: sink, Lookahead: 1 << 20})
	if err != nil || res.Opened.Written != plan.Packets {
		t.Errorf("%d packets written, error %v", res.Opened.Written, err)
	}
}
