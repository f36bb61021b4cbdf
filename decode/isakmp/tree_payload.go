package isakmp

import "time"

func idSummary(body []byte) string {
	id, _ := ParseID(body)
	s := id.Type.String() + " " + id.String()
	if id.Protocol != 0 || id.Port != 0 {
		s += " protocol " + decimal(id.Protocol) + " port " + decimal(id.Port)
	}
	return s
}

func idTree(b *branch, body []byte) error {
	id, err := ParseID(body)
	b.add("type", named(id.Type), 0, 1)
	b.add("protocol", decimal(id.Protocol), 1, 1)
	b.add("port", decimal(id.Port), 2, 2)
	if len(id.Data) > 0 {
		text, ok := id.Text()
		if !ok {
			text = b.ctx.hex(id.Data)
		}
		b.add("data", text, payloadHeaderLen, len(id.Data))
	}
	return err
}

func certSummary(body []byte) string {
	c, _ := ParseCert(body)
	return c.Encoding.String() + ", " + size(c.Data)
}

func certTree(b *branch, body []byte) error {
	c, err := ParseCert(body)
	b.add("encoding", named(c.Encoding), 0, 1)
	b.octets("data", c.Data, 1)
	if c.Encoding != CertX509Signature && c.Encoding != CertX509KeyExchange || err != nil {
		return err
	}
	x, err := c.X509()
	if err != nil {
		return err
	}
	subject, _ := DistinguishedName(x.RawSubject)
	issuer, _ := DistinguishedName(x.RawIssuer)
	b.part("certificate", subject, 1, len(c.Data), func(b *branch) {
		b.add("subject", subject, 1, len(c.Data))
		b.add("issuer", issuer, 1, len(c.Data))
		b.add("serial", x.SerialNumber.Text(16), 1, len(c.Data))
		b.add("not before", x.NotBefore.UTC().Format(time.RFC3339), 1, len(c.Data))
		b.add("not after", x.NotAfter.UTC().Format(time.RFC3339), 1, len(c.Data))
	})
	return nil
}

func certRequestSummary(body []byte) string {
	c, _ := ParseCertRequest(body)
	name, ok := DistinguishedName(c.Authority)
	switch {
	case len(c.Authority) == 0:
		name = "any authority"
	case !ok:
		name = size(c.Authority)
	}
	return c.Encoding.String() + ", " + name
}

func certRequestTree(b *branch, body []byte) error {
	c, err := ParseCertRequest(body)
	b.add("encoding", named(c.Encoding), 0, 1)
	if name, ok := DistinguishedName(c.Authority); ok {
		b.add("authority", name, 1, len(c.Authority))
	} else {
		b.octets("authority", c.Authority, 1)
	}
	return err
}

func nonceTree(b *branch, body []byte) error {
	_, err := ParseNonce(body)
	b.octets("nonce", body, 0)
	return err
}

func vendorSummary(body []byte) string {
	name, _ := VendorName(body)
	return name
}

func vendorTree(b *branch, body []byte) error {
	_, err := ParseVendorID(body)
	b.octets("vendor id", body, 0)
	if v, ok := LookupVendor(body); ok {
		b.add(v.Kind.String(), v.String(), 0, len(body))
	}
	return err
}

func natoaSummary(body []byte) string {
	oa, _ := ParseNATOA(body)
	return ID{Type: oa.Type, Data: oa.Data}.String()
}

func natoaTree(b *branch, body []byte) error {
	oa, err := ParseNATOA(body)
	b.add("id type", named(oa.Type), 0, 1)
	if oa.Addr.IsValid() {
		b.add("address", oa.Addr.String(), payloadHeaderLen, len(oa.Data))
	} else {
		b.octets("address", oa.Data, payloadHeaderLen)
	}
	return err
}

func fragmentSummary(body []byte) string {
	f, _ := ParseFragment(body)
	s := "message " + decimal(f.ID) + ", fragment " + decimal(f.Number)
	if f.Last() {
		s += " (last)"
	}
	return s + ", " + size(f.Data)
}

func fragmentTree(b *branch, body []byte) error {
	f, err := ParseFragment(body)
	b.add("id", decimal(f.ID), 0, 2)
	b.add("number", decimal(f.Number), 2, 1)
	b.add("flags", withNumber(names[uint8]{0: "more follow", 1: "last"}.of(f.Flags), uint64(f.Flags)), 3, 1)
	b.octets("data", f.Data, payloadHeaderLen)
	return err
}
