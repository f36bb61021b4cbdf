package esp

// frame starts a batch: it clears what an earlier Open left and keeps alive
// the packets whose lengths fit the SA.
func (s *SA) frame(batch []Packet) {
	for i := range batch {
		p := &batch[i]
		p.Inner, p.NextHeader, p.OddPadding = nil, 0, false
		p.Verdict = s.fit(p)
		p.live = p.Verdict == Unopened
	}
}

func (s *SA) fit(p *Packet) Verdict {
	body := len(p.Data) - s.bodyAt - s.icvLen
	switch {
	case p.Missing > 0:
		return Cut
	case body < max(s.blockLen, trailerLen):
		return TooShort
	case body%s.blockLen != 0:
		return Unaligned
	}
	return Unopened
}

// body returns the encrypted part of a packet that fits.
func (s *SA) body(p *Packet) []byte { return p.Data[s.bodyAt : len(p.Data)-s.icvLen] }

// authenticated returns what a separate integrity algorithm covers: the packet
// without its ICV.
func (s *SA) authenticated(p *Packet) []byte { return p.Data[:len(p.Data)-s.icvLen] }

// icv returns the received ICV of a packet that fits.
func (s *SA) icv(p *Packet) []byte { return p.Data[len(p.Data)-s.icvLen:] }
