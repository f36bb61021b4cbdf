package analysis

import (
	"errors"
	"fmt"

	"ikescope/esp"
)

// ErrInternal says that a mistake of this program ended a run.
var ErrInternal = errors.New("internal error, please report it")

// Fault is a mistake of this program, a panic, that cost a packet and not the run.
type Fault struct {
	Frame int64  // 0: no packet in particular
	Text  string // what the panic said
}

// maxFaults bounds the faults that are described.
const maxFaults = 20

// Faults are all that were contained, of which the first are described.
type Faults struct {
	First []Fault
	Count int64
}

// note counts a fault. One of a packet that is described already, from an earlier
// reading, is no other.
func (f *Faults) note(frame int64, panicked any) {
	for _, known := range f.First {
		if frame != 0 && known.Frame == frame {
			return
		}
	}
	if f.Count++; len(f.First) < maxFaults {
		f.First = append(f.First, Fault{frame, fmt.Sprint(panicked)})
	}
}

// add takes over the faults of a part of the run.
func (f *Faults) add(o Faults) {
	f.Count += o.Count
	f.First = append(f.First, o.First...)
	f.First = f.First[:min(len(f.First), maxFaults)]
}

// contained runs f and returns what it panicked with, nil if it did not. The stack
// is left out: it may hold memory, and memory holds secrets. A strict run, as tests
// are, ends there and then.
func contained(strict bool, f func()) (panicked any) {
	if strict {
		f()
		return nil
	}
	defer func() { panicked = recover() }()
	f()
	return nil
}

// openBatches opens w.batches. After a fault the packets are tried one by one, so
// that it costs the one that caused it, and those that it left decrypted in part:
// that cannot be done again.
func (w *worker) openBatches(j *job) {
	panicked := contained(w.opts.Strict, func() { w.open(w.batches) })
	if panicked == nil {
		return
	}
	n := 0
	for i := range w.batches {
		for range w.batches[i].Packets {
			w.openAgain(j, n, w.batches[i].SA, panicked)
			n++
		}
	}
	w.renew()
}

// openAgain opens one of w.packets after a fault.
func (w *worker) openAgain(j *job, i int, sa *esp.SA, panicked any) {
	touched := w.touched(w.packets[i].Verdict)
	w.packets[i] = j.packets[w.index[i]].packet
	w.renew()
	again := contained(false, func() { w.open([]esp.Batch{{SA: sa, Packets: w.packets[i : i+1]}}) })
	switch {
	case again != nil:
		w.lose(j, i, again)
	case touched && w.packets[i].Verdict != esp.OK:
		w.lose(j, i, panicked)
	}
}

// touched reports whether a packet with this verdict may have been decrypted.
func (w *worker) touched(v esp.Verdict) bool {
	return v == esp.OK || v == esp.NotVerified || v == esp.ICVFailed && w.opts.Unverified
}

// renew gives the worker fresh scratch memory: after a fault it may be in any state.
func (w *worker) renew() {
	w.esp = &esp.Worker{Unverified: w.opts.Unverified}
	w.open = w.esp.OpenAll
}

// lose gives up one of w.packets.
func (w *worker) lose(j *job, i int, panicked any) {
	p := &j.packets[w.index[i]]
	w.packets[i].Verdict, w.packets[i].Inner = esp.Unopened, nil
	j.faults.note(p.frame, panicked)
}
