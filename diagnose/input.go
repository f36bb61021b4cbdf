package diagnose

import (
	"errors"
	"slices"
	"strings"

	"ikescope/decode"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// messages tells of IKE messages that are not as the RFCs want them.
func (x *examiner) messages() {
	for _, v := range x.views {
		for _, m := range v.Messages {
			if m.Missing > 0 {
				continue
			}
			x.malformed(v, m)
		}
	}
	for _, v := range x.v2s {
		for _, m := range v.Messages {
			if m.Problem != nil && m.Missing == 0 {
				x.add(about(MalformedMessage, Proved, v.id, v.between).on(framesOf(m)...).
					says("%s sends malformed IKE messages", v.side(speaker(m))).
					line("%s: %s.", capital(packets(framesOf(m))), plain(m.Problem)))
			}
		}
	}
	x.malformedPackets()
}

// maxFaults bounds the faults that are named of one message.
const maxFaults = 5

// malformed tells of a message's damage. Impossible attributes in an offer harm
// nobody as long as another one is chosen.
func (x *examiner) malformed(v *view, m *ikestate.Message) {
	faults, attributes := faultsOf(v, m)
	if len(faults)+len(attributes) == 0 {
		return
	}
	d := about(MalformedMessage, Proved, v.id, v.between).on(framesOf(m)...)
	if len(faults) > 0 {
		d.says("%s sends malformed IKE messages", v.side(speaker(m)))
	} else {
		d.as(Notice).says("%s sends impossible attributes in a proposal", v.side(speaker(m)))
	}
	all := append(faults, attributes...)
	x.add(d.line("%s: %s.", capital(packets(framesOf(m))), strings.Join(all[:min(len(all), maxFaults)], "; ")))
}

// payloadFaults parses a payload and reports its damage.
var payloadFaults = map[isakmp.PayloadType]func([]byte) error{
	isakmp.PayloadSA:         func(b []byte) error { _, err := isakmp.ParseSA(b); return err },
	isakmp.PayloadKE:         func(b []byte) error { _, err := isakmp.ParseKE(b); return err },
	isakmp.PayloadNonce:      func(b []byte) error { _, err := isakmp.ParseNonce(b); return err },
	isakmp.PayloadID:         func(b []byte) error { _, err := isakmp.ParseID(b); return err },
	isakmp.PayloadHash:       func(b []byte) error { _, err := isakmp.ParseHash(b); return err },
	isakmp.PayloadSignature:  func(b []byte) error { _, err := isakmp.ParseSignature(b); return err },
	isakmp.PayloadCert:       func(b []byte) error { _, err := isakmp.ParseCert(b); return err },
	isakmp.PayloadNotify:     func(b []byte) error { _, err := isakmp.ParseNotify(b); return err },
	isakmp.PayloadDelete:     func(b []byte) error { _, err := isakmp.ParseDelete(b); return err },
	isakmp.PayloadAttributes: func(b []byte) error { _, err := isakmp.ParseAttributes(b); return err },
	isakmp.PayloadNATD:       func(b []byte) error { _, err := isakmp.ParseNATD(b); return err },
	isakmp.PayloadNATOA:      func(b []byte) error { _, err := isakmp.ParseNATOA(b); return err },
}

// faultsOf lists the damage in a message that could be read.
func faultsOf(v *view, m *ikestate.Message) (faults, attributes []string) {
	if m.Problem != nil {
		faults = append(faults, plain(m.Problem))
	}
	for _, p := range m.Payloads {
		parse := payloadFaults[p.Type]
		if parse == nil {
			continue
		}
		if err := parse(p.Body); err != nil {
			faults = append(faults, plain(isakmp.Shift(err, p.Offset+4)))
		}
		if p.Type == isakmp.PayloadSA {
			attributes = append(attributes, attributeFaults(p)...)
		}
	}
	if m.Header.Exchange != isakmp.ExchangeQuick {
		faults = append(faults, publicFault(v, m)...)
	}
	return faults, attributes
}

// plain cuts the package's name off an error's text.
func plain(err error) string {
	return quoted(strings.TrimPrefix(err.Error(), "isakmp: "))
}

// attributeFaults lists impossible attributes of an SA payload.
func attributeFaults(p isakmp.Payload) (faults []string) {
	sa, _ := isakmp.ParseSA(p.Body)
	for _, prop := range sa.Proposals {
		for _, t := range prop.Transforms {
			problems := t.IPsec().Problems
			if prop.Protocol == isakmp.ProtocolISAKMP {
				problems = t.Phase1().Problems
			}
			for _, e := range problems {
				if len(faults) == maxFaults {
					return faults
				}
				faults = append(faults, plain(isakmp.Shift(e, p.Offset+4)))
			}
		}
	}
	return faults
}

// publicFault tells of a public value that no honest peer sends.
func publicFault(v *view, m *ikestate.Message) []string {
	p, ok := m.First(isakmp.PayloadKE)
	c := v.Phase1.Chosen
	if !ok || c == nil || !c.Group.Computable() || slices.Index(v.Phase1.Flights, m) < 0 {
		return nil
	}
	if err := c.Group.CheckPublic(p.Body); err != nil {
		return []string{strings.TrimPrefix(err.Error(), "suite: ")}
	}
	return nil
}

// malformedPackets tells of packets whose IKE header could not be read.
func (x *examiner) malformedPackets() {
	var n int64
	for _, m := range x.Decode.Malformed {
		if m.Layer == "isakmp" && !errors.Is(m.Err, decode.ErrTruncated) {
			n += int64(min(m.Count, 1<<40))
		}
	}
	if n > 0 {
		x.add(about(MalformedMessage, Proved, "", peers{}).
			says("%s on the ports of IKE could not be read as IKE messages", many(n, "packet")).
			line("Their headers are too short."))
	}
}
