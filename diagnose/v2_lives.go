package diagnose

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"slices"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
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
		if e.Request == nil || e.Response == nil {
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

// natDetectedV2 compares the NAT_DETECTION notifications of IKE_SA_INIT with the
// addresses in the capture.
func (x *examiner) natDetectedV2(v *view) {
	for _, s := range []ikestate.Speaker{ikestate.Initiator, ikestate.Responder} {
		d, away := about(NATDetected, Proved, v.id, v.between), false
		for _, m := range v.Phase1.Flights[:2] {
			if m == nil {
				continue
			}
			if known, ok := natV2(m, s); ok {
				d.on(m.Frame)
				away = away || known
			}
		}
		switch {
		case len(d.Frames) == 0:
			continue
		case away:
			d.says("%s is behind a NAT", v.side(s))
			d.line("%s: %s knows it under another address than the capture shows, so the NAT is between the capture and %s.", capital(packets(d.Frames)), v.side(other(s)), v.side(other(s)))
		default:
			d.says("%s is behind a NAT, or a peer claims so to have ESP carried in UDP", v.side(s))
			d.line("%s: the hash of its address is not that of the address in the capture.", capital(packets(d.Frames)))
		}
		x.add(d)
	}
}

// natV2 reads the NAT_DETECTION notifications of a message. wrong is set where
// they contradict the capture about side s; known where the other side, whose own
// hash is right, says so.
func natV2(m *ikestate.Message, s ikestate.Speaker) (known, wrong bool) {
	var source, destination [][]byte
	for _, p := range m.All(isakmp.PayloadNotify2) {
		switch n, err := ikev2.ParseNotify(p.Body); {
		case err != nil:
		case ikev2.NotifyType(n.Type) == ikev2.NATSource:
			source = append(source, n.Data)
		case ikev2.NotifyType(n.Type) == ikev2.NATDestination:
			destination = append(destination, n.Data)
		}
	}
	if len(source) == 0 || len(destination) == 0 {
		return false, false
	}
	own := natHashed(m, m.Src, source)
	if speaker(m) == s {
		return false, !own
	}
	return own, !natHashed(m, m.Dst, destination)
}

// natHashed reports whether one of the hashes is SHA-1(SPIi | SPIr | IP | Port),
// RFC 7296, section 2.23. A sender with several addresses sends several.
func natHashed(m *ikestate.Message, a netip.AddrPort, hashes [][]byte) bool {
	h := sha1.New()
	h.Write(m.Header.CookieI[:])
	h.Write(m.Header.CookieR[:])
	h.Write(a.Addr().AsSlice())
	h.Write(binary.BigEndian.AppendUint16(nil, a.Port()))
	want := h.Sum(nil)
	return slices.ContainsFunc(hashes, func(b []byte) bool { return bytes.Equal(b, want) })
}
