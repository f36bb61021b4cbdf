package ikev2

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"ikescope/decode/isakmp"
)

// Notify is a Notify payload (RFC 7296, section 3.10).
type Notify struct {
	Protocol isakmp.Protocol
	SPI      []byte
	Type     uint16
	Data     []byte
}

// ParseNotify reads the body of a Notify payload.
func ParseNotify(body []byte) (n Notify, err error) {
	s := cryptobyte.String(body)
	var protocol, spiLen uint8
	if !s.ReadUint8(&protocol) || !s.ReadUint8(&spiLen) || !s.ReadUint16(&n.Type) || !s.ReadBytes(&n.SPI, int(spiLen)) {
		return n, damage("notify", "spi", at(body, s), isakmp.ErrTruncated)
	}
	n.Protocol, n.Data = isakmp.Protocol(protocol), s
	return n, nil
}

func notifySummary(body []byte) string {
	n, _ := ParseNotify(body)
	return NotifyType(n.Type).String()
}

func notifyTree(b *branch, body []byte) error {
	n, err := ParseNotify(body)
	b.add("type", fmt.Sprintf("%s (%d)", NotifyType(n.Type), n.Type))
	if len(n.SPI) > 0 {
		b.add("protocol", n.Protocol.String())
		b.add("spi", spiText(n.SPI))
	}
	if id, none := ParsePPKID(n.Data); none == nil && NotifyType(n.Type) == PPKIdentity {
		b.add("ppk", id.String())
	}
	b.add("data", octets(n.Data))
	return err
}
