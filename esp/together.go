package esp

import (
	"encoding/binary"
	"iter"
	"slices"

	"ikescope/esp/kernel/hmac"
)

// hmacs are the integrity algorithms of which many packets are verified side
// by side where the processor can, with their hash functions.
var hmacs = map[string]hmac.Hash{
	"hmac-md5-96":       hmac.MD5,
	"hmac-md5-128":      hmac.MD5,
	"hmac-sha1-96":      hmac.SHA1,
	"hmac-sha1-160":     hmac.SHA1,
	"hmac-sha2-256-96":  hmac.SHA256,
	"hmac-sha2-256-128": hmac.SHA256,
	"hmac-sha2-384-192": hmac.SHA384,
	"hmac-sha2-512-256": hmac.SHA512,
}

// newHMAC prepares the integrity key for verification side by side, nil where
// that is not possible.
func newHMAC(p Params) (hmac.Hash, *hmac.State) {
	h, ok := hmacs[p.Integrity.Name]
	if !ok {
		return 0, nil
	}
	return h, hmac.NewState(h, p.IntegrityKey)
}

// verifyTogether decides the packets of all SAs whose integrity algorithm is an
// HMAC, with one call of an engine for each hash function. Where there are too
// few of one to gain, they are left to a mac.
func (x *scratch) verifyTogether(batches []Batch) {
	var packets [hmac.Hashes]int
	for i := range batches {
		if b := &batches[i]; b.SA.hmac != nil {
			packets[b.SA.hash] += len(b.Packets)
		}
	}
	for h, n := range packets {
		if n == 0 {
			continue
		}
		e := x.engine(hmac.Hash(h))
		x.jobs = slices.Grow(x.jobs[:0], n)[:n]
		if jobs := x.jobs[:x.gather(batches, hmac.Hash(h))]; len(jobs) >= e.Min() {
			e.Sum(jobs)
			x.decide(batches, hmac.Hash(h), e.Size())
		}
	}
}

// engine returns the worker's engine of a hash.
func (x *scratch) engine(h hmac.Hash) *hmac.Engine {
	if x.engines[h] == nil {
		x.engines[h] = hmac.New(h)
	}
	return x.engines[h]
}

// gather makes a job of each live packet under a hash function, and returns
// their number.
func (x *scratch) gather(batches []Batch, h hmac.Hash) (n int) {
	for b, p := range hashedWith(h, batches) {
		b.SA.fill(&x.jobs[n], p)
		n++
	}
	return n
}

func (s *SA) fill(j *hmac.Job, p *Packet) {
	j.State = s.hmac
	j.Text = s.authenticated(p)
	j.HasTail = s.params.ESN
	binary.BigEndian.PutUint32(j.Tail[:], p.SeqHi)
}

// decide compares the sums of the jobs, of so many octets, with the ICVs of the
// packets that they were made of.
func (x *scratch) decide(batches []Batch, h hmac.Hash, size int) {
	n := 0
	for b, p := range hashedWith(h, batches) {
		x.settle(p, equalICV(x.jobs[n].Sum[:size], b.SA.icv(p)))
		b.decided = true
		n++
	}
}

// hashedWith yields the live packets of SAs whose integrity algorithm is the HMAC
// of a hash function.
func hashedWith(h hmac.Hash, batches []Batch) iter.Seq2[*Batch, *Packet] {
	return func(yield func(*Batch, *Packet) bool) {
		for i := range batches {
			b := &batches[i]
			if b.SA.hmac == nil || b.SA.hash != h {
				continue
			}
			for k := range b.Packets {
				if p := &b.Packets[k]; p.live && !yield(b, p) {
					return
				}
			}
		}
	}
}
