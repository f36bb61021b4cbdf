package isakmp

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
)

// checkError: an error is an *Error that lies within the octets and has a kind.
func checkError(t *testing.T, err error, first, last int) {
	t.Helper()
	if err == nil {
		return
	}
	var e *Error
	if !errors.As(err, &e) || e.Layer == "" || e.Field == "" || e.Offset < first || e.Offset > last {
		t.Fatalf("error %#v outside %d to %d", err, first, last)
	}
	for _, kind := range []error{
		ErrTruncated, ErrLength, ErrCount, ErrLimit, ErrTrailing, ErrVersion, ErrNext, ErrValue, ErrConflict, ErrUnsupported,
	} {
		if errors.Is(err, kind) {
			return
		}
	}
	t.Fatalf("error %v of no kind", err)
}

// checkTree: every node lies within the message, and the tree can be written as JSON.
func checkTree(t *testing.T, n Node, first, last int) {
	t.Helper()
	if n.Name == "" || n.Offset < first || n.Offset+n.Length > last {
		t.Fatalf("node %v at %d+%d outside %d to %d", n, n.Offset, n.Length, first, last)
	}
	for _, k := range n.Children {
		checkTree(t, k, first, last)
	}
}

// FuzzMessage reads whole messages. What is read without an error is written the same.
func FuzzMessage(f *testing.F) {
	for _, m := range recordedMessages(f) {
		f.Add(m.raw)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMessage(b)
		checkError(t, err, 0, len(b))
		if len(m.Payloads) > MaxPayloads {
			t.Fatalf("%d payloads", len(m.Payloads))
		}
		if len(b) >= HeaderLen {
			checkTree(t, messageTree(m), 0, len(b))
		}
		clear := m.Major == 2 || m.Flags&FlagEncryption == 0
		if again := AppendMessage(nil, m.Header, m.Payloads); err == nil && clear && !bytes.Equal(again, b) {
			t.Fatalf("written again:\n%x, want\n%x", again, b)
		}
	})
}

// FuzzPayloads reads decrypted payload chains, which nobody but the peer could have made.
func FuzzPayloads(f *testing.F) {
	for _, c := range plainChains(f) {
		f.Add(uint8(c.first), c.raw)
	}
	f.Fuzz(func(t *testing.T, first uint8, b []byte) {
		ps, rest, err := ParsePayloads(PayloadType(first), b, HeaderLen)
		checkError(t, err, HeaderLen, HeaderLen+len(b))
		read := 0
		for _, p := range ps {
			if p.Offset != HeaderLen+read || len(p.Raw) < payloadHeaderLen {
				t.Fatalf("payload at %d, want %d", p.Offset, HeaderLen+read)
			}
			read += len(p.Raw)
			checkError(t, parseBody(p.Type, p.Body), 0, len(p.Body))
			checkTree(t, p.Tree(TreeContext{}), p.Offset, p.Offset+len(p.Raw))
		}
		if read+len(rest) != len(b) || !bytes.Equal(rest, b[read:]) {
			t.Fatalf("%d octets read, %d left of %d", read, len(rest), len(b))
		}
	})
}

// FuzzSA reads SA payloads and the attributes of their transforms both ways.
func FuzzSA(f *testing.F) {
	for _, p := range allRecordedPayloads(f) {
		if p.Type == PayloadSA {
			f.Add(p.Body)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		sa, err := ParseSA(b)
		checkError(t, err, 0, len(b))
		transforms, end := 0, 0
		for _, p := range sa.Proposals {
			if p.Offset < end || !bytes.Equal(p.Raw, b[p.Offset:p.Offset+len(p.Raw)]) {
				t.Fatalf("proposal at %d, the last ended at %d", p.Offset, end)
			}
			end = p.Offset + len(p.Raw)
			transforms += len(p.Transforms)
			for _, tr := range p.Transforms {
				for _, e := range append(tr.Phase1().Problems, tr.IPsec().Problems...) {
					checkError(t, e, tr.Offset, tr.Offset+len(tr.Raw))
				}
			}
		}
		if len(sa.Proposals) > MaxProposals || transforms > MaxTransforms {
			t.Fatalf("%d proposals, %d transforms", len(sa.Proposals), transforms)
		}
	})
}

// FuzzTree shows a payload of any type.
func FuzzTree(f *testing.F) {
	for _, p := range allRecordedPayloads(f) {
		f.Add(uint8(p.Type), p.Body)
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		if len(body) > 0xffff-payloadHeaderLen {
			return
		}
		p := Payload{Type: PayloadType(kind), Offset: 1000, Raw: AppendPayload(nil, PayloadNone, body), Body: body}
		tree := p.Tree(TreeContext{MaxHex: 16})
		checkTree(t, tree, 1000, 1000+len(p.Raw))
		if _, err := json.Marshal(tree); err != nil {
			t.Fatal(err)
		}
		if tree.Value != p.Summary() {
			t.Fatal("summary differs")
		}
	})
}
