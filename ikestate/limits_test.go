package ikestate_test

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

// forged is a first message of Main Mode under a cookie of its own.
func forged(n int, from []byte) ikestate.Datagram {
	m := append([]byte(nil), from...)
	binary.BigEndian.PutUint64(m, 0xf0f0_0000_0000_0000+uint64(n))
	var src [4]byte
	binary.BigEndian.PutUint32(src[:], 0x0a000000+uint32(n))
	return ikestate.Datagram{
		Frame: int64(n), Src: netip.AddrPortFrom(netip.AddrFrom4(src), 500),
		Dst: netip.MustParseAddrPort("192.0.2.2:500"), Message: m,
	}
}

// answer is what a responder says to a forged message.
func answer(d ikestate.Datagram) ikestate.Datagram {
	m := append([]byte(nil), d.Message...)
	copy(m[8:16], m[:8])
	m[8] ^= 1
	return ikestate.Datagram{Frame: d.Frame, Src: d.Dst, Dst: d.Src, Message: m}
}

// A flood of first messages from forged sources, answered or not, costs bounded
// memory, and the real conversation in its midst is still solved.
func TestFloodOfHalfOpenConversations(t *testing.T) {
	for name, answered := range map[string]bool{"without answers": false, "answered": true} {
		t.Run(name, func(t *testing.T) { testHalfOpen(t, answered) })
	}
}

func testHalfOpen(t *testing.T, answered bool) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	real := datagrams(t, s)
	const flood = 100_000
	e := ikestate.New(ring(t, s), ikestate.DefaultLimits)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range flood {
		d := forged(i, real[0].Message)
		all := []ikestate.Datagram{d}
		if answered {
			all = append(all, answer(d))
		}
		if at := i - flood/2; at >= 0 && at < len(real) {
			all = append(all, real[at])
		}
		for _, d := range all {
			if err := e.Add(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	e.Solve()
	runtime.GC()
	runtime.ReadMemStats(&after)
	const bound = 256 << 20
	if grown := after.HeapAlloc - before.HeapAlloc; grown > bound {
		t.Errorf("heap grew by %d octets, bound is %d", grown, bound)
	}
	if d := e.Dropped(); d.HalfOpen < flood-int64(ikestate.DefaultLimits.HalfOpen)-1 {
		t.Errorf("%d half-open conversations dropped, want all but %d", d.HalfOpen, ikestate.DefaultLimits.HalfOpen)
	}
	established := 0
	for _, c := range e.Conversations() {
		if c.State() == ikestate.Established {
			established++
		}
	}
	if established != 1 {
		t.Errorf("%d conversations established, want the real one", established)
	}
	runtime.KeepAlive(e)
}

// One initiator's cookie, first messages that differ, and ever new responders: what
// a conversation takes over from another one is bounded.
func TestFloodOfResponders(t *testing.T) {
	first := datagrams(t, samples.ByName("mm-psk-aes128-sha1-modp1536"))[0]
	e := ikestate.New(nil, ikestate.DefaultLimits)
	const flood = 20_000
	for i := range flood {
		d := forged(0, first.Message)
		binary.BigEndian.PutUint32(d.Message[len(d.Message)-4:], uint32(i))
		r := answer(d)
		binary.BigEndian.PutUint32(r.Message[8:], uint32(i+1))
		if e.Add(d) != nil || e.Add(r) != nil {
			t.Fatal("not taken")
		}
	}
	e.Solve()
	for _, c := range e.Conversations() {
		if len(c.Messages) > 16 {
			t.Fatalf("a conversation with %d messages", len(c.Messages))
		}
	}
}

func TestRetransmissionsAreBounded(t *testing.T) {
	first := datagrams(t, samples.ByName("mm-psk-aes128-sha1-modp1536"))[0]
	e := ikestate.New(nil, ikestate.DefaultLimits)
	for range 5000 {
		if err := e.Add(first); err != nil {
			t.Fatal(err)
		}
	}
	if n, d := len(e.Conversations()[0].Messages[0].Repeats), e.Dropped().Messages; n != 1024 || d != 5000-1-1024 {
		t.Errorf("%d kept, %d dropped", n, d)
	}
}

// Where no conversation is half-open, new ones are counted only.
func TestConversationsAreBounded(t *testing.T) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	real := datagrams(t, s)
	e := ikestate.New(nil, ikestate.Limits{HalfOpen: 10, Conversations: 3, Messages: 100, Octets: 1 << 20, Fragments: 1, FragmentsEach: 1})
	for n := range 5 {
		for _, d := range real[:7] {
			d.Message = append([]byte(nil), d.Message...)
			d.Message[0] = byte(n)
			if err := e.Add(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n, d := len(e.Conversations()), e.Dropped(); n != 3 || d.HalfOpen+d.Messages < 2 {
		t.Errorf("%d conversations, dropped %+v", n, d)
	}
}

func TestMessagesOfOneConversationAreBounded(t *testing.T) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	first := datagrams(t, s)[0]
	e := ikestate.New(nil, ikestate.Limits{HalfOpen: 10, Conversations: 10, Messages: 5, Octets: 1 << 20})
	for i := range 9 {
		d := first
		d.Message = append([]byte(nil), first.Message...)
		d.Message[len(d.Message)-1] = byte(i)
		if err := e.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	if n, d := len(e.Conversations()[0].Messages), e.Dropped().Messages; n != 5 || d != 4 {
		t.Errorf("%d messages kept and %d dropped, want 5 and 4", n, d)
	}
}

// What a wrong key makes of a message must never be taken for its content.
func FuzzEngine(f *testing.F) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	ds, known := datagrams(f, s), ring(f, s)
	for _, d := range ds {
		f.Add(d.Message, uint8(3))
	}
	f.Fuzz(func(t *testing.T, message []byte, at uint8) {
		e := ikestate.New(known, ikestate.DefaultLimits)
		for i, d := range ds {
			if i == int(at)%len(ds) {
				_ = e.Add(ikestate.Datagram{Frame: 99, Src: d.Dst, Dst: d.Src, Message: message})
			}
			if err := e.Add(d); err != nil {
				t.Fatal(err)
			}
		}
		e.Solve()
		for _, c := range e.Conversations() {
			for _, m := range c.All() {
				if m.Encrypted() && m.Decrypted && len(m.Payloads) == 0 {
					t.Errorf("message %d: decrypted without payloads", m.Frame)
				}
			}
		}
		// Whatever was put in between, the real messages stay readable.
		for _, c := range e.Conversations() {
			if c.CookieI.String() == "73cc11d2349a360d" && c.CookieR.String() == "d97b5c488f49300c" && len(c.IPsecSAs) < 2 {
				t.Errorf("the recorded Quick Mode lost its SAs")
			}
		}
	})
}

// A header alone, or one octet less of it, is refused and changes nothing.
func TestShortMessages(t *testing.T) {
	e := ikestate.New(nil, ikestate.DefaultLimits)
	for n := range isakmp.HeaderLen {
		if err := e.Add(ikestate.Datagram{Message: make([]byte, n)}); err == nil {
			t.Errorf("%d octets: no error", n)
		}
	}
	if n := len(e.Conversations()); n != 0 {
		t.Errorf("%d conversations from nothing", n)
	}
}
