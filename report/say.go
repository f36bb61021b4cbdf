package report

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// say summarises what a message says, payload by payload.
func (p *page) say(c *ikestate.Conversation, m *ikestate.Message) string {
	if m.Encrypted() && !m.Decrypted {
		return p.closed(m)
	}
	var parts []string
	if !isPhase1(m) && m.Header.Major == 1 && !m.Encrypted() {
		parts = append(parts, exchangeName(m.Header.Exchange)+", not encrypted")
	}
	for _, pl := range m.Payloads {
		parts = append(parts, p.payload(c, m, pl))
	}
	parts = append(parts, p.natd(c, m), p.vendors(m), p.hash(c, m))
	parts = append(parts, p.damage(m))
	if m.HealedOctets > 0 {
		parts = append(parts, fmt.Sprintf("first %d octets rebuilt", m.HealedOctets))
	}
	return joinParts(parts, "; ")
}

// damage says what is wrong with a message, or with the capture of it.
func (p *page) damage(m *ikestate.Message) string {
	switch {
	case m.Missing > 0:
		return p.caution() + " " + many(int64(m.Missing), "octet") + " not captured"
	case m.Problem != nil:
		return p.wrong() + " " + p.text(m.Problem.Error())
	default:
		return ""
	}
}

// payload summarises one payload. What is told once for the whole message (vendor
// IDs, NAT-D, the hash) is empty here.
func (p *page) payload(c *ikestate.Conversation, m *ikestate.Message, pl isakmp.Payload) string {
	switch pl.Type {
	case isakmp.PayloadVendor, isakmp.PayloadHash, isakmp.PayloadSignature, isakmp.PayloadVendor2,
		isakmp.PayloadNATD, isakmp.PayloadNATDDraft, isakmp.PayloadNATDDraft4:
		return ""
	case isakmp.PayloadSA:
		return p.offer(c, m, pl)
	case isakmp.PayloadKE:
		return glued(fmt.Sprintf("%s %d octets", publicName(m), len(pl.Body)))
	case isakmp.PayloadNonce:
		return glued(fmt.Sprintf("nonce %d", len(pl.Body)))
	case isakmp.PayloadID:
		return p.id(m, pl)
	case isakmp.PayloadCert:
		return "certificate " + p.certificate(pl)
	case isakmp.PayloadCertRequest:
		_, of, _ := strings.Cut(pl.Summary(), ", ")
		return "asks for a certificate of " + p.text(of)
	case isakmp.PayloadNotify:
		return p.notify(pl)
	case isakmp.PayloadDelete:
		return p.deletion(pl)
	case isakmp.PayloadAttributes:
		return p.attributes(pl)
	case isakmp.PayloadFragment:
		return "fragment of a message: " + pl.Summary()
	}
	return strings.ToUpper(pl.Type.String()) + " " + p.text(pl.Summary())
}

// deletion says what a Delete payload ends.
func (p *page) deletion(pl isakmp.Payload) string {
	d, err := isakmp.ParseDelete(pl.Body)
	if err != nil {
		return "delete " + p.text(pl.Summary())
	}
	return "delete " + p.deleted(ikestate.Delete{Delete: d})
}

// publicName is what RFC 2409 calls the KE payload of a message.
func publicName(m *ikestate.Message) string {
	if m.Header.Exchange == isakmp.ExchangeQuick {
		return "PFS g^x"
	}
	if m.FromInitiator {
		return "g^xi"
	}
	return "g^xr"
}

// id writes an identity of phase 1; the selectors of a Quick Mode are written
// together, once.
func (p *page) id(m *ikestate.Message, pl isakmp.Payload) string {
	if m.Header.Exchange == isakmp.ExchangeQuick {
		return ""
	}
	id, err := isakmp.ParseID(pl.Body)
	if err != nil {
		return "ID " + p.text(err.Error())
	}
	return "ID " + p.idText(&id)
}

// idText writes an identity, with its type where the text does not show it.
func (p *page) idText(id *isakmp.ID) string {
	switch text := p.text(identity(id)); id.Type {
	case isakmp.IDIPv4, isakmp.IDIPv6, isakmp.IDIPv4Subnet, isakmp.IDIPv6Subnet:
		return text
	default:
		return id.Type.String() + " " + text
	}
}

func (p *page) certificate(pl isakmp.Payload) string {
	c, err := isakmp.ParseCert(pl.Body)
	if err == nil {
		if x, err := c.X509(); err == nil {
			if name, ok := isakmp.DistinguishedName(x.RawSubject); ok {
				return p.text(name)
			}
		}
	}
	return p.text(pl.Summary())
}

