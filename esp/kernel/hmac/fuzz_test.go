package hmac

import (
	"crypto/hmac"
	"encoding/binary"
	"testing"
)

// maxFuzzMessages bounds the messages of one input of FuzzSum.
const maxFuzzMessages = 64

// FuzzSum cuts messages out of text: each four octets of cuts are offset and
// length of one. The lowest bit of the length decides about the tail.
func FuzzSum(f *testing.F) {
	f.Add(uint8(0), []byte("key"), []byte{}, []byte{})
	f.Add(uint8(1), []byte("key"), []byte{0, 0, 0, 55, 0, 1, 0, 64, 0, 0, 1, 1}, make([]byte, 300))
	f.Add(uint8(4), make([]byte, 20), make([]byte, 4*40), make([]byte, 10))
	f.Add(uint8(11), make([]byte, 64), []byte{0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 4, 0}, make([]byte, 2048))
	var engines []*Engine
	var of []Hash
	for h := range Hashes {
		for _, k := range variants[h] {
			if k.usable {
				engines, of = append(engines, newEngine(h, []kernel{k})), append(of, h)
			}
		}
		if e := New(h); e != nil {
			engines, of = append(engines, e), append(of, h)
		}
	}
	if len(engines) == 0 {
		f.Skip("no kernel for this processor")
	}
	f.Fuzz(func(t *testing.T, which uint8, key, cuts, text []byte) {
		i := int(which) % len(engines)
		h := of[i]
		key = key[:min(len(key), h.BlockSize())]
		state := NewState(h, key)
		var messages []message
		for ; len(cuts) >= 4 && len(messages) < maxFuzzMessages; cuts = cuts[4:] {
			at := min(int(binary.BigEndian.Uint16(cuts)), len(text))
			n := min(int(binary.BigEndian.Uint16(cuts[2:])), len(text)-at)
			m := message{job: Job{State: state, Text: text[at : at+n], HasTail: cuts[3]&1 == 1, Tail: [4]byte(cuts[:4])}}
			reference := hmac.New(references[h].new, key)
			reference.Write(m.job.Text)
			if m.job.HasTail {
				reference.Write(m.job.Tail[:])
			}
			m.want = reference.Sum(nil)
			messages = append(messages, m)
		}
		check(t, h, engines[i], messages)
	})
}
