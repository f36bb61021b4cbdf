package isakmp

import "encoding/binary"

// SA is the body of a Security Association payload: the proposals of one negotiation.
//
//	+---------------------------------------------------------------+
//	|              Domain of Interpretation (DOI)                   |
//	+---------------------------------------------------------------+
//	|                     Situation (variable)                      |
//	+---------------------------------------------------------------+
//	|                          proposals                            |
//
// RFC 2408 section 3.4, RFC 2407 section 4.6.1.
type SA struct {
	DOI       DOI
	Situation []byte // its 4 octets, with the labels where secrecy or integrity is asked for
	Proposals []Proposal
}

// Proposal is one proposal of an SA payload. Proposals with the same number that follow
// each other are to be taken together (RFC 2408 section 4.2).
//
//	+---------------+---------------+-------------------------------+
//	| Next: 2 or 0  |   Reserved    |         Payload Length        |
//	+---------------+---------------+---------------+---------------+
//	|  Proposal #   |  Protocol-Id  |    SPI Size   |# of Transforms|
//	+---------------+---------------+---------------+---------------+
//	|                        SPI (variable)                         |
//	+---------------------------------------------------------------+
//	|                          transforms                           |
//
// RFC 2408 section 3.5.
type Proposal struct {
	Number     uint8
	Protocol   Protocol
	SPI        []byte // SPI Size octets; empty in phase 1 but for some that send a cookie
	Count      uint8  // transforms as announced
	Transforms []Transform
	Raw        []byte // header included
	Offset     int    // of Raw in the payload's body
}

// Transform is one transform of a proposal.
//
//	+---------------+---------------+-------------------------------+
//	| Next: 3 or 0  |   Reserved    |         Payload Length        |
//	+---------------+---------------+-------------------------------+
//	|  Transform #  |  Transform-Id |           Reserved2           |
//	+---------------+---------------+-------------------------------+
//	|                        SA attributes                          |
//
// RFC 2408 section 3.6.
type Transform struct {
	Number     uint8
	ID         uint8 // by protocol: RFC 2407 sections 4.4.2 to 4.4.5
	Attributes []Attribute
	Raw        []byte // header included
	Offset     int    // of Raw in the payload's body
}

// ParseSA reads the body of an SA payload. SA, proposals and transforms are three fixed
// loops; a damaged proposal or transform keeps what was read of it, and reading goes on
// behind it where its length is sound. The DOIs read are ISAKMP (0) and IPSEC (1).
func ParseSA(body []byte) (SA, error) {
	r := reader{layer: "sa", b: body}
	sa := SA{DOI: DOI(r.u32("doi"))}
	if sa.DOI != DOIISAKMP && sa.DOI != DOIIPsec {
		r.note("doi", 0, detail(ErrUnsupported, "%d", sa.DOI))
		return sa, r.failure()
	}
	sa.Situation = r.situation()
	if r.err != nil {
		return sa, r.failure()
	}
	budget := MaxTransforms
	for more := true; more; {
		if len(sa.Proposals) == MaxProposals {
			r.note("proposals", r.off, detail(ErrLimit, "more than %d proposals", MaxProposals))
			return sa, r.failure()
		}
		part, next, ok := r.part("proposal", PayloadProposal)
		if !ok {
			return sa, r.failure()
		}
		sa.Proposals = append(sa.Proposals, part.proposal(&budget))
		r.inherit(&part)
		more = next
	}
	r.end("end of proposals")
	return sa, r.failure()
}

// part reads the generic header of a proposal or transform and returns a reader of the whole
// substructure, header included. more says that another one follows.
func (r *reader) part(layer string, self PayloadType) (part reader, more, ok bool) {
	part = reader{layer: layer, b: r.b, off: r.off}
	if len(r.b) < payloadHeaderLen {
		part.octets("header", payloadHeaderLen)
		r.inherit(&part)
		return part, false, false
	}
	next, n := PayloadType(r.b[0]), int(binary.BigEndian.Uint16(r.b[2:]))
	switch {
	case n < 2*payloadHeaderLen:
		part.note("length", r.off+2, detail(ErrLength, "%d octets, the header alone has %d", n, 2*payloadHeaderLen))
	case n > len(r.b):
		part.note("length", r.off+2, detail(ErrTruncated, "%d octets announced, %d are left", n, len(r.b)))
	}
	if r.inherit(&part); part.err != nil {
		return part, false, false
	}
	if next != self && next != PayloadNone {
		part.note("next payload", r.off, detail(ErrNext, "%d", next))
	}
	part.b = r.octets("", n)
	return part, next == self, true
}

// proposal reads a proposal from its first to its last octet. budget is the number of
// transforms that may still be read.
func (r *reader) proposal(budget *int) Proposal {
	p := Proposal{Raw: r.b, Offset: r.off}
	r.octets("header", payloadHeaderLen)
	p.Number = r.u8("number")
	p.Protocol = Protocol(r.u8("protocol"))
	size := r.u8("spi size")
	countAt := r.off
	p.Count = r.u8("transform count")
	p.SPI = r.octets("spi", int(size))
	for more := len(r.b) > 0; more; {
		if *budget == 0 {
			r.note("transforms", r.off, detail(ErrLimit, "more than %d transforms", MaxTransforms))
			return p
		}
		part, next, ok := r.part("transform", PayloadTransform)
		if !ok {
			return p
		}
		*budget--
		p.Transforms = append(p.Transforms, part.transform())
		r.inherit(&part)
		more = next
	}
	r.end("end of transforms")
	if int(p.Count) != len(p.Transforms) {
		r.note("transform count", countAt, detail(ErrCount, "%d announced, %d are there", p.Count, len(p.Transforms)))
	}
	return p
}

// transform reads a transform from its first to its last octet.
func (r *reader) transform() Transform {
	t := Transform{Raw: r.b, Offset: r.off}
	r.octets("header", payloadHeaderLen)
	t.Number = r.u8("number")
	t.ID = r.u8("id")
	r.u16("reserved2")
	t.Attributes = r.attributes()
	return t
}
