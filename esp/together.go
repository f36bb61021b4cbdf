package esp

import (
	"encoding/binary"

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
func newHMAC(p Params) *hmac.State {
	h, ok := hmacs[p.Integrity.Name]
	if !ok {
		return nil
	}
	return hmac.NewState(h, p.IntegrityKey)
}

// engine returns the worker's engine of a hash, nil where none is possible.
func (x *scratch) engine(h hmac.Hash) *hmac.Engine {
	if x.engines[h] == nil {
		x.engines[h] = hmac.New(h)
	}
	return x.engines[h]
}

// verifyTogether decides all packets of a batch with one call of the engine.
func (m *mac) verifyTogether(batch []Packet) {
	if cap(m.x.jobs) < len(batch) {
		m.x.jobs = make([]hmac.Job, len(batch))
	}
	jobs := m.x.jobs[:len(batch)]
	n := 0
	for i := range batch {
		if p := &batch[i]; p.live {
			m.fill(&jobs[n], p)
			n++
		}
	}
	m.engine.Sum(jobs[:n])
	size := m.engine.Size()
	n = 0
	for i := range batch {
		if p := &batch[i]; p.live {
			m.x.settle(p, equalICV(jobs[n].Sum[:size], m.sa.icv(p)))
			n++
		}
	}
}

func (m *mac) fill(j *hmac.Job, p *Packet) {
	j.State = m.sa.hmac
	j.Text = m.sa.authenticated(p)
	j.HasTail = m.sa.params.ESN
	binary.BigEndian.PutUint32(j.Tail[:], p.SeqHi)
}
