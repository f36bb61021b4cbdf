package analysis_test

import (
	"encoding/binary"
	"testing"

	"ikescope/analysis"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/secrets"
	"ikescope/suite"
)

// extended makes packets of an SA with extended sequence numbers, NULL encryption
// and HMAC-SHA1-96.
type extended struct {
	key       [20]byte
	integrity suite.Integrity
	frames    []pcaps.Frame
}

const extendedSPI = 0x1000

func newExtended() *extended {
	x := &extended{key: [20]byte{7}}
	x.integrity, _ = suite.IntegrityByName("hmac-sha1-96")
	return x
}

// send appends n packets of ESP.
func (x *extended) send(seq uint64, n int) {
	for i := range uint64(n) {
		x.frames = append(x.frames, pcaps.Frame{Data: nullESP(x.integrity, x.key[:], extendedSPI, seq+i)})
	}
}

// forge appends a packet whose ICV is wrong.
func (x *extended) forge(seq uint32) {
	p := nullESP(x.integrity, make([]byte, 20), extendedSPI, uint64(seq))
	x.frames = append(x.frames, pcaps.Frame{Data: p})
}

// sendAH appends n packets of AH in transport mode (RFC 4302, section 3.3.3).
func (x *extended) sendAH(seq uint64, n int) {
	for i := range uint64(n) {
		const icv = 12
		ip := append(ipv4(nil, 51, 12+icv+4), 59, 4, 0, 0)
		ip = binary.BigEndian.AppendUint32(ip, extendedSPI)
		ip = binary.BigEndian.AppendUint32(ip, uint32(seq+i))
		ip = append(append(ip, make([]byte, icv)...), 1, 2, 3, 4)
		covered := append([]byte(nil), ip...)
		covered[8] = 0 // time to live
		covered = binary.BigEndian.AppendUint32(covered, uint32((seq+i)>>32))
		mac := x.integrity.New(x.key[:])
		mac.Write(covered)
		copy(ip[32:], mac.Sum(nil)[:icv])
		x.frames = append(x.frames, pcaps.Frame{Data: ip})
	}
}

// run analyses the packets with keys that say nothing but what they must.
func (x *extended) run(t *testing.T, keys ...secrets.ESP) *analysis.Result {
	t.Helper()
	for i := range keys {
		keys[i].Integrity, keys[i].Source = "hmac-sha1-96", secrets.Source{File: "keys", Line: i + 1}
		if keys[i].Protocol == 50 {
			keys[i].Encryption = "null"
		}
	}
	r := recorded{link: pcaps.LinkRaw}
	return runOver(t, r.write(t, x.frames), nil, analysis.Options{Strict: true, Ring: &secrets.Ring{ESPs: keys}})
}

