package analysis

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"ikescope/esp"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/suite"
)

// sealedJob is a job of packets of one SA with NULL encryption and HMAC-SHA1.
func sealedJob(t *testing.T, n int) (*job, *esp.SA) {
	t.Helper()
	null, _ := suite.CipherByName("null")
	sha1, _ := suite.IntegrityByName("hmac-sha1-96")
	key := make([]byte, sha1.KeyLen)
	sa, err := esp.NewSA(esp.Params{SPI: 1, Cipher: null, Integrity: sha1, IntegrityKey: key})
	if err != nil {
		t.Fatal(err)
	}
	j := newJob()
	j.reset(nil)
	j.runs = []run{{flow: &Flow{Key: FlowKey{SPI: 1, Protocol: protocolESP}}, sa: new(SA), opener: sa, n: n}}
	for i := range n {
		p := binary.BigEndian.AppendUint32([]byte{0, 0, 0, 1}, uint32(i))
		p = append(append(p, make([]byte, 20)...), 1, 2, 2, 4) // padding, its length, IPv4
		mac := sha1.New(key)
		mac.Write(p)
		p = append(p, mac.Sum(nil)[:sha1.ICVLen]...)
		j.packets = append(j.packets, sealed{flow: j.runs[0].flow, frame: int64(100 + i), packet: esp.Packet{Data: p}, next: int32(i) + 1})
	}
	j.packets[n-1].next = -1
	return j, sa
}

// A fault in the middle of a batch costs the packet that caused it and the one
// that it left half decrypted.
func TestFaultCostsItsPacket(t *testing.T) {
	const n, broken, touched = 40, 7, 5
	j, _ := sealedJob(t, n)
	w := newWorker(Options{}, new(table))
	sound := w.open
	w.open = func(batches []esp.Batch) {
		if b := batches[0]; len(b.Packets) == n { // the first attempt
			sound([]esp.Batch{{SA: b.SA, Packets: b.Packets[:broken]}})
			b.Packets[touched].Data[20] ^= 1
			panic("esp: impossible")
		}
		sound(batches)
	}
	w.do(j)
	for i := range j.packets {
		want := esp.OK
		if i == touched {
			want = esp.Unopened
		}
		if got := j.packets[i].packet.Verdict; got != want {
			t.Errorf("packet %d: %v, want %v", i, got, want)
		}
	}
	if f := j.faults; f.Count != 1 || f.First[0] != (Fault{100 + touched, "esp: impossible"}) {
		t.Errorf("faults %+v", f)
	}
	if got := *j.totals[j.runs[0].sa]; got.Decrypted != n-1 || got.Faulted != 1 {
		t.Errorf("totals %+v", got)
	}
}

// An SA that cannot be used at all costs all of its packets, and no other's.
func TestFaultOfEveryPacket(t *testing.T) {
	j, _ := sealedJob(t, 30)
	j.runs[0].opener = new(esp.SA)
	w := newWorker(Options{}, new(table))
	w.do(j)
	if j.faults.Count != 30 || len(j.faults.First) != maxFaults || j.totals[j.runs[0].sa].Faulted != 30 {
		t.Errorf("%+v, %+v", j.faults, j.totals[j.runs[0].sa])
	}
	j, _ = sealedJob(t, 30)
	if w.do(j); j.faults.Count != 0 || j.totals[j.runs[0].sa].Decrypted != 30 {
		t.Errorf("the worker is of no use any more: %+v, %+v", j.faults, j.totals[j.runs[0].sa])
	}
}

// faulty is a sink that panics.
type faulty struct {
	frame int64 // in Append
	write bool  // in Write
	bytes.Buffer
}

func (f *faulty) Append(dst []byte, p Inner) []byte {
	if p.Frame == f.frame {
		panic("sink: impossible")
	}
	return append(dst, byte(p.Frame))
}

func (f *faulty) Write(b []byte) error {
	if f.write {
		panic("sink: impossible")
	}
	f.Buffer.Write(b)
	return nil
}

func runInto(t *testing.T, sink Sink) (*Result, error) {
	t.Helper()
	s := samples.ByName("esp-null-sha1") // opens without keys
	set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	return Run(context.Background(), set, Options{Sink: sink, Unverified: true, Workers: 2})
}

func TestFaultOfTheSink(t *testing.T) {
	sound := new(faulty)
	if res, err := runInto(t, sound); err != nil || res.Faults.Count != 0 {
		t.Fatal(res.Faults, err)
	}
	frames := sound.Bytes()
	lost := frames[len(frames)/2]
	broken := &faulty{frame: int64(lost)}
	res, err := runInto(t, broken)
	if err != nil || res.Faults.Count != 1 || res.Faults.First[0].Frame != int64(lost) {
		t.Errorf("faults %+v, error %v", res.Faults, err)
	}
	if want := slices.Delete(slices.Clone(frames), len(frames)/2, len(frames)/2+1); !bytes.Equal(broken.Bytes(), want) {
		t.Errorf("packets %v, want all but %d", broken.Bytes(), lost)
	}
	if _, err := runInto(t, &faulty{write: true}); !errors.Is(err, ErrInternal) {
		t.Errorf("error %v", err)
	}
}

// A fault while a frame is collected costs that frame; seen in a second reading it
// is the same one.
func TestFaultOfTheCollector(t *testing.T) {
	b := &pcaps.Block{Frames: []pcaps.Frame{{Number: 1}, {Number: 2}, {Number: 3}}}
	c := newCollector(Options{})
	for range 2 {
		var seen []int64
		c.frames(b, func(f *pcaps.Frame) {
			if f.Number == 2 {
				panic("decode: impossible")
			}
			seen = append(seen, f.Number)
		})
		if !slices.Equal(seen, []int64{1, 3}) || c.faults.Count != 1 || c.faults.First[0].Frame != 2 {
			t.Errorf("frames %v, faults %+v", seen, c.faults)
		}
	}
}

func TestStrictRunsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	contained(true, func() { panic("esp: impossible") })
}
