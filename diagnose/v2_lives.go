package diagnose

import (
	"net/netip"

	"ikescope/decode/isakmp"
)

// reopenedV2 tells of an IKE SA that a peer deleted, whereupon the same peers
// negotiated from the beginning. One that was rekeyed is deleted as a rule.
func (x *examiner) reopenedV2(v *view) {
	d := v.ownDelete()
	if d == nil {
		return
	}
	for _, o := range x.v2Pairs[v.between] {
		first := o.Messages[0]
		if o == v {
			continue
		}
		if first.Nanos < d.Nanos && o.last > d.Nanos {
			return
		}
		if first.Nanos < d.Nanos || first.Header.Exchange != isakmp.ExchangeIKESAInit {
			continue
		}
		f := about(SADeleted, Proved, v.id, v.between).
			says("%s took the tunnel down, and it was negotiated anew %s later", v.side(speaker(d)), apart(first.Nanos-d.Nanos)).
			line("%s: %s deleted the IKE SA %s after it began.", capital(packets([]int64{d.Frame})), v.side(speaker(d)), apart(d.Nanos-v.Messages[0].Nanos)).
			line("%s: %s began a new one.", capital(packets([]int64{first.Frame})), o.Initiator.Addr()).
			on(d.Frame, first.Frame)
		f.same = "reopened"
		x.add(f)
		return
	}
}

// repeatedV2 tells of requests that were repeated before they were answered.
func (x *examiner) repeatedV2(v *view) {
	var frames []int64
	by := map[netip.Addr]int{}
	var longest int64
	for _, e := range v.IKEv2.Exchanges {
		if e.Request == nil || !answeredAtAll(e) {
			continue
		}
		rs := x.retries(e.Request)
		if len(rs) == 0 {
			continue
		}
		frames = append(frames, repeatFrames(rs)...)
		by[v.side(e.By)] += len(rs)
		longest = max(longest, rs[len(rs)-1].Nanos-e.Request.Nanos)
	}
	if len(frames) == 0 {
		return
	}
	d := about(Retransmissions, Proved, v.id, v.between).on(frames...)
	d.same = "retransmissions"
	d.tidy()
	d.says("%s repeated %s; the longest wait for an answer was %s", listed(senders(v, by)), many(int64(len(frames)), "IKE message"), apart(longest))
	x.add(d.line("%s.", capital(packets(d.Frames))))
}
