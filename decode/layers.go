package decode

import (
	"errors"
	"math"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// Where the layer library starts, for what this package has no code of its
// own for.
var (
	startGRE     gopacket.Decoder = layers.LayerTypeGRE
	startEtherIP gopacket.Decoder = layers.LayerTypeEtherIP
	startVXLAN   gopacket.Decoder = layers.LayerTypeVXLAN
	startGeneve  gopacket.Decoder = layers.LayerTypeGeneve
	startGTP     gopacket.Decoder = layers.LayerTypeGTPv1U
	startWLAN    gopacket.Decoder = layers.LayerTypeDot11
)

const (
	// maxSteps is the number of layers the library may peel off at a time.
	maxSteps = 16

	// maxForeign is the number of octets the library is shown. It counts in
	// 16 bits in places.
	maxForeign = math.MaxUint16
)

// foreignLinks are the link types that the library knows and that can lead to
// IP.
var foreignLinks = map[uint16]gopacket.Decoder{
	10:  layers.LinkTypeFDDI,
	105: layers.LinkTypeIEEE802_11,
	117: layers.LinkTypePFLog,
	119: layers.LinkTypePrismHeader,
}

// foreignLink decodes link types that are not in the table of this package.
func (d *Decoder) foreignLink(p *Packet, link uint16, s span) {
	start, ok := foreignLinks[link]
	if !ok {
		d.unread(p, link, s)
		return
	}
	d.inner(p, start, s)
}

// inner lets the layer library look for an IP datagram in the span and decodes
// that here. The whole way counts as one level.
func (d *Decoder) inner(p *Packet, start gopacket.Decoder, s span) {
	if !d.enter(p, s) {
		return
	}
	n := min(len(s.b), maxForeign)
	off, err := findIP(start, s.b[:n:n]) // without room behind that it might append to
	switch {
	case errors.Is(err, errSteps):
		d.fail(p, faultNesting, s.off)
	case err != nil:
		if errors.Is(err, errContained) {
			d.stats.Contained++
		}
		d.short(p, faultInner, s)
	case off != notFound:
		d.stats.Tunnels++
		d.ip(p, s.skip(off))
	}
}

var (
	errContained = errors.New("fault of the layer library")
	errSteps     = errors.New("more layers than are followed")
)

const notFound = -1

// findIP returns where in b the first IP header starts, or notFound. The
// library indexes its input without checks in places; what it panics with is
// contained here.
func findIP(start gopacket.Decoder, b []byte) (off int, err error) {
	defer func() {
		if recover() != nil {
			off, err = notFound, errContained
		}
	}()
	w := walk{next: start}
	for range maxSteps {
		if len(b) == off || !onTheWay(w.next) {
			return notFound, nil
		}
		dec := w.next
		w = walk{}
		if err := dec.Decode(b[off:], &w); err != nil && !w.ip {
			if _, guess := dec.(layers.ProtocolGuessingDecoder); guess {
				return notFound, nil // an MPLS payload other than IP
			}
			return notFound, err
		}
		if w.ip {
			return off, nil
		}
		if w.layer == nil || w.next == nil {
			return notFound, nil
		}
		if off, err = offsetOf(w.layer.LayerPayload(), b); err != nil {
			return notFound, err
		}
	}
	return notFound, errSteps
}

// offsetOf returns where in b its sub-slice part starts.
func offsetOf(part, b []byte) (int, error) {
	if len(part) == 0 {
		return len(b), nil
	}
	off := cap(b) - cap(part)
	if off < 0 || off >= len(b) || &b[off] != &part[0] {
		return 0, errContained
	}
	return off, nil
}

// onTheWay reports whether a decoder may lead to an IP datagram, so that the
// library runs on nothing else. Decoders without a name of their own are
// steps of those that are listed.
func onTheWay(next gopacket.Decoder) bool {
	switch n := next.(type) {
	case gopacket.LayerType:
		return tunnelLayers[n]
	case layers.EthernetType:
		return tunnelLayers[layers.EthernetTypeMetadata[n].LayerType]
	case layers.PPPType:
		return n == layers.PPPTypeIPv4 || n == layers.PPPTypeIPv6 ||
			n == layers.PPPTypeMPLSUnicast || n == layers.PPPTypeMPLSMulticast
	}
	return next != nil
}

var tunnelLayers = map[gopacket.LayerType]bool{
	layers.LayerTypeDot1Q:                 true,
	layers.LayerTypeDot11:                 true,
	layers.LayerTypeDot11Data:             true,
	layers.LayerTypeDot11DataCFAck:        true,
	layers.LayerTypeDot11DataCFPoll:       true,
	layers.LayerTypeDot11DataCFAckPoll:    true,
	layers.LayerTypeDot11DataQOSData:      true,
	layers.LayerTypeDot11DataQOSDataCFAck: true,
	layers.LayerTypeERSPANII:              true,
	layers.LayerTypeEtherIP:               true,
	layers.LayerTypeEthernet:              true,
	layers.LayerTypeFDDI:                  true,
	layers.LayerTypeGRE:                   true,
	layers.LayerTypeGTPv1U:                true,
	layers.LayerTypeGeneve:                true,
	layers.LayerTypeIPv4:                  true,
	layers.LayerTypeIPv6:                  true,
	layers.LayerTypeLLC:                   true,
	layers.LayerTypeLoopback:              true,
	layers.LayerTypeMPLS:                  true,
	layers.LayerTypePFLog:                 true,
	layers.LayerTypePPP:                   true,
	layers.LayerTypePPPoE:                 true,
	layers.LayerTypePrismHeader:           true,
	layers.LayerTypeRadioTap:              true,
	layers.LayerTypeSNAP:                  true,
	layers.LayerTypeVXLAN:                 true,
}

// walk takes the place of a gopacket packet. It lets one layer be decoded at a
// time instead of all of them, each inside the one before.
type walk struct {
	layer gopacket.Layer   // the last one added
	next  gopacket.Decoder // of its payload
	ip    bool             // an IP header was among those added
}

func (w *walk) AddLayer(l gopacket.Layer) {
	w.layer = l
	w.ip = w.ip || l.LayerType() == layers.LayerTypeIPv4 || l.LayerType() == layers.LayerTypeIPv6
}

func (w *walk) NextDecoder(next gopacket.Decoder) error {
	w.next = next
	return nil
}

// What else gopacket.PacketBuilder asks for does not matter here.

func (w *walk) SetTruncated()                                 {}
func (w *walk) SetLinkLayer(gopacket.LinkLayer)               {}
func (w *walk) SetNetworkLayer(gopacket.NetworkLayer)         {}
func (w *walk) SetTransportLayer(gopacket.TransportLayer)     {}
func (w *walk) SetApplicationLayer(gopacket.ApplicationLayer) {}
func (w *walk) SetErrorLayer(gopacket.ErrorLayer)             {}
func (w *walk) DumpPacketData()                               {}
func (w *walk) DecodeOptions() *gopacket.DecodeOptions        { return &gopacket.DecodeOptions{} }
