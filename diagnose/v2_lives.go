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
	r := repeats{v: v, by: map[netip.Addr]int{}}
	for _, e := range v.IKEv2.Exchanges {
		if e.Request == nil || !answeredAtAll(e) {
			continue
		}
		if again := x.retries(e.Request); len(again) > 0 {
			r.add(e.Request, e.By, again)
		}
	}
	r.tell(x)
}
