package decode

import "encoding/binary"

// fragment is one fragment as its header describes it.
type fragment struct {
	key    datagramKey
	off    int    // of body in the datagram's fragmentable part, in octets
	more   bool   // the More Fragments flag
	header []byte // what stands before the fragmentable part in this fragment
	body   span

	// Only in IPv6: where in header the Next Header field is that names the
	// Fragment header, and what it names once that is gone.
	v6     bool
	nextAt int
	next   uint8
}

func (f *fragment) end() int { return f.off + f.body.wire }

const (
	// maxDatagram is the largest IPv4 total length and IPv6 payload length.
	maxDatagram = 65535

	// tinyFirst is the number of octets that a filter looks at in the upper
	// layer's header (RFC 1858 section 3.1); a first fragment with fewer
	// hides them from it.
	tinyFirst = 16
)

// RFC 8200 section 4.5: next header, reserved, then 13 bits of offset in units
// of 8 octets, two reserved and the M flag, and 32 bits of identification.
const (
	fragmentHeaderLen = 8

	fragmentOffsetAt         = 2
	fragmentIdentificationAt = 4

	fragmentMore   = 0x0001
	fragmentOffset = 0xfff8
)

// atomicFragment reports whether a Fragment header belongs to a datagram in
// one piece, which is never joined with others (RFC 6946).
func atomicFragment(b []byte) bool {
	return binary.BigEndian.Uint16(b[fragmentOffsetAt:])&(fragmentOffset|fragmentMore) == 0
}

func (d *Decoder) fragmentIPv4(p *Packet, s span, flags uint16) {
	f := fragment{
		off:    int(flags&ipv4FragmentOffset) * 8,
		more:   flags&ipv4MoreFragments != 0,
		header: s.b[:p.IPHeaderLen],
		body:   s.skip(p.IPHeaderLen),
	}
	f.key = datagramKey{
		src: p.Src.As16(), dst: p.Dst.As16(), protocol: p.Protocol,
		id: uint32(binary.BigEndian.Uint16(s.b[ipv4IdentificationAt:])),
	}
	d.fragment(p, &f, p.Protocol, p.IPHeaderLen+f.end() > maxDatagram)
}

// fragmentIPv6 takes the whole datagram s and the part of it from the Fragment
// header on.
func (d *Decoder) fragmentIPv6(p *Packet, s, rest span) {
	flags := binary.BigEndian.Uint16(rest.b[fragmentOffsetAt:])
	f := fragment{
		off:    int(flags & fragmentOffset),
		more:   flags&fragmentMore != 0,
		header: s.b[:p.IPHeaderLen],
		body:   rest.skip(fragmentHeaderLen),
		v6:     true,
		nextAt: p.NextHeaderOffset,
		next:   rest.b[0],
	}
	f.key = datagramKey{
		src: p.Src.As16(), dst: p.Dst.As16(), v6: true,
		id: binary.BigEndian.Uint32(rest.b[fragmentIdentificationAt:]),
	}
	d.fragment(p, &f, f.next, p.IPHeaderLen-ipv6HeaderLen+f.end() > maxDatagram)
}

// fragment checks a fragment, hands it to the joiner, and decodes the datagram
// when this was the last one missing.
func (d *Decoder) fragment(p *Packet, f *fragment, protocol uint8, pastEnd bool) {
	p.Fragment, p.Fragments = true, 0
	st := &d.stats.Fragments
	st.Seen++
	switch {
	case !carriesIPsec(protocol):
		st.Ignored++
		return
	case f.body.wire == 0, f.more && f.body.wire%8 != 0:
		d.fail(p, faultFragmentLength, f.body.off)
		return
	case pastEnd:
		d.fail(p, faultFragmentEnd, f.body.off)
		return
	case f.off == 0 && f.body.wire < tinyFirst:
		st.TinyFirst++
	}
	g, bad := d.joiner.add(f, protocol, d.now, d.stats.Frames, st)
	if bad != faultNone {
		d.fail(p, bad, f.body.off)
	}
	if g == nil {
		return
	}
	st.Joined++
	p.Fragment, p.Fragments = false, g.fragments
	whole := d.joiner.join(g, d.now)
	if f.v6 {
		d.ipv6(p, whole)
	} else {
		d.ipv4(p, whole)
	}
}
