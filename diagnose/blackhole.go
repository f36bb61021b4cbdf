package diagnose

import "slices"

// blackHoles tells of large packets that seem to be lost without an ICMP message:
// those of one length are sent again and again, after waits that double, while smaller ones come and go.
func (x *examiner) blackHoles() {
	for i := range x.SAs {
		if s := &x.SAs[i]; s.Traffic != nil {
			x.blackHole(s.Traffic, s, x.saID(s), x.pairOf(s))
		}
	}
	for i := range x.Unknown {
		t := &x.Unknown[i]
		p := peersOf(t.Src, t.Dst)
		x.blackHole(t, nil, x.conversationID(p), p)
	}
}

func (x *examiner) blackHole(t *Traffic, s *SA, id string, between peers) {
	if len(t.Repeated) == 0 || !x.smallPass(t) || x.tooBigTold(between) {
		return
	}
	d := about(MTUExceeded, Probable, id, between).on(slices.Concat(t.Repeated...)...).
		says("large packets from %s to %s most likely get lost: those of %s octets are sent again and again", t.Src, t.Dst, grouped(int64(t.Largest))).
		line("SPI %s: %s have the same length, and the waits between them double, as when TCP repeats what is not acknowledged.", hex32(t.SPI), packets(t.Repeated[0]))
	for _, frames := range t.Repeated[1:] {
		d.line("%s do the same at times of their own: another connection.", capital(packets(frames)))
	}
	d.line("Smaller packets went on in both directions. No ICMP message names an MTU; one may have been dropped on the way.").
		line("A host behind %s that is gone while a connection is open looks the same.", t.Dst)
	if s != nil && !s.Cipher.IsZero() {
		x.advisedMSS(d, s, safeMTU)
	}
	x.add(d)
}

// safeMTU is what every path takes (RFC 8200, section 5).
const safeMTU = 1280

// smallPass reports whether packets went both ways while the large ones were repeated:
// the flow itself had others, and its peer was heard.
func (x *examiner) smallPass(t *Traffic) bool {
	back := x.flowsByDirection().by[direction{t.Dst, t.Src}]
	all := slices.Concat(t.Repeated...)
	if back == nil || t.Last == slices.Max(all) && t.Packets == int64(len(all)) {
		return false
	}
	for _, f := range back.flows {
		if f.traffic.Last > t.Repeated[0][1] {
			return true
		}
	}
	return false
}

// tooBigTold reports whether ICMP says that packets of two peers are too big.
func (x *examiner) tooBigTold(p peers) bool {
	for _, d := range x.drafts {
		if d.Code == MTUExceeded && d.between == p && d.same == "icmp" {
			return true
		}
	}
	return false
}
