package report

import (
	"encoding/hex"
	"net/netip"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// jsonPeers is what an ISAKMP SA tells of the peers themselves.
type jsonPeers struct {
	NAT          *jsonNAT          `json:"nat"` // null: no NAT-D payload
	Proofs       []jsonProof       `json:"proofs"`
	Certificates []jsonCertificate `json:"certificates"`
	XAUTH        *jsonXAUTH        `json:"xauth"` // null: none, or not read
	ModeConfig   []jsonModeConfig  `json:"mode_config"`
}

type jsonNAT struct {
	Initiator jsonNATSide `json:"initiator"`
	Responder jsonNATSide `json:"responder"`
}

type jsonNATSide struct {
	Status string  `json:"status"` // unknown, none, behind, forced
	Own    *string `json:"own"`    // address and port that the side believes to have
	Seen   *string `json:"seen"`   // that its peer knows of it
	Unsure bool    `json:"unsure"`
	Frames []int64 `json:"frames"`
}

type jsonProof struct {
	Side    string `json:"side"`
	Verdict string `json:"verdict"` // verified, refuted, unchecked
	Payload string `json:"payload"`
	Form    string `json:"form"`
	Why     string `json:"why"`
	Frame   int64  `json:"frame"`
}

type jsonCertificate struct {
	Side        string   `json:"side"`
	Frame       int64    `json:"frame"`
	Encoding    string   `json:"encoding"`
	Subject     string   `json:"subject"`
	Issuer      string   `json:"issuer"`
	Serial      string   `json:"serial"`
	NotBefore   *string  `json:"not_before"`
	NotAfter    *string  `json:"not_after"`
	Key         string   `json:"key"`
	KeyBits     int      `json:"key_bits"`
	Names       []string `json:"names"`
	CA          bool     `json:"ca"`
	Fingerprint string   `json:"sha256"`
	Signed      bool     `json:"signed"` // the signature of phase 1 verifies with its key
	Error       string   `json:"error"`
}

type jsonXAUTH struct {
	Gateway      string       `json:"gateway"`
	Kind         string       `json:"kind"`
	User         string       `json:"user"`
	Domain       string       `json:"domain"`
	Status       string       `json:"status"` // ok, failed, unknown
	Acknowledged bool         `json:"acknowledged"`
	Messages     []string     `json:"messages"`
	Secrets      []jsonConfig `json:"secrets,omitempty"` // with keys only
}

type jsonModeConfig struct {
	Gateway  string       `json:"gateway"`
	Push     bool         `json:"push"`
	Asked    []string     `json:"asked"`
	Given    []jsonConfig `json:"given"`
	Accepted []string     `json:"accepted"`
}

type jsonConfig struct {
	Name  string  `json:"name"`
	Value *string `json:"value"` // null: a password, and keys were not asked for
}

func peersJSON(c *ikestate.Conversation, o Options) jsonPeers {
	j := jsonPeers{
		Proofs:       []jsonProof{},
		Certificates: list(c.Certificates(), certificateJSON),
		ModeConfig:   list(c.ModeConfigs(), func(m ikestate.ModeConfig) jsonModeConfig { return modeConfigJSON(m, o) }),
	}
	if c.Phase1 != nil {
		j.proofs(c.Phase1)
	}
	if n := c.NAT(); len(n.Sides[0].Messages)+len(n.Sides[1].Messages) > 0 {
		j.NAT = &jsonNAT{natSideJSON(n.Sides[ikestate.Initiator]), natSideJSON(n.Sides[ikestate.Responder])}
	}
	if x := c.XAUTH(); x != nil {
		j.XAUTH = &jsonXAUTH{
			Gateway: x.Gateway.String(), Kind: x.Kind, User: utf8Text(x.User), Domain: utf8Text(x.Domain),
			Status: x.Status.String(), Acknowledged: x.Acknowledged, Messages: list(x.Says, utf8Text),
		}
		if o.ShowKeys {
			j.XAUTH.Secrets = list(x.Secrets, func(v ikestate.ConfigValue) jsonConfig { return configJSON(v, o) })
		}
	}
	return j
}

func (j *jsonPeers) proofs(p *ikestate.Phase1) {
	for _, s := range []ikestate.Speaker{ikestate.Initiator, ikestate.Responder} {
		if x := p.Proof(s); x.Payload != isakmp.PayloadNone {
			j.Proofs = append(j.Proofs, jsonProof{s.String(), x.Verdict.String(), x.Payload.String(), x.Form, x.Why, x.Message.Frame})
		}
	}
}

func natSideJSON(s ikestate.NATSide) jsonNATSide {
	return jsonNATSide{s.Status.String(), endpointJSON(s.Own), endpointJSON(s.Seen), s.Unsure,
		list(s.Messages, func(m *ikestate.Message) int64 { return m.Frame })}
}

// endpointJSON is an address with its port, null where it is not known.
func endpointJSON(a netip.AddrPort) *string {
	if !a.IsValid() {
		return nil
	}
	return known(a.String())
}

func certificateJSON(x *ikestate.Certificate) jsonCertificate {
	j := jsonCertificate{
		Side: x.From.String(), Encoding: x.Encoding.String(),
		Subject: utf8Text(x.Subject), Issuer: utf8Text(x.Issuer), Serial: x.Serial,
		Key: x.KeyKind, KeyBits: x.KeyBits, Names: list(x.Names, utf8Text), CA: x.CA,
		Fingerprint: hex.EncodeToString(x.Fingerprint[:]), Signed: x.Signed,
	}
	if x.Message != nil {
		j.Frame = x.Message.Frame
	}
	if x.Err != nil {
		j.Error = utf8Text(x.Err.Error())
		return j
	}
	const form = "2006-01-02T15:04:05Z07:00"
	if x.Raw() {
		return j
	}
	j.NotBefore, j.NotAfter = known(x.NotBefore.UTC().Format(form)), known(x.NotAfter.UTC().Format(form))
	return j
}

func modeConfigJSON(m ikestate.ModeConfig, o Options) jsonModeConfig {
	return jsonModeConfig{
		Gateway: m.Gateway.String(), Push: m.Push,
		Asked:    list(m.Asked, isakmp.ConfigAttribute.String),
		Given:    list(m.Given, func(v ikestate.ConfigValue) jsonConfig { return configJSON(v, o) }),
		Accepted: list(m.Accepted, isakmp.ConfigAttribute.String),
	}
}

func configJSON(v ikestate.ConfigValue, o Options) jsonConfig {
	j := jsonConfig{Name: v.Type.String()}
	switch {
	case v.Secret.IsZero():
		j.Value = known(utf8Text(v.Text))
	case o.ShowKeys:
		j.Value = known(utf8Text(string(v.Secret.Bytes())))
	}
	return j
}
