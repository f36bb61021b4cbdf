package analysis

import (
	"ikescope/decode"
	"ikescope/diagnose"
	"ikescope/esp"
)

// diagnoseInput hands a result to the diagnosis.
func diagnoseInput(r *Result) diagnose.Case {
	c := diagnose.Case{
		Conversations: r.Conversations,
		Captures:      r.Captures,
		Decode:        r.Decode,
		Ring:          r.Ring,
	}
	for _, s := range r.SAs {
		c.SAs = append(c.SAs, saInput(s))
	}
	for _, f := range r.Unknown {
		if f.Inside() { // says nothing of the capture
			continue
		}
		c.Unknown = append(c.Unknown, trafficInput(f))
	}
	for i := range r.ICMP {
		c.ICMP = append(c.ICMP, icmpInput(&r.ICMP[i]))
	}
	return c
}

func icmpInput(e *ICMPError) diagnose.ICMPError {
	q, _ := (&decode.Packet{Kind: decode.KindICMPError, Payload: e.Quoted}).Quoted()
	return diagnose.ICMPError{
		Frame: e.Frame, Nanos: e.Nanos, Src: e.Src, Dst: e.Dst,
		Type: e.Type, Code: e.Code, MTU: e.MTU, Quote: q,
	}
}

func saInput(s *SA) diagnose.SA {
	d := diagnose.SA{
		IPsecSA: s.IPsecSA, NullDetected: s.NullDetected, KeysKnown: s.KeysKnown, Given: s.Given,
		Decrypted: s.Opened.Decrypted, Unverified: s.Opened.Unverified,
		ICVFailed: s.Opened.ICVFailed, Damaged: s.Opened.Damaged,
	}
	if s.Flow == nil {
		return d
	}
	t := trafficInput(s.Flow)
	d.Traffic = &t
	if d.ICVFailed+d.Damaged > 0 {
		probe(&d, s)
	}
	return d
}

func trafficInput(f *Flow) diagnose.Traffic {
	t := diagnose.Traffic{
		Protocol: f.Key.Protocol, SPI: f.Key.SPI, Src: f.Src, Dst: f.Key.Dst,
		SrcPort: f.SrcPort, DstPort: f.DstPort, Packets: f.Packets, Bytes: f.Bytes,
		First: f.First, Last: f.Last, FirstNanos: f.FirstNanos, LastNanos: f.LastNanos,
		Cut: f.Cut, Fragmented: f.Fragmented, Largest: f.Largest, Repeated: f.Repeated(), Sequence: f.Numbers(),
	}
	for _, m := range f.Moves {
		t.Moves = append(t.Moves, diagnose.Move(m))
	}
	for _, m := range f.Turns {
		t.Turns = append(t.Turns, diagnose.Turn(m))
	}
	return t
}

// probe finds out what keys that do not open packets are good for: whether
// samples verify under the SA or a variant of it, and whether the cipher key
// makes sense of them.
func probe(d *diagnose.SA, s *SA) {
	if s.opener == nil || s.opener.sa == nil || len(s.Flow.samples) == 0 {
		return
	}
	sa := s.opener.sa
	samples := samplesOf(s.Flow)
	d.Samples = len(samples)
	d.Fits = sa.Probe(samples)
	w := esp.Worker{Unverified: true}
	w.Open(sa, samples)
	for i := range samples {
		p := &samples[i]
		if p.Verdict == esp.OK || p.Verdict == esp.BadPadding && sa.Verify(s.Flow.samples[i], 0) {
			d.Verifying++
		}
		if _, _, ok := esp.InnerDatagram(p.NextHeader, p.Inner); (ok || s.transport() && p.Inner != nil) && !p.OddPadding {
			d.Plausible++
		}
	}
}
