package ikestate_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

// fragmented is a Main Mode whose messages 5 and 6 came in ten fragments each:
// frames 7 to 16 and 17 to 26.
const fragmented = "mm-rsa-ike-fragmentation"

const (
	firstOf5, firstOf6 = 4, 14 // indexes of the first fragments
	fragmentsOfEach    = 10
)

// outcome of a conversation: what a test asserts.
func joinedMessages(c *ikestate.Conversation) (read []*ikestate.Message) {
	for _, m := range c.Messages {
		if len(m.Fragments) > 0 {
			read = append(read, m)
		}
	}
	return read
}

func oneConversation(t *testing.T, e *ikestate.Engine) *ikestate.Conversation {
	t.Helper()
	if n := len(e.Conversations()); n != 1 {
		t.Fatalf("%d conversations, want 1", n)
	}
	return e.Conversations()[0]
}

// assertWhole asserts that messages 5 and 6 were joined and everything was read.
func assertWhole(t *testing.T, c *ikestate.Conversation, decrypted int) {
	t.Helper()
	read := 0
	for _, m := range c.Messages {
		if m.Encrypted() && m.Decrypted {
			read++
		}
	}
	if read != decrypted || len(joinedMessages(c)) != 2 || len(c.IPsecSAs) != 2 {
		t.Errorf("%d messages decrypted, %d joined, %d SAs; want %d, 2, 2", read, len(joinedMessages(c)), len(c.IPsecSAs), decrypted)
	}
}

const encryptedMessages = 7 // 5 and 6, a Quick Mode, two Deletes

func TestFragmentsAreJoined(t *testing.T) {
	s := samples.ByName(fragmented)
	c := oneConversation(t, solve(t, datagrams(t, s), ring(t, s)))
	assertWhole(t, c, encryptedMessages)
	if got := fmt.Sprint(c.Phase1.IDii, c.Phase1.IDir); got != "big-a.lab big-b.lab" {
		t.Errorf("identities %s", got)
	}
	for i, m := range joinedMessages(c) {
		if m.Position != 5+i || m.Frame != int64(16+10*i) || len(m.Fragments) != fragmentsOfEach {
			t.Errorf("message %d of %d fragments stands in packet %d", m.Position, len(m.Fragments), m.Frame)
		}
		for n, f := range m.Fragments {
			if f.Frame != int64(7+10*i+n) || f.JoinedAs != m || f.Note != "" {
				t.Errorf("fragment %d: packet %d, joined %t, note %q", n+1, f.Frame, f.JoinedAs == m, f.Note)
			}
		}
	}
}

// Whatever the order of fragments and however often each comes, the messages are
// the same.
func TestFragmentsInAnyOrder(t *testing.T) {
	s := samples.ByName(fragmented)
	ds, known := datagrams(t, s), ring(t, s)
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		mixed := slices.Clone(ds)
		both := mixed[firstOf5 : firstOf6+fragmentsOfEach]
		r.Shuffle(len(both), func(i, j int) { both[i], both[j] = both[j], both[i] })
		for range 5 { // some come again
			again := ds[firstOf5+r.IntN(2*fragmentsOfEach)]
			mixed = slices.Insert(mixed, firstOf5+r.IntN(2*fragmentsOfEach), again)
		}
		for i := range mixed {
			mixed[i].Frame = int64(i + 1)
		}
		assertWhole(t, oneConversation(t, solve(t, mixed, known)), encryptedMessages)
	}
}

