package isakmp

import (
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func TestParseID(t *testing.T) {
	b := unhex(t, "04 11 01f4 0a010000 ffffff00") // IPv4 subnet, UDP, port 500
	id, err := ParseID(b)
	if err != nil || id.Type != IDIPv4Subnet || id.Protocol != 17 || id.Port != 500 || id.String() != "10.1.0.0/24" {
		t.Errorf("%+v %s, %v", id, id, err)
	}
	for n := range b {
		_, err := ParseID(b[:n])
		if want := map[bool]error{true: ErrTruncated, false: ErrLength}[n < 4]; !errors.Is(err, want) {
			t.Errorf("cut to %d octets: %v", n, err)
		}
	}
}

func TestIDText(t *testing.T) {
	for _, tt := range []struct {
		t    IDType
		data string
		want string
		text bool
	}{
		{IDIPv4, "c0000201", "192.0.2.1", true},
		{IDIPv4, "c00002", "c00002", false},
		{IDIPv4, "c000020100", "c000020100", false},
		{IDIPv6, "20010db8000000000000000000000001", "2001:db8::1", true},
		{IDIPv4Subnet, "0a010000 ffffff00", "10.1.0.0/24", true},
		{IDIPv4Subnet, "0a010203 ffffffff", "10.1.2.3/32", true},
		{IDIPv4Subnet, "00000000 00000000", "0.0.0.0/0", true},
		{IDIPv4Subnet, "0a010005 fffffe00", "10.1.0.5/23", true},
		{IDIPv4Subnet, "0a010000 ff00ff00", "10.1.0.0/255.0.255.0", true},
		{IDIPv4Subnet, "0a010000 00ffffff", "10.1.0.0/0.255.255.255", true},
		{IDIPv4Subnet, "0a010000 ff810000", "10.1.0.0/255.129.0.0", true},
		{IDIPv4Subnet, "0a010000", "0a010000", false},
		{IDIPv6Subnet, "fd010000000000000000000000000000 ffffffffffffffff0000000000000000", "fd01::/64", true},
		{IDIPv6Subnet, "fd010000000000000000000000000000 ffff00ff000000000000000000000000", "fd01::/ffff:ff::", true},
		{IDIPv4Range, "0a010001 0a010009", "10.1.0.1-10.1.0.9", true},
		{IDIPv4Range, "0a010001", "0a010001", false}, // half a range
		{IDIPv6Range, "fd010000000000000000000000000001 fd01000000000000000000000000ffff", "fd01::1-fd01::ffff", true},
		{IDFQDN, hex.EncodeToString([]byte("gw.example.org")), "gw.example.org", true},
		{IDFQDN, hex.EncodeToString([]byte("gw\x1b[31m")), "gw\x1b[31m", true}, // escaping is the renderer's
		{IDFQDN, "67ff", "67ff", false},
		{IDUserFQDN, hex.EncodeToString([]byte("alice@example.org")), "alice@example.org", true},
		{IDKeyID, hex.EncodeToString([]byte("vpn group")), "vpn group", true},
		{IDKeyID, hex.EncodeToString([]byte("Grüße")), "Grüße", true},
		{IDKeyID, "0102030a", "0102030a", false},
		{IDKeyID, "e280ae61", "e280ae61", false}, // a right-to-left override is not printable
		{IDKeyID, "", "", false},
		{IDDERASN1DN, "3000", "", true},
		{IDDERASN1DN, "3080", "3080", false},
		{IDDERASN1GN, "8202" + "6777", "dns:gw", true},
		{IDDERASN1GN, "8104" + "61406267", "email:a@bg", true},
		{IDDERASN1GN, "8605" + "613a2f2f62", "uri:a://b", true},
		{IDDERASN1GN, "8704" + "c0000201", "ip:192.0.2.1", true},
		{IDDERASN1GN, "8703" + "c00002", "8703c00002", false},
		{IDDERASN1GN, "a402" + "3000", "dirname:", true},
		{IDDERASN1GN, "820267", "820267", false},
		{IDDERASN1GN, "8902" + "6777", "89026777", false},
		{IDDERASN1GN, "0c02" + "6777", "0c026777", false},
		{IDList, "01000000", "01000000", false},
		{IDType(200), "c0000201", "c0000201", false},
	} {
		id := ID{Type: tt.t, Data: unhex(t, tt.data)}
		if got, text := id.Text(); got != tt.want || text != tt.text {
			t.Errorf("%s %s: %q, %v, want %q, %v", tt.t, tt.data, got, text, tt.want, tt.text)
		}
		if got := id.String(); got != tt.want {
			t.Errorf("%s %s: String %q", tt.t, tt.data, got)
		}
	}
}

func TestIDPrefixRange(t *testing.T) {
	for _, tt := range []struct {
		t      IDType
		data   string
		prefix string
	}{
		{IDIPv4, "c0000201", "192.0.2.1/32"},
		{IDIPv6, "20010db8000000000000000000000001", "2001:db8::1/128"},
		{IDIPv4Subnet, "0a010005 ffff0000", "10.1.0.5/16"},
		{IDIPv4Subnet, "0a010005 ff00ff00", ""},
		{IDIPv4Subnet, "0a010005 ffff00", ""},
		{IDIPv4Range, "0a010001 0a010009", ""},
		{IDFQDN, "61626364", ""},
	} {
		id := ID{Type: tt.t, Data: unhex(t, tt.data)}
		p, ok := id.Prefix()
		if ok != (tt.prefix != "") || ok && p != netip.MustParsePrefix(tt.prefix) {
			t.Errorf("%s %s: prefix %s, %v", tt.t, tt.data, p, ok)
		}
		first, last, ok := id.Range()
		if ok != (tt.t == IDIPv4Range) || ok && (first.String() != "10.1.0.1" || last.String() != "10.1.0.9") {
			t.Errorf("%s %s: range %s, %s, %v", tt.t, tt.data, first, last, ok)
		}
	}
}

// attributeValue is one type and value of a distinguished name.
type typeAndValue struct {
	Type  asn1.ObjectIdentifier
	Value any
}

// name encodes a distinguished name: a list of sets of types and values.
func name(t *testing.T, rdns ...[]typeAndValue) []byte {
	t.Helper()
	var sets []asn1.RawValue
	for _, rdn := range rdns {
		der, err := asn1.MarshalWithParams(rdn, "set")
		if err != nil {
			t.Fatal(err)
		}
		sets = append(sets, asn1.RawValue{FullBytes: der})
	}
	der, err := asn1.Marshal(sets)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// TestDistinguishedName: the examples of RFC 4514 section 4 that need no choice of the writer.
func TestDistinguishedName(t *testing.T) {
	var (
		cn    = asn1.ObjectIdentifier{2, 5, 4, 3}
		ou    = asn1.ObjectIdentifier{2, 5, 4, 11}
		uid   = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
		dc    = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}
		email = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
		other = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 1466, 0}
	)
	net, example := []typeAndValue{{dc, "net"}}, []typeAndValue{{dc, "example"}}
	for _, tt := range []struct {
		rdns [][]typeAndValue
		want string
	}{
		{nil, ""},
		{[][]typeAndValue{net, example, {{uid, "jsmith"}}}, "UID=jsmith,DC=example,DC=net"},
		{[][]typeAndValue{net, example, {{ou, "Sales"}, {cn, "J.  Smith"}}}, "OU=Sales+CN=J.  Smith,DC=example,DC=net"},
		{[][]typeAndValue{net, example, {{cn, `James "Jim" Smith, III`}}}, `CN=James \"Jim\" Smith\, III,DC=example,DC=net`},
		{[][]typeAndValue{{{other, []byte("Hi")}}}, "1.3.6.1.4.1.1466.0=#04024869"},
		{[][]typeAndValue{{{cn, "Lučić"}}}, "CN=Lučić"},
		{[][]typeAndValue{{{cn, " #a+b;c<d>e\\f "}}}, `CN=\ #a\+b\;c\<d\>e\\f\ `},
		{[][]typeAndValue{{{cn, "#a"}}}, `CN=\#a`},
		{[][]typeAndValue{{{cn, "a\x00b"}}}, `CN=a\00b`},
		{[][]typeAndValue{{{cn, 5}}}, "CN=#020105"},
		{[][]typeAndValue{{{email, "a@example.org"}}}, "emailAddress=a@example.org"},
	} {
		der := name(t, tt.rdns...)
		if got, ok := DistinguishedName(der); got != tt.want || !ok {
			t.Errorf("%q, %v, want %q", got, ok, tt.want)
		}
		for n := range der {
			if got, ok := DistinguishedName(der[:n]); ok {
				t.Errorf("%q cut to %d octets: %q", tt.want, n, got)
			}
		}
	}
	if got, ok := DistinguishedName(unhex(t, "3000 3000")); ok {
		t.Errorf("two names: %q", got)
	}
}

// TestDistinguishedNameHostile: 3,000 nested sequences, a length of 4 GiB, too large.
func TestDistinguishedNameHostile(t *testing.T) {
	nested := []byte{}
	for range 3000 {
		der, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: nested})
		if err != nil {
			t.Fatal(err)
		}
		nested = der
	}
	for name, der := range map[string][]byte{
		"nested":     nested,
		"4 GiB":      unhex(t, "3084ffffffff 3100"),
		"indefinite": unhex(t, "3080 0000"),
		"too large":  unhex(t, "308400010001"+strings.Repeat("00", MaxCertificate+1)),
	} {
		if got, ok := DistinguishedName(der); ok {
			t.Errorf("%s: %q", name, got)
		}
		if got, ok := generalName(der); ok {
			t.Errorf("%s as general name: %q", name, got)
		}
	}
}
