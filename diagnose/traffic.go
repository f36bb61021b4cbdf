package diagnose

import (
	"cmp"
	"fmt"
	"slices"

	"ikescope/esp"
	"ikescope/esp/replay"
	"ikescope/ikestate"
	"ikescope/suite"
)

// traffic looks at the packets of each SA, and at pairs of SAs.
func (x *examiner) traffic() {
	for i := range x.SAs {
		s := &x.SAs[i]
		x.integrity(s)
		if s.Traffic != nil {
			x.sequence(s.Traffic, x.saID(s), x.pairOf(s))
		}
	}
	for i := range x.Unknown {
		t := &x.Unknown[i]
		between := peersOf(t.Src, t.Dst)
		x.sequence(t, x.conversationID(between), between)
	}
	x.directions()
	x.unused()
}

// pairOf is the two ends of an SA's conversation, or of the SA.
func (x *examiner) pairOf(s *SA) peers {
	if v := x.byConv[s.Conversation]; v != nil {
		return v.between
	}
	return peersOf(s.Src, s.Dst)
}

// integrity tells of packets whose ICV is wrong.
func (x *examiner) integrity(s *SA) {
	if s.Traffic == nil {
		return
	}
	bad := s.ICVFailed + max(0, s.Damaged-s.Traffic.Cut)
	all := bad + s.Decrypted
	switch {
	case bad == 0:
	case s.Verifying > 0 && s.Plausible == 0:
		x.add(x.failed(s).
			says("the integrity key of the SA from %s to %s fits, the encryption key does not open its packets", s.Src, s.Dst).
			line("SPI %s: the ICVs of %d of %d sample packets are right; what the cipher key makes of them is no padding and no IP datagram.", hex32(s.SPI), s.Verifying, s.Samples).
			advise("Check the encryption key and its algorithm, and that it is not that of the other direction."))
	case s.Decrypted > 0:
		x.add(x.failed(s).as(Warning).
			says("%s of %s from %s to %s have a wrong ICV", grouped(bad), many(all, "packet"), s.Src, s.Dst).
			line("The keys are right, since the others verify: these were damaged or forged on the way.").
			advise("Compare captures at both ends: what arrives otherwise than it left was changed between."))
	case x.truncated(s):
	case s.Plausible > 0:
		x.add(x.failed(s).
			says("the encryption key of the SA from %s to %s opens its packets, the integrity key does not", s.Src, s.Dst).
			line("SPI %s: the cipher key opens %d of %d sample packets into sound ones; no ICV verifies at any length in use.", hex32(s.SPI), s.Plausible, s.Samples).
			advise("Check the integrity key and its algorithm, and that it is not that of the other direction."))
	case s.ICVFailed == 0:
		x.add(x.failed(s).
			says("%s from %s to %s cannot be packets of %s with %s", many(bad, "packet"), s.Src, s.Dst, orNone(s.Encryption), orNone(s.IntegrityName)).
			line("SPI %s: they are too short, or what is encrypted is no whole number of cipher blocks.", hex32(s.SPI)).
			advise("Check the algorithms of the SA; or the packets were changed on the way."))
	default:
		x.add(x.failed(s).
			says("none of the ICVs of %s from %s to %s verifies", many(all, "packet"), s.Src, s.Dst).
			line("SPI %s, %s with %s: neither another length of the ICV nor extended sequence numbers make a sample verify.", hex32(s.SPI), orNone(s.Encryption), orNone(s.IntegrityName)).
			advise(blame(s)))
	}
}

// failed begins a finding about wrong ICVs.
func (x *examiner) failed(s *SA) *draft {
	return about(ESPICVFailed, Proved, x.saID(s), x.pairOf(s)).on(s.Traffic.First)
}

// blame says whose keys do not fit.
func blame(s *SA) string {
	if s.Given != nil {
		return "The keys of " + s.Given.Source.String() + " are not those of this SA, or the packets were changed on the way."
	}
	for _, k := range s.Keys {
		if k.Rung == ikestate.RungSKEYIDe || k.Rung == ikestate.RungCipherKey {
			return "The keys follow from what " + k.Source.String() + " says of this negotiation, which may be wrong; else an end computes others, or the packets were changed on the way."
		}
	}
	return "The keys follow from the negotiation, so an end computes others, or the packets were changed on the way."
}

func orNone(name string) string {
	if name == "" {
		return "none"
	}
	return suite.Title(name)
}