// Each fragment in turn is left out.
func TestMissingFragments(t *testing.T) {
	s := samples.ByName(fragmented)
	ds, known := datagrams(t, s), ring(t, s)
	for n := range fragmentsOfEach {
		c := oneConversation(t, solve(t, slices.Delete(slices.Clone(ds), firstOf5+n, firstOf5+n+1), known))
		lost := c.Incomplete()
		if len(lost) != 1 || len(lost[0].Fragments) != fragmentsOfEach-1 || lost[0].From != ikestate.Initiator {
			t.Fatalf("fragment %d is missing: incomplete %+v", n+1, lost)
		}
		want := fmt.Sprintf("fragment %d is not in the capture", n+1)
		if n == fragmentsOfEach-1 {
			want = "the last fragment is not in the capture"
		}
		if got := lost[0].Reason(); got != want {
			t.Errorf("reason %q, want %q", got, want)
		}
		if note := lost[0].Fragments[0].Note; !strings.Contains(note, want) {
			t.Errorf("note %q does not say %q", note, want)
		}
		if len(joinedMessages(c)) != 1 || len(c.IPsecSAs) != 2 {
			t.Errorf("fragment %d is missing: %d joined, %d SAs", n+1, len(joinedMessages(c)), len(c.IPsecSAs))
		}
		// Message 6 has lost its vector: its identity is found in the certificate.
		if p := c.Phase1; p.HashR != ikestate.Verified || p.IDir.String() != "big-b.lab" || p.Flights[5].HealedOctets != 16 {
			t.Errorf("fragment %d is missing: message 6 %s, %v", n+1, p.HashR, p.IDir)
		}
	}
}

func TestReasonOfMissingFragments(t *testing.T) {
	for _, c := range []struct {
		missing []int
		noLast  bool
		want    string
	}{
		{[]int{3}, false, "fragment 3 is not in the capture"},
		{[]int{2, 3, 4, 7}, false, "fragments 2-4, 7 are not in the capture"},
		{[]int{1}, true, "fragment 1 is, the last fragment is not in the capture"},
		{nil, true, "the last fragment is not in the capture"},
		{nil, false, "the fragments do not give a whole message of this ISAKMP SA"},
	} {
		if got := (ikestate.FragmentedMessage{Missing: c.missing, NoLast: c.noLast}).Reason(); got != c.want {
			t.Errorf("%v: %q, want %q", c.missing, got, c.want)
		}
	}
}

// forge returns a fragment with other octets of the same length.
func forge(d ikestate.Datagram) ikestate.Datagram {
	d.Message = bytes.Clone(d.Message)
	for i := isakmp.HeaderLen + 8; i < len(d.Message); i++ {
		d.Message[i] ^= 0x5a
	}
	return d
}

// A forged fragment, in front of the real one or behind it, in time or late,
// costs nothing: the keys decide between the readings.
func TestConflictingFragments(t *testing.T) {
	s := samples.ByName(fragmented)
	ds, known := datagrams(t, s), ring(t, s)
	for n := 1; n < fragmentsOfEach; n++ { // the first is below: its header must fit
		at := firstOf5 + n
		for _, behind := range []int{at, at + 1, firstOf6, len(ds)} {
			mixed := slices.Insert(slices.Clone(ds), behind, forge(ds[at]))
			assertWhole(t, oneConversation(t, solve(t, mixed, known)), encryptedMessages)
		}
		// The forged one completes the message; the real one comes late.
		mixed := slices.Clone(ds)
		mixed[at] = forge(ds[at])
		mixed = slices.Insert(mixed, firstOf6, ds[at])
		assertWhole(t, oneConversation(t, solve(t, mixed, known)), encryptedMessages)
	}
	mixed := slices.Insert(slices.Clone(ds), firstOf5, forge(ds[firstOf5]))
	assertWhole(t, oneConversation(t, solve(t, mixed, known)), encryptedMessages)
}

// refragment cuts a message into fragments of size octets.
func refragment(d ikestate.Datagram, id uint16, size int) (ds []ikestate.Datagram) {
	h, _ := isakmp.ParseHeader(d.Message)
	for n, rest := 1, d.Message; len(rest) > 0; n++ {
		piece := rest[:min(size, len(rest))]
		rest = rest[len(piece):]
		body := binary.BigEndian.AppendUint16(nil, id)
		last := byte(0)
		if len(rest) == 0 {
			last = 1
		}
		body = append(append(body, byte(n), last), piece...)
		f := d
		f.Message = isakmp.AppendMessage(nil, h, []isakmp.Payload{{Type: isakmp.PayloadFragment, Body: body}})
		ds = append(ds, f)
	}
	return ds
}

