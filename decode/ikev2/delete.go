package ikev2

import (
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"ikescope/decode/isakmp"
)

// Delete is a Delete payload (RFC 7296, section 3.11).
type Delete struct {
	Protocol isakmp.Protocol
	SPIs     [][]byte // as many as are there
}

// ParseDelete reads the body of a Delete payload.
func ParseDelete(body []byte) (d Delete, err error) {
	s := cryptobyte.String(body)
	var protocol, spiLen uint8
	var count uint16
	if !s.ReadUint8(&protocol) || !s.ReadUint8(&spiLen) || !s.ReadUint16(&count) {
		return d, damage("delete", "count", at(body, s), isakmp.ErrTruncated)
	}
	d.Protocol = isakmp.Protocol(protocol)
	for spiLen > 0 && len(s) >= int(spiLen) {
		var spi []byte
		s.ReadBytes(&spi, int(spiLen))
		d.SPIs = append(d.SPIs, spi)
	}
	if len(d.SPIs) != int(count) && spiLen > 0 {
		return d, damage("delete", "count", 2, isakmp.ErrCount)
	}
	return d, nil
}

func deleteSummary(body []byte) string {
	d, _ := ParseDelete(body)
	if len(d.SPIs) == 0 {
		return d.Protocol.String()
	}
	var all []string
	for _, spi := range d.SPIs {
		all = append(all, spiText(spi))
	}
	return d.Protocol.String() + " " + strings.Join(all, ", ")
}

func deleteTree(b *branch, body []byte) error {
	d, err := ParseDelete(body)
	b.add("protocol", d.Protocol.String())
	for _, spi := range d.SPIs {
		b.add("spi", spiText(spi))
	}
	return err
}
