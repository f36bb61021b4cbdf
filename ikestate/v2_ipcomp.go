package ikestate

import (
	"net/netip"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// compression is what IPCOMP_SUPPORTED says: the CPI on which its sender receives,
// and a transform (RFC 7296, section 3.10.1).
type compression struct {
	cpi       []byte
	transform uint8
}

// compressions reads the IPCOMP_SUPPORTED notifications of a message.
func (m *Message) compressions() (all []compression) {
	for n := range m.notifications() {
		if ikev2.NotifyType(n.Type) == ikev2.IPCompSupported && len(n.Data) == 3 {
			all = append(all, compression{n.Data[:2], n.Data[2]})
		}
	}
	return all
}

// compressed returns the IPComp SAs of a child SA, one for each direction like its
// other ones. The response names one of the transforms of the request (RFC 7296,
// section 2.22); compression is inside ESP or AH, in the mode of the child SA.
func (c *Conversation) compressed(x *ExchangeV2, out *IPsecSA) []*IPsecSA {
	chosen := x.Response.compressions()
	if len(chosen) == 0 {
		return nil
	}
	for _, o := range x.Request.compressions() {
		if o.transform == chosen[0].transform {
			return []*IPsecSA{
				c.ipcompSA(out, chosen[0], out.Src, out.Dst, out.SrcSelector, out.DstSelector),
				c.ipcompSA(out, o, out.Dst, out.Src, out.DstSelector, out.SrcSelector),
			}
		}
	}
	return nil
}

func (c *Conversation) ipcompSA(of *IPsecSA, k compression, src, dst netip.Addr, ts, td *isakmp.ID) *IPsecSA {
	return &IPsecSA{
		Conversation: c, MessageID: of.MessageID, Protocol: isakmp.ProtocolIPComp, SPI: spiOf(k.cpi), Src: src, Dst: dst,
		Mode: of.Mode, SrcSelector: ts, DstSelector: td, Made: of.Made, EncapUnknown: true,
		Compression: k.transform, Encryption: suite.IPCompTransformName(k.transform),
	}
}
