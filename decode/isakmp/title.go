package isakmp

import (
	"fmt"
	"strings"

	"ikescope/suite"
)

// Title is how people write a protocol: "ESP", "IPComp".
func (p Protocol) Title() string {
	if p == ProtocolIPComp {
		return "IPComp"
	}
	return strings.ToUpper(p.String())
}

// Title is how people write mode and carrier of an IPsec SA: "tunnel", "tunnel in
// UDP".
func (m EncapsulationMode) Title() string {
	switch {
	case m.IsUDP() && m.IsTunnel():
		return "tunnel in UDP"
	case m.IsUDP():
		return "transport in UDP"
	default:
		return m.String()
	}
}

// Title names the algorithms of a transform of phase 2 as people do: "AES-CBC-128 +
// HMAC-SHA1-96".
func (t Transform) Title(p Protocol) string {
	switch p {
	case ProtocolESP:
		name := suite.ESPTransformName(t.ID)
		a := t.IPsec()
		if c, ok := suite.ESPCipher(t.ID, int(a.KeyLength)); ok {
			name = c.Name
		}
		if a.Auth == 0 {
			return suite.Title(name)
		}
		return suite.Title(name) + " + " + suite.Title(suite.ESPAuthName(a.Auth))
	case ProtocolAH:
		return suite.Title(suite.AHTransformName(t.ID))
	case ProtocolIPComp:
		return suite.Title(suite.IPCompTransformName(t.ID))
	}
	return fmt.Sprintf("transform %d", t.ID)
}
