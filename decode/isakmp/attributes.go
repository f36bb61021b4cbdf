package isakmp

import "strings"

// ConfigType is the step of a transaction. IANA: "Configuration ... CFG Types" has the
// same numbers for IKEv2; draft-ietf-ipsec-isakmp-mode-cfg-05 section 3.2.
type ConfigType uint8

// Steps of a transaction.
const (
	ConfigRequest ConfigType = 1
	ConfigReply   ConfigType = 2
	ConfigSet     ConfigType = 3
	ConfigAck     ConfigType = 4
)

var configTypeNames = names[ConfigType]{
	ConfigRequest: "request",
	ConfigReply:   "reply",
	ConfigSet:     "set",
	ConfigAck:     "ack",
}

// String is the name of the step, or the number where there is none.
func (t ConfigType) String() string { return configTypeNames.of(t) }

// Attributes is the body of an Attributes payload, which carries Mode-Config and XAUTH.
//
//	+---------------+---------------+-------------------------------+
//	|     Type      |   Reserved    |           Identifier          |
//	+---------------+---------------+-------------------------------+
//	|                          attributes                           |
//
// draft-ietf-ipsec-isakmp-mode-cfg-05 section 3.2. Values can be passwords, see
// [ConfigAttribute.Secret]; printing an Attributes value shows names only.
type Attributes struct {
	Type       ConfigType
	Identifier uint16
	List       []Attribute // types are [ConfigAttribute] numbers
}

// ParseAttributes reads the body of an Attributes payload.
func ParseAttributes(body []byte) (Attributes, error) {
	r := reader{layer: "attributes", b: body}
	a := Attributes{Type: ConfigType(r.u8("type"))}
	r.u8("reserved")
	a.Identifier = r.u16("identifier")
	a.List = r.attributes()
	return a, r.failure()
}

// Get returns the first attribute of type t.
func (a Attributes) Get(t ConfigAttribute) (Attribute, bool) {
	for _, at := range a.List {
		if at.Type == uint16(t) {
			return at, true
		}
	}
	return Attribute{}, false
}

// String lists type, identifier and the names of the attributes; no values.
func (a Attributes) String() string {
	listed := make([]string, 0, min(len(a.List), maxListed))
	for _, at := range a.List[:cap(listed)] {
		listed = append(listed, ConfigAttribute(at.Type).String())
	}
	return a.Type.String() + " " + decimal(a.Identifier) + ": " + listing(listed, len(a.List))
}

// GoString is [Attributes.String], so that %#v shows no password either.
func (a Attributes) GoString() string { return "isakmp.Attributes(" + a.String() + ")" }

// maxListed is the number of elements that a summary names.
const maxListed = 8

// listing joins the elements that a summary names and counts the others.
func listing(named []string, total int) string {
	s := strings.Join(named, ", ")
	if more := total - len(named); more > 0 {
		s += " and " + decimal(uint32(more)) + " more"
	}
	return s
}
