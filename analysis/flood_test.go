package analysis_test

import (
	"context"
	"encoding/binary"
	"runtime"
	"testing"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// forger makes frames that no peer sent, from addresses of their own.
type forger struct {
	first, fragment []byte // a first message and a fragment of a real conversation
	n               int
}

// frame is an Ethernet frame with UDP between ports 500.
func (f *forger) frame(payload []byte) pcaps.Frame {
	f.n++
	b := append(make([]byte, 12), 8, 0, 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0)
	b = binary.BigEndian.AppendUint32(b, 0x0a000000+uint32(f.n))
	b = append(b, 192, 0, 2, 2, 1, 0xf4, 1, 0xf4)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	b = append(append(b, 0, 0), payload...)
	binary.BigEndian.PutUint16(b[16:], uint16(len(b)-14))
	return pcaps.Frame{Data: b}
}

// halfOpen is message 1 of Main Mode under a cookie of its own.
func (f *forger) halfOpen() pcaps.Frame {
	m := append([]byte(nil), f.first...)
	binary.BigEndian.PutUint64(m, 0xf0f0_0000_0000_0000+uint64(f.n))
	return f.frame(m)
}

// ikeFragment is the second of two fragments of a message, under the cookies of the
// real conversation or others.
func (f *forger) ikeFragment(real bool) pcaps.Frame {
	h, _ := isakmp.ParseHeader(f.fragment)
	if !real {
		binary.BigEndian.PutUint64(h.CookieI[:], 0xe0e0_0000_0000_0000+uint64(f.n))
	}
	body := append([]byte{byte(f.n >> 8), byte(f.n), 2, 1}, make([]byte, 500)...)
	binary.BigEndian.PutUint32(body[4:], uint32(f.n))
	return f.frame(isakmp.AppendMessage(nil, h, []isakmp.Payload{{Type: isakmp.PayloadFragment, Body: body}}))
}

// ipFragment is the first fragment of a datagram.
func (f *forger) ipFragment() pcaps.Frame {
	fr := f.frame(make([]byte, 600))
	binary.BigEndian.PutUint16(fr.Data[18:], uint16(f.n))
	fr.Data[20] = 0x20 // more fragments
	return fr
}

// floodOf puts 20,000 half-open conversations, 10,000 IKE fragments and 10,000 IP
// fragments, none of which is ever answered or completed, between the frames of a
// sample whose messages 5 and 6 came in fragments.
func floodOf(t *testing.T, r recorded) (frames []pcaps.Frame) {
	t.Helper()
	const udpAt = 14 + 20 + 8
	f := &forger{first: r.frames[r.ike[0]].Data[udpAt:], fragment: r.frames[r.ike[4]].Data[udpAt:]}
	each := 10_000/len(r.frames) + 1
	for i, fr := range r.frames {
		for n := range each {
			frames = append(frames, f.halfOpen(), f.halfOpen(), f.ikeFragment((i+n)%2 == 0), f.ipFragment())
		}
		frames = append(frames, fr)
	}
	return frames
}

// A flood costs memory up to the bounds of ikestate.Limits and decode.Limits, what
// they drop is counted in the result, and the real conversation in its midst is
// read as if it were alone.
func TestFloodAroundAConversation(t *testing.T) {
	s := samples.ByName("mm-rsa-ike-fragmentation")
	r, ring := record(t, s), ringOf(t, s)
	path := r.write(t, floodOf(t, r))
	few := ikestate.DefaultLimits
	few.HalfOpen = 4096
	few.Fragments = 2 << 20
	for name, limits := range map[string]ikestate.Limits{"default": ikestate.DefaultLimits, "few": few} {
		set, err := pcaps.OpenSet([]string{path}, nil, pcaps.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring, Limits: limits})
		if err != nil {
			t.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		set.Close()
		var real *ikestate.Conversation
		for _, c := range res.Conversations {
			if c.State() == ikestate.Established {
				real = c
			}
		}
		if real == nil {
			t.Fatalf("%s: the real conversation is lost", name)
		}
		read := 0
		for _, m := range real.Messages {
			if m.Encrypted() && m.Decrypted {
				read++
			}
		}
		if read != 7 || res.Opened.Decrypted != int64(s.ESP) || real.Phase1.HashI != ikestate.Verified {
			t.Errorf("%s: %d messages, %d packets, initiator %s", name, read, res.Opened.Decrypted, real.Phase1.HashI)
		}
		const mib = 1 << 20
		grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
		bound := int64(144 * mib)
		if name == "few" {
			bound = 48 * mib
		}
		if grown > bound {
			t.Errorf("%s: heap grew by %d MiB", name, grown/mib)
		}
		d := res.Dropped
		t.Logf("%s: %d conversations, dropped %+v, heap %d MiB, IP fragments waiting %d", name, len(res.Conversations), d, grown/mib, res.Decode.Fragments.Waiting)
		// Of 5,000 fragments under the real cookies about 1,000 may wait.
		if d.Fragments < 3500 || d.Messages != 0 || (name == "few") != (d.HalfOpen > 15_000) {
			t.Errorf("%s: dropped %+v", name, d)
		}
		if f := res.Decode.Fragments; f.Waiting+f.Expired+f.Evicted < 10_000 {
			t.Errorf("%s: IP fragments %+v", name, f)
		}
		runtime.KeepAlive(res)
	}
}