// However a capture of extended sequence numbers begins, and whatever was forged in
// it: what verifies is opened, and numbers are those that were sent.
func TestExtendedSequenceNumbers(t *testing.T) {
	right, wrong := keymat.NewSecret(newExtended().key[:]), keymat.NewSecret([]byte("wrong wrong wrong !!"))
	esn := func(spi uint32, k keymat.Secret) secrets.ESP {
		return secrets.ESP{Protocol: 50, SPI: spi, IntegrityKey: k, ESN: true}
	}
	for name, c := range map[string]struct {
		make        func(x *extended)
		keys        []secrets.ESP
		first, last uint64
		failed      int64
	}{
		"late, without SPI": {func(x *extended) { x.send(3<<32-20, 40) }, []secrets.ESP{esn(0, right)}, 3<<32 - 20, 3<<32 + 19, 0},
		"late, two keys":    {func(x *extended) { x.send(3<<32-20, 40) }, []secrets.ESP{esn(extendedSPI, wrong), esn(extendedSPI, right)}, 3<<32 - 20, 3<<32 + 19, 0},
		"late, not said":    {func(x *extended) { x.send(3<<32-20, 40) }, []secrets.ESP{{Protocol: 50, SPI: extendedSPI, IntegrityKey: right}}, 3<<32 - 20, 3<<32 + 19, 0},
		"AH":                {func(x *extended) { x.sendAH(1<<32-20, 40) }, []secrets.ESP{{Protocol: 51, SPI: extendedSPI, IntegrityKey: right, ESN: true}}, 1<<32 - 20, 1<<32 + 19, 0},
		"AH, late":          {func(x *extended) { x.sendAH(3<<32-20, 40) }, []secrets.ESP{{Protocol: 51, SPI: extendedSPI, IntegrityKey: right, ESN: true}}, 3<<32 - 20, 3<<32 + 19, 0},
		"one forged": {func(x *extended) {
			x.send(1000, 20)
			x.forge(1<<32 - 16)
			x.send(1020, 20)
		}, []secrets.ESP{esn(extendedSPI, right)}, 1000, 1039, 1},
		"several forged": {func(x *extended) {
			for i, seq := range []uint32{7 << 28, 14 << 28, 5 << 28, 12 << 28, 1<<32 - 1, 1 << 31} {
				x.send(1000+2*uint64(i), 2)
				x.forge(seq)
			}
			x.send(1012, 28)
		}, []secrets.ESP{esn(extendedSPI, right)}, 1000, 1039, 6},
	} {
		x := newExtended()
		c.make(x)
		res := x.run(t, c.keys...)
		if o := res.Opened; o.Decrypted != 40 || o.ICVFailed != c.failed {
			t.Errorf("%s: %+v", name, o)
		}
		for _, s := range res.SAs {
			if n := s.Flow.Numbers(); n.First != c.first || n.Last != c.last || n.Lost != 0 || n.OutOfOrder != 0 {
				t.Errorf("%s: %+v", name, n)
			}
		}
	}
}

func TestFirstPacketForged(t *testing.T) {
	for _, first := range []uint64{1, 1 << 32, 3<<32 + 1} {
		x := newExtended()
		x.forge(15 << 28)
		x.send(first, 40)
		key := secrets.ESP{Protocol: 50, SPI: extendedSPI, IntegrityKey: keymat.NewSecret(x.key[:]), ESN: true}
		if o := x.run(t, key).Opened; o.Decrypted != 40 || o.ICVFailed != 1 {
			t.Errorf("from %#x on: %+v", first, o)
		}
	}
}

// numbers is a sink that keeps the sequence numbers.
type numbers struct{ seq []uint64 }

func (n *numbers) Append(dst []byte, p analysis.Inner) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(p.SeqHi)<<32|uint64(p.Seq))
}

func (n *numbers) Write(b []byte) error {
	for ; len(b) > 0; b = b[8:] {
		n.seq = append(n.seq, binary.BigEndian.Uint64(b))
	}
	return nil
}

// A packet of AH is handed over with its own sequence number.
func TestSequenceNumbersOfAH(t *testing.T) {
	x := newExtended()
	x.sendAH(1<<32-2, 4)
	sink, r := new(numbers), recorded{link: pcaps.LinkRaw}
	key := secrets.ESP{Protocol: 51, SPI: extendedSPI, Integrity: "hmac-sha1-96", IntegrityKey: keymat.NewSecret(x.key[:]), ESN: true}
	runOver(t, r.write(t, x.frames), nil, analysis.Options{Strict: true, Ring: &secrets.Ring{ESPs: []secrets.ESP{key}}, Sink: sink, Unverified: true})
	if len(sink.seq) != 0 { // next header 59
		t.Errorf("dummies were handed over: %d", sink.seq)
	}
	for i := range x.frames {
		x.frames[i].Data[20] = 17
	}
	runOver(t, r.write(t, x.frames), nil, analysis.Options{Strict: true, Ring: &secrets.Ring{ESPs: []secrets.ESP{key}}, Sink: sink, Unverified: true})
	for i, seq := range sink.seq {
		if want := uint64(i) + 1<<32 - 2; seq != want {
			t.Errorf("packet %d: number %d, want %d", i+1, seq, want)
		}
	}
	if len(sink.seq) != 4 {
		t.Errorf("%d packets", len(sink.seq))
	}
}