func (p *page) notify(pl isakmp.Payload) string {
	n, err := isakmp.ParseNotify(pl.Body)
	s := p.text(pl.Summary())
	switch {
	case err != nil:
		return s
	case n.Type.IsError():
		return p.paint(red, n.Type.String()) + strings.TrimPrefix(s, n.Type.String())
	case n.Type == isakmp.NotifyResponderLifetime:
		if ls, err := n.Lifetimes(); err == nil {
			for _, l := range ls {
				s += fmt.Sprintf(", %s %s", count(int64(l.Duration)), l.Type)
			}
		}
	}
	return s
}

// hash writes the proof in a message with the outcome of its check.
func (p *page) hash(c *ikestate.Conversation, m *ikestate.Message) string {
	side := "R"
	if m.FromInitiator {
		side = "I"
	}
	if _, ok := m.First(isakmp.PayloadSignature); ok {
		return p.proof("SIG_"+side, m.Verified)
	}
	if _, ok := m.First(isakmp.PayloadHash); !ok {
		return ""
	}
	switch {
	case isPhase1(m):
		return p.proof("HASH_"+side, m.Verified)
	case m.Header.Exchange == isakmp.ExchangeQuick && m.Position > 0:
		return p.proof(fmt.Sprintf("HASH(%d)", m.Position), m.Verified)
	default:
		return p.proof("HASH(1)", m.Verified)
	}
}

// vendors sums up the vendor IDs of a message: products first, then what the
// sender can do, then how many are unknown.
func (p *page) vendors(m *ikestate.Message) string {
	var products, extensions []string
	natt, unknown := []string{}, int64(0)
	for _, pl := range m.Payloads {
		if pl.Type != isakmp.PayloadVendor && pl.Type != isakmp.PayloadVendor2 {
			continue
		}
		v, ok := isakmp.LookupVendor(pl.Body)
		name := p.text(v.String())
		switch {
		case !ok:
			unknown++
		case v.Kind == isakmp.VendorProduct:
			products = appendNew(products, name)
		case strings.HasPrefix(name, "NAT-T ("):
			natt = appendNew(natt, nattVersion(name))
		default:
			extensions = appendNew(extensions, shortVendor(name))
		}
	}
	if len(natt) > 0 {
		extensions = append(extensions, "NAT-T ("+strings.Join(natt, ", ")+")")
	}
	if unknown > 0 {
		extensions = append(extensions, many(unknown, "unknown vendor ID"))
	}
	return joinParts([]string{strings.Join(products, ", "), strings.Join(extensions, ", ")}, "; ")
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// nattVersion shortens the name of a NAT-T vendor ID to its version.
func nattVersion(name string) string {
	s := strings.TrimSuffix(strings.TrimPrefix(name, "NAT-T ("), ")")
	s = strings.TrimSuffix(s, ", with line feed")
	if rest, ok := strings.CutPrefix(s, "draft-ietf-ipsec-nat-t-ike-"); ok {
		return "draft " + rest
	}
	return s
}

// shortVendor leaves out what only matters in the tree of fields.
func shortVendor(name string) string {
	if strings.HasPrefix(name, "IKE fragmentation") {
		return "fragmentation"
	}
	if strings.HasPrefix(name, "DPD ") {
		return "DPD"
	}
	return name
}

// milestone marks the messages that complete something.
func (p *page) milestone(c *ikestate.Conversation, m *ikestate.Message) string {
	var done []string
	ph := c.Phase1
	if ph != nil && len(ph.Flights) > 0 && m == ph.Flights[len(ph.Flights)-1] && ph.State == ikestate.Established {
		if c.IKEv2 != nil {
			done = append(done, "IKE SA up")
		} else {
			done = append(done, "ISAKMP SA up")
		}
	}
	for _, x := range c.Exchanges {
		if q := x.Quick; q != nil && len(q.SAs) > 0 && q.SAs[0].Made == m {
			done = append(done, many(distinct(q.SAs), "IPsec SA")+" up")
		}
	}
	for i := range done {
		done[i] = p.paint(bold, glued(done[i]))
	}
	return strings.Join(done, ", ")
}

// distinct counts SAs; a responder may list one in several proposals.
func distinct(sas []*ikestate.IPsecSA) int64 {
	seen := map[saIdentity]bool{}
	for _, s := range sas {
		seen[identityOf(s)] = true
	}
	return int64(len(seen))
}
