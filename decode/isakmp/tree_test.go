package isakmp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ikescope/bench/cputime"
)

// child follows names down a tree.
func child(t testing.TB, n Node, path ...string) Node {
	t.Helper()
next:
	for _, name := range path {
		for _, k := range n.Children {
			if k.Name == name {
				n = k
				continue next
			}
		}
		t.Fatalf("%s has no %s", n.Name, name)
	}
	return n
}

// messageTree is the header and the payloads of a message under one node.
func messageTree(m Message) Node {
	n := Node{Name: "message", Value: m.Exchange.String(), Length: len(m.Raw), Children: []Node{m.Header.Tree()}}
	for _, p := range m.Payloads {
		n.Children = append(n.Children, p.Tree(TreeContext{}))
	}
	return n
}

// render writes a tree, a line for each node: offset, length, name and value.
func render(n Node) string {
	var b strings.Builder
	var walk func(n Node, depth int)
	walk = func(n Node, depth int) {
		fmt.Fprintf(&b, "%3d %3d %s%s: %s\n", n.Offset, n.Length, strings.Repeat("  ", depth), n.Name, n.Shown())
		for _, k := range n.Children {
			walk(k, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

// TestMessageTree: a message of Main Mode written by hand, with every field's place.
func TestMessageTree(t *testing.T) {
	b := unhex(t,
		"73cc11d2349a360d 0000000000000000 01 10 02 00 00000000 00000078", // header, 120 octets
		"0d 00 0038 00000001 00000001",                                    // SA, 56 octets
		"00 00 002c 01 01 00 01",                                          // proposal, ISAKMP
		"00 00 0024 01 01 0000",                                           // transform, KEY_IKE
		"8001 0007 800e 0080 8002 0004 8004 000e 8003 fde9 800b 0001 800c 7080",
		"0d 01 0014 afcad71368a1f1c96b8696fc77570100", // vendor ID, reserved octet not zero
		"00 00 0010 414243444546474849 4a4b4c",        // vendor ID
	)
	m, err := ParseMessage(b)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
  0 120 message: main
  0  28   header: main
  0   8     initiator cookie: 73cc11d2349a360d
  8   8     responder cookie: 0000000000000000
 16   1     next payload: sa (1)
 17   1     version: 1.0
 18   1     exchange: main (2)
 19   1     flags: none (0)
 20   4     message id: 00000000
 24   4     length: 120
 28  56   sa: 1 proposal, 1 transform
 28   1     next payload: vendor (13)
 30   2     length: 56
 32   4     doi: ipsec (1)
 36   4     situation: identity-only (1)
 40  44     proposal: 1 isakmp
 44   1       number: 1
 45   1       protocol: isakmp (1)
 46   1       spi size: 0
 47   1       transform count: 1
 48  36       transform: 1 key-ike
 52   1         number: 1
 53   1         id: key-ike (1)
 56   4         encryption: aes-cbc (7)
 60   4         key length: 128
 64   4         hash: sha2-256 (4)
 68   4         group: modp2048 (14)
 72   4         authentication method: xauth-init-psk (65001)
 76   4         life type: seconds (1)
 80   4         life duration: 28800
 84  20   vendor: DPD 1.0
 84   1     next payload: vendor (13)
 85   1     reserved: 1
 86   2     length: 20
 88  16     vendor id: afcad71368a1f1c96b8696fc77570100
 88  16     extension: DPD 1.0
104  16   vendor: "ABCDEFGHIJKL"
104   1     next payload: none (0)
106   2     length: 16
108  12     vendor id: 4142434445464748494a4b4c
`, "\n")
	if diff := cmp.Diff(want, render(messageTree(m))); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
}

// TestPayloadTrees: one payload of each kind.
func TestPayloadTrees(t *testing.T) {
	for _, tt := range []struct {
		t    PayloadType
		body string
		want string
	}{
		{PayloadKE, "0102030405", "5 octets|public value=01020304... (5 octets)"},
		{PayloadNonce, "0102030405060708", "8 octets|nonce=01020304... (8 octets)"},
		{PayloadNonce, "01", "1 octet|nonce=01|problem=nonce: data: impossible length: 1 octets, allowed are 8 to 256"},
		{PayloadHash, "", "0 octets|problem=hash: data: impossible length: empty"},
		{PayloadSignature, "aabb", "2 octets|signature=aabb"},
		{PayloadID, "01 11 01f4 c0000201", "ipv4 192.0.2.1 protocol 17 port 500|type=ipv4 (1)|protocol=17|port=500|data=192.0.2.1"},
		{PayloadID, "01 00 0000 c0", "ipv4 c0|type=ipv4 (1)|protocol=0|port=0|data=c0|problem=id: data: impossible length: 1 octets, ipv4 has 4"},
		{PayloadID, "01 00", "ipv4 |type=ipv4 (1)|protocol=0|problem=id: port: cut short: needs 2 octets, 0 are left"},
		{PayloadCert, "07 aabb", "crl, 2 octets|encoding=crl (7)|data=aabb"},
		{PayloadCertRequest, "04 30", "x509-signature, 1 octet|encoding=x509-signature (4)|authority=30"},
		{PayloadNotify, "00000001 01 00 000e", "NO-PROPOSAL-CHOSEN|doi=ipsec (1)|protocol=isakmp (1)|spi size=0|type=NO-PROPOSAL-CHOSEN (14)"},
		{PayloadNotify, "00000001 03 04 0012 c7a8cc9e 626164", "INVALID-ID-INFORMATION esp 0xc7a8cc9e|doi=ipsec (1)|protocol=esp (3)|spi size=4|type=INVALID-ID-INFORMATION (18)|spi=0xc7a8cc9e|data=bad"},
		{PayloadNotify, "00000001 03 04 0012 00000000", "INVALID-ID-INFORMATION|doi=ipsec (1)|protocol=esp (3)|spi size=4|type=INVALID-ID-INFORMATION (18)|spi=0x00000000"},
		{PayloadNotify, "00000001 01 00 8d29 00000007", "R-U-THERE-ACK 7|doi=ipsec (1)|protocol=isakmp (1)|spi size=0|type=R-U-THERE-ACK (36137)|sequence=7"},
		{PayloadNotify, "00000001 03 00 6001 00000001", "REPLAY-STATUS|doi=ipsec (1)|protocol=esp (3)|spi size=0|type=REPLAY-STATUS (24577)|replay detection=on (1)"},
		{PayloadNotify, "00000001 01 00 9e35 c0000209", "UNITY-LOAD-BALANCE|doi=ipsec (1)|protocol=isakmp (1)|spi size=0|type=UNITY-LOAD-BALANCE (40501)|gateway=192.0.2.9"},
		{PayloadNotify, "00000001 03 00 6000 80010001 80020e10 01", "RESPONDER-LIFETIME|doi=ipsec (1)|protocol=esp (3)|spi size=0|type=RESPONDER-LIFETIME (24576)|life type=seconds (1)|life duration=3600|problem=attribute: header: cut short: needs 4 octets, 1 are left"},
		{PayloadDelete, "00000001 03 04 0002 c7a8cc9e c9032330", "esp 0xc7a8cc9e, 0xc9032330|doi=ipsec (1)|protocol=esp (3)|spi size=4|spi count=2|spi=0xc7a8cc9e|spi=0xc9032330"},
		{PayloadDelete, "00000001 01 10 0001 73cc11d2349a360d d97b5c488f49300c", "isakmp 73cc11d2349a360d:d97b5c488f49300c|doi=ipsec (1)|protocol=isakmp (1)|spi size=16|spi count=1|spi=73cc11d2349a360d:d97b5c488f49300c"},
		{PayloadNATD, "aabb", "2 octets|hash=aabb"},
		{PayloadNATDDraft, "aabb", "2 octets|hash=aabb"},
		{PayloadNATOA, "01 000000 0a010203", "10.1.2.3|id type=ipv4 (1)|address=10.1.2.3"},
		{PayloadNATOADraft4, "01 000000 0a", "0a|id type=ipv4 (1)|address=0a|problem=nat-oa: address: impossible length: 1 octets for ipv4"},
		{PayloadFragment, "0001 02 01 aabb", "message 1, fragment 2 (last), 2 octets|id=1|number=2|flags=last (1)|data=aabb"},
		{PayloadAttributes, "01 00 0001 c0880000", "request 1: XAUTH-TYPE|type=request (1)|identifier=1|XAUTH-TYPE=generic (0)"},
		{PayloadSA, "00000007 aabb", "0 proposals, 0 transforms|doi=7|data=aabb|problem=sa: doi: not supported: 7"},
		{PayloadSA, "00000001 00000002 00000000", "0 proposals, 0 transforms|doi=ipsec (1)|situation=secrecy (2)|labels=00000000|problem=sa: secrecy level length: cut short: needs 2 octets, 0 are left"},
		{PayloadProposal, "aabb", "2 octets|data=aabb"},
		{PayloadAuth, "aabb", "2 octets|data=aabb"},
		{PayloadType(222), "", "0 octets"},
	} {
		p := Payload{Type: tt.t, Body: unhex(t, tt.body)}
		p.Raw = AppendPayload(nil, 0, p.Body)
		tree := p.Tree(TreeContext{MaxHex: 4})
		got := []string{tree.Value}
		for _, k := range tree.Children[2:] { // behind next payload and length
			got = append(got, k.Name+"="+k.Value)
		}
		if line := strings.Join(got, "|"); line != tt.want {
			t.Errorf("%s %s:\n%s, want\n%s", tt.t, tt.body, line, tt.want)
		}
		if tree.Name != tt.t.String() || tree.Value != p.Summary() {
			t.Errorf("%s: node %s, summary %q", tt.t, tree.Name, p.Summary())
		}
	}
}

// TestTreeProblems: what is wrong with an attribute stands in its transform.
func TestTreeProblems(t *testing.T) {
	body := saBody(proposal(2, 1, 1, nil, 1, transform(0, 1, 1, unhex(t, "80010005 80010007"))),
		proposal(2, 1, 3, nil, 1, transform(0, 1, 12, unhex(t, "80060007"))),
		proposal(0, 1, 77, nil, 1, transform(0, 1, 9, unhex(t, "80060007"))))
	tree := Payload{Type: PayloadSA, Offset: 100, Raw: part(0, body), Body: body}.Tree(TreeContext{})
	first := child(t, tree, "proposal", "transform", "problem")
	if first.Offset != 132 || !strings.Contains(first.Value, "encryption: given twice with different values") {
		t.Errorf("%+v %s", first, first.Value)
	}
	if got := render(tree); strings.Count(got, "problem") != 2 || !strings.Contains(got, "proposal: 1 77") || !strings.Contains(got, "id: 9\n") {
		t.Errorf("tree:\n%s", got)
	}
}

func TestNodeJSON(t *testing.T) {
	n := Node{Name: "a", Value: "1", Offset: 2, Length: 3, Children: []Node{{Name: "b", Value: "x", Secret: true}}}
	b, err := json.Marshal(n)
	want := `{"name":"a","value":"1","offset":2,"length":3,"children":[{"name":"b","value":"(secret)","offset":0,"length":0}]}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
}

// TestTreeTime: floods of the size of a datagram are shown in time.
func TestTreeTime(t *testing.T) {
	attributes := append(unhex(t, "01 00 0000"), bytes.Repeat(unhex(t, "0001 0000"), 16000)...)
	deletes := append(unhex(t, "00000001 03 04 3e80"), make([]byte, 64000)...)
	payloads := AppendHeader(nil, Header{Major: 1, NextPayload: PayloadVendor, Length: 65535})
	payloads = append(payloads, bytes.Repeat(unhex(t, "0d000004"), 16300)...)
	sameAttributes := saBody(proposal(0, 1, 1, nil, 1, transform(0, 1, 1, bytes.Repeat(unhex(t, "80010001"), 16000))))
	start := cputime.Used()
	for _, p := range []Payload{
		{Type: PayloadSA, Body: manyProposals(1, 8000)},
		{Type: PayloadSA, Body: manyProposals(4000, 1)},
		{Type: PayloadSA, Body: sameAttributes},
		{Type: PayloadAttributes, Body: attributes},
		{Type: PayloadDelete, Body: deletes},
		{Type: PayloadID, Body: append(unhex(t, "02 00 0000"), bytes.Repeat([]byte("a"), 60000)...)},
		{Type: PayloadVendor, Body: bytes.Repeat([]byte("OE"), 30000)},
	} {
		p.Tree(TreeContext{})
	}
	m, _ := ParseMessage(payloads)
	messageTree(m)
	if d := cputime.Used() - start; d > time.Minute {
		t.Errorf("%s", d)
	}
}
