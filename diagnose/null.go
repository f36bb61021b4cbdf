package diagnose

import "fmt"

// recognised reports whether only its packets tell the encryption of an SA: they
// can be read without a key, and the negotiation could not.
func (s *SA) recognised() bool { return s.NullDetected && s.Conversation == nil }

// plainTraffic tells, once for two peers, of ESP that is not encrypted (RFC 2410),
// as its packets show.
func (x *examiner) plainTraffic() {
	type found struct {
		id     string
		spis   []string
		frames []int64
		n      int64
	}
	all := map[peers]*found{}
	var order []peers
	for i := range x.SAs {
		s := &x.SAs[i]
		if !s.recognised() || s.Traffic == nil {
			continue
		}
		k := x.pairOf(s)
		f := all[k]
		if f == nil {
			f = &found{id: x.saID(s)}
			all[k] = f
			order = append(order, k)
		}
		f.n += s.Traffic.Packets
		f.frames = append(f.frames, s.Traffic.First)
		if len(f.spis) < fewNamed {
			f.spis = append(f.spis, hex32(s.SPI))
		}
	}
	for _, k := range order {
		f := all[k]
		spis := listed(f.spis)
		if more := len(f.frames) - len(f.spis); more > 0 {
			spis += fmt.Sprintf(" and %d more", more)
		}
		x.add(about(WeakEncryption, Probable, f.id, k).on(f.frames...).
			says("ESP without encryption (NULL): whoever sees the packets can read them").
			line("%s with SPI %s make sense as they are, without a key; their ICVs cannot be checked.", capital(many(f.n, "packet")), spis).
			advise("To get the contents: ikescope decrypt --unverified."))
	}
}