// truncated tells of an SA whose packets verify at another length of the ICV, or
// with extended sequence numbers. It reports whether that is so.
func (x *examiner) truncated(s *SA) bool {
	i := slices.IndexFunc(s.Fits, func(f esp.Fit) bool { return f.Verified > 0 })
	if i < 0 {
		return false
	}
	f := s.Fits[i]
	want := s.Integrity.ICVLen + s.Cipher.ICVLen
	switch {
	case f.ICVLen != want:
		x.add(about(ESPTruncationMismatch, Proved, x.saID(s), x.pairOf(s)).on(s.Traffic.First).
			says("%s cuts the ICV to %d bits, where %s was negotiated, which has %d", s.Src, f.ICVLen*8, suite.Title(cmp.Or(s.IntegrityName, s.Encryption)), want*8).
			line("SPI %s: %d of %d sample packets verify with an ICV of %d octets, none with %d.", hex32(s.SPI), f.Verified, f.Samples, f.ICVLen, want))
	case f.ESN != s.ESN:
		x.add(x.failed(s).
			says("%s %s extended sequence numbers on an SA that was negotiated %s", s.Src, [...]string{"does not use", "uses"}[b2i(f.ESN)], [...]string{"without them", "with them"}[b2i(s.ESN)]).
			line("SPI %s: %d of %d sample packets verify so.", hex32(s.SPI), f.Verified, f.Samples))
	default:
		x.add(x.failed(s).
			says("the extended sequence numbers from %s to %s have a high half that the capture does not show", s.Src, s.Dst).
			line("SPI %s: %d of %d sample packets verify with a high half of %d.", hex32(s.SPI), f.Verified, f.Samples, f.SeqHi))
	}
	return true
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sequence tells what the sequence numbers of a flow show.
func (x *examiner) sequence(t *Traffic, id string, between peers) {
	if t.Protocol == protocolIPComp {
		return
	}
	s := t.Sequence
	if x.doubled {
		s.Duplicates = 0
	}
	flow := func(code Code, c Certainty) *draft {
		return about(code, c, id, between).on(t.First, t.Last)
	}
	if s.Duplicates > 0 {
		x.add(flow(ESPReplayed, Proved).
			says("%s from %s to %s came more than once", many(int64(s.Duplicates), "packet"), t.Src, t.Dst).
			line("SPI %s, %s: %s of %s repeat a sequence number (%s).", hex32(t.SPI), between2(t), grouped(int64(s.Duplicates)), many(int64(s.Packets), "packet"), percent(s.Duplicates, s.Packets)))
	}
	if s.Lost > 0 {
		total := s.Packets - s.Duplicates + s.Lost
		d := flow(ESPLost, Proved).
			says("%s of %s from %s to %s are missing (%s)", grouped(int64(s.Lost)), many(int64(total), "packet"), t.Src, t.Dst, percent(s.Lost, total)).
			line("SPI %s, %s: sequence numbers %s to %s, %s seen.", hex32(t.SPI), between2(t), grouped(int64(s.First)), grouped(int64(s.Last)), many(int64(s.Packets), "packet"))
		if s.Lost*fewPart < total {
			d.as(Notice)
		}
		if n := x.captureDrops(); n > 0 {
			d.line("The capturing program or its interface dropped %s, which may be these.", many(n, "packet"))
		}
		x.add(d)
	}
	if late := s.OutOfOrder + s.Stale; late > 0 {
		x.add(x.reordered(flow(ESPReordered, Proved), t, s, late))
	}
}

// fewPart is the part of packets, one in so many, below which a loss is only
// worth a notice.
const fewPart = 200

const protocolIPComp = 108

func between2(t *Traffic) string {
	return fmt.Sprintf("packets %s to %s", grouped(t.First), grouped(t.Last))
}

func percent(part, whole uint64) string {
	return fmt.Sprintf("%.3g %%", 100*float64(part)/float64(max(whole, 1)))
}

// captureDrops is how many packets the capturing program says it lost.
func (x *examiner) captureDrops() (n int64) {
	for _, c := range x.Captures {
		for _, i := range c.Interfaces {
			n += int64(min(i.Dropped, 1<<40))
		}
	}
	return n
}

// reordered says how late packets came, and what a window would have dropped.
func (x *examiner) reordered(d *draft, t *Traffic, s replay.Stats, late uint64) *draft {
	d.says("%s from %s to %s came out of order", many(int64(late), "packet"), t.Src, t.Dst).
		line("SPI %s, %s: %s of %s (%s) came behind a later one, at most %s behind.", hex32(t.SPI), between2(t), grouped(int64(late)), many(int64(s.Packets), "packet"), percent(late, s.Packets), many(int64(s.MaxDepth), "number"))
	for i, w := range replay.Windows {
		if s.Dropped[i] == 0 {
			if i > 0 {
				d.line("A window of %d would have dropped none.", w)
			}
			break
		}
		d.as(Warning).line("An anti-replay window of %d would have dropped %s.", w, grouped(int64(s.Dropped[i])))
	}
	return d
}
