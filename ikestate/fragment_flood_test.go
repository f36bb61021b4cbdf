package ikestate_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

// waitingFragment never completes: its message has two fragments, and only the
// second exists.
func waitingFragment(n int, d ikestate.Datagram) ikestate.Datagram {
	h, _ := isakmp.ParseHeader(d.Message)
	body := binary.BigEndian.AppendUint32([]byte{byte(n >> 8), byte(n), 2, 1}, uint32(n))
	d.Message = isakmp.AppendMessage(nil, h, []isakmp.Payload{{Type: isakmp.PayloadFragment, Body: append(body, make([]byte, 400)...)}})
	return d
}

// A flood of fragments under the cookies of a real conversation, before, between
// and behind its own, stays within the bound, and the conversation is read.
func TestFloodOfFragmentsInOneConversation(t *testing.T) {
	s := samples.ByName(fragmented)
	ds, known := datagrams(t, s), ring(t, s)
	e := ikestate.New(known, ikestate.DefaultLimits)
	flood := 0
	for _, d := range ds {
		for range 90 {
			if err := e.Add(waitingFragment(flood, ds[firstOf5])); err != nil {
				t.Fatal(err)
			}
			flood++
		}
		if err := e.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	e.Solve()
	c := oneConversation(t, e)
	read := 0
	for _, m := range c.Messages {
		if m.Encrypted() && m.Decrypted {
			read++
		}
	}
	if read != encryptedMessages || len(c.IPsecSAs) != 2 {
		t.Errorf("%d messages decrypted, %d SAs", read, len(c.IPsecSAs))
	}
	// 440 octets of message and 512 of bookkeeping: at most 1,101 wait.
	kept := 0
	for _, f := range c.Incomplete() {
		kept += len(f.Fragments)
	}
	if most := ikestate.DefaultLimits.FragmentsEach / (440 + 512); kept > most || kept < most/2 {
		t.Errorf("%d fragments wait, at most %d are allowed", kept, most)
	}
	if d := e.Dropped().Fragments; int(d)+kept != flood {
		t.Errorf("%d dropped and %d kept of %d", d, kept, flood)
	}
}

// Fragments of all conversations together are bounded, the oldest go first.
func TestFragmentsOfAllConversationsAreBounded(t *testing.T) {
	s := samples.ByName(fragmented)
	ds := datagrams(t, s)
	limits := ikestate.DefaultLimits
	limits.Fragments = 100_000
	e := ikestate.New(nil, limits)
	const flood = 1000
	for i := range flood {
		d := waitingFragment(i, ds[firstOf5])
		binary.BigEndian.PutUint64(d.Message, 0xf0f0_0000_0000_0000+uint64(i))
		if err := e.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for _, c := range e.Conversations() {
		for _, f := range c.Incomplete() {
			kept += len(f.Fragments)
		}
	}
	if most := limits.Fragments / (440 + 512); kept > most || kept < most/2 {
		t.Errorf("%d fragments wait, at most %d are allowed", kept, most)
	}
	if d := e.Dropped().Fragments; int(d)+kept != flood {
		t.Errorf("%d dropped and %d kept of %d", d, kept, flood)
	}
}

// Many fragments of one number must not make the search for a whole message long.
func TestManyClaimantsOfEachNumber(t *testing.T) {
	s := samples.ByName(fragmented)
	ds := datagrams(t, s)
	e := ikestate.New(nil, ikestate.DefaultLimits)
	for n := range fragmentsOfEach {
		for i := range 100 {
			d := forge(ds[firstOf5+n])
			d.Message[len(d.Message)-1-i/10] = byte(i)
			if n == 0 {
				copy(d.Message[36:64], ds[firstOf5].Message[36:64])
			}
			if err := e.Add(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	e.Solve()
	if n := len(oneConversation(t, e).Messages); n > fragmentsOfEach*100+100 {
		t.Errorf("%d messages from %d fragments", n, fragmentsOfEach*100)
	}
}

// FuzzFragments puts arbitrary octets into fragments of a real conversation, whose
// own messages must stay readable.
func FuzzFragments(f *testing.F) {
	s := samples.ByName(fragmented)
	ds, known := datagrams(f, s), ring(f, s)
	f.Add(uint16(1), byte(3), byte(0), []byte("data"), uint8(9))
	f.Add(uint16(1), byte(1), byte(1), ds[0].Message, uint8(5))
	f.Add(uint16(1), byte(10), byte(1), ds[13].Message[36:], uint8(10))
	f.Fuzz(func(t *testing.T, id uint16, number, flags byte, data []byte, at uint8) {
		h, _ := isakmp.ParseHeader(ds[firstOf5].Message)
		body := append([]byte{byte(id >> 8), byte(id), number, flags}, data[:min(len(data), 60_000)]...)
		put := ds[firstOf5]
		put.Message = isakmp.AppendMessage(nil, h, []isakmp.Payload{{Type: isakmp.PayloadFragment, Body: body}})
		where := int(at) % len(ds)
		c := oneConversation(t, solve(t, slices.Insert(slices.Clone(ds), where, put), known))
		read := 0
		for _, m := range c.Messages {
			if m.Encrypted() && m.Decrypted {
				read++
			}
		}
		if read < encryptedMessages || len(c.IPsecSAs) != 2 {
			t.Errorf("%d messages decrypted, %d SAs", read, len(c.IPsecSAs))
		}
	})
}