// Every message of a Main Mode, its Quick Mode and its Deletes is cut into
// fragments; those of all messages are mixed. Many senders use one ID for all
// messages, so once every message has its own ID and once all have the same.
func TestManyMessagesInFragments(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	whole, known := datagrams(t, s), ring(t, s)
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 2))
		var ds []ikestate.Datagram
		for i, d := range whole {
			id := uint16(1)
			if seed%2 == 0 {
				id = uint16(i)
			}
			ds = append(ds, refragment(d, id, 30+r.IntN(60))...)
		}
		if seed%2 == 0 {
			r.Shuffle(len(ds), func(i, j int) { ds[i], ds[j] = ds[j], ds[i] })
		}
		for i := range ds {
			ds[i].Frame = int64(i + 1)
		}
		var read, sas int
		for _, c := range solve(t, ds, known).Conversations() {
			for _, m := range joinedMessages(c) {
				if m.Decrypted {
					read++
				}
			}
			sas += len(c.IPsecSAs)
		}
		if read != len(whole) || sas != 2 {
			t.Errorf("seed %d: %d of %d messages read, %d SAs", seed, read, len(whole), sas)
		}
	}
}

// A message that came whole first and then in fragments is the same message.
func TestFragmentsOfAMessageThatCameWhole(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	ds := datagrams(t, s)
	mixed := slices.Insert(slices.Clone(ds), 5, refragment(ds[4], 1, 40)...)
	for i := range mixed {
		mixed[i].Frame = int64(i + 1)
	}
	c := oneConversation(t, solve(t, mixed, ring(t, s)))
	if n := len(joinedMessages(c)); n != 0 {
		t.Errorf("%d joined messages, want a retransmission", n)
	}
	fifth := c.Phase1.Flights[4]
	if len(fifth.Repeats) != 1 || !fifth.Decrypted || fifth.Verified != ikestate.Verified {
		t.Errorf("message 5: %d repeats, decrypted %t, %s", len(fifth.Repeats), fifth.Decrypted, fifth.Verified)
	}
	if last := mixed[5]; c.Messages[5].JoinedAs != fifth || last.Frame != c.Messages[5].Frame {
		t.Errorf("the fragments do not know message 5")
	}
}

// What joined fragments make must be a message of the same ISAKMP SA, as long as
// it says, and no fragment itself.
func TestFragmentsThatGiveNoMessage(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	real := datagrams(t, s)[4]
	change := func(at int, b byte) ikestate.Datagram {
		d := real
		d.Message = bytes.Clone(real.Message)
		d.Message[at] ^= b
		return d
	}
	nested := refragment(real, 1, 1000)[0]
	for name, d := range map[string]ikestate.Datagram{
		"another cookie": change(0, 1), "another responder": change(8, 1), "length": change(27, 1),
		"version": change(17, 0x30), "a fragment": nested, "empty": {Message: nil},
	} {
		e := ikestate.New(nil, ikestate.DefaultLimits)
		pieces := refragment(d, 1, 50)
		for i := range pieces {
			copy(pieces[i].Message[:16], real.Message[:16])
			pieces[i].Message[17] = 0x10
			pieces[i].Src, pieces[i].Dst = real.Src, real.Dst
			if err := e.Add(pieces[i]); err != nil {
				t.Fatal(err)
			}
		}
		e.Solve()
		for _, c := range e.Conversations() {
			if n := len(joinedMessages(c)); n != 0 {
				t.Errorf("%s: %d messages joined", name, n)
			}
			if lost := c.Incomplete(); len(lost) != 1 || !strings.Contains(lost[0].Reason(), "do not give a whole message") {
				t.Errorf("%s: %+v", name, lost)
			}
		}
	}
}
