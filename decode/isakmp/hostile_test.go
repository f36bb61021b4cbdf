package isakmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
)

// clearMessage makes a message of version 1 with the given payload bodies, whole and sound
// but for what is in the bodies.
func clearMessage(bodies ...payloadBody) []byte {
	var ps []Payload
	for _, b := range bodies {
		ps = append(ps, Payload{Type: b.t, Body: b.body})
	}
	h := Header{CookieI: Cookie{1}, Major: 1, Exchange: ExchangeMain}
	return AppendMessage(nil, h, ps)
}

type payloadBody struct {
	t    PayloadType
	body []byte
}

// readAll reads a message as far as it goes, with every parser there is, and returns the
// first damage of the message, or of a payload with its offset in the message.
func readAll(b []byte) error {
	m, err := ParseMessage(b)
	messageTree(m)
	for _, p := range m.Payloads {
		if err == nil {
			err = Shift(parseBody(p.Type, p.Body), p.Offset+payloadHeaderLen)
		}
	}
	return err
}

// TestHostileMessages: whole messages that are damaged or doubtful in one place. Kind nil
// is for what is unusual and allowed.
func TestHostileMessages(t *testing.T) {
	nonce := payloadBody{PayloadNonce, make([]byte, 16)}
	tr := transform(0, 1, 1, unhex(t, "80010005"))
	sa := func(attributes ...string) payloadBody {
		return payloadBody{PayloadSA, saBody(proposal(0, 1, 1, nil, 1, transform(0, 1, 1, unhex(t, attributes...))))}
	}
	for _, tt := range []struct {
		name   string
		msg    []byte
		kind   error
		offset int
	}{
		// Payload and message lengths.
		{"nothing", nil, ErrTruncated, 0},
		{"sound", clearMessage(nonce, sa("80010005")), nil, 0},
		{"no payload", clearMessage(), nil, 0},
		{"payload length 0", setByte(clearMessage(nonce), 31, 0), ErrLength, 30},
		{"payload length 3", setByte(clearMessage(nonce), 31, 3), ErrLength, 30},
		{"payload length 65,535", setByte(setByte(clearMessage(nonce), 30, 0xff), 31, 0xff), ErrTruncated, 30},
		{"message length 4 GiB", setLength(clearMessage(nonce), 0xffffffff), ErrTruncated, 24},
		{"message length 2 GiB", setLength(clearMessage(nonce), 0x80000000), ErrTruncated, 24},
		{"next payload is itself", setByte(clearMessage(nonce), 28, 10), ErrTruncated, 48},

		// Versions, exchanges, payload types.
		{"version 0", setByte(clearMessage(nonce), 17, 0), ErrVersion, 17},
		{"version 3", setByte(clearMessage(nonce), 17, 0x30), ErrVersion, 17},
		{"version 15", setByte(clearMessage(nonce), 17, 0xff), ErrVersion, 17},
		{"IKEv2 payload", clearMessage(payloadBody{PayloadNonce2, make([]byte, 16)}), ErrVersion, 28},
		{"unknown exchange", setByte(clearMessage(nonce), 18, 99), nil, 0},
		{"unknown payload", clearMessage(payloadBody{200, []byte{1, 2, 3}}), nil, 0},
		{"proposal outside of an SA", clearMessage(payloadBody{PayloadProposal, make([]byte, 8)}), nil, 0},
		{"transform outside of an SA", clearMessage(payloadBody{PayloadTransform, nil}), nil, 0},

		// Security associations.
		{"no proposal", clearMessage(payloadBody{PayloadSA, saBody()}), ErrTruncated, 40},
		{"empty SA", clearMessage(payloadBody{PayloadSA, nil}), ErrTruncated, 32},
		{"64 proposals of 8 transforms", clearMessage(payloadBody{PayloadSA, manyProposals(64, 8)}), nil, 0},
		{"8,000 transforms", clearMessage(payloadBody{PayloadSA, manyProposals(1, 8000)}), ErrLimit, 32 + 16 + 8*MaxTransforms},
		{"transform count lies", clearMessage(payloadBody{PayloadSA, saBody(proposal(0, 1, 1, nil, 9, tr))}), ErrCount, 47},
		{"SPI size lies", clearMessage(payloadBody{PayloadSA, setByte(saBody(proposal(0, 1, 1, nil, 1, tr)), 14, 200)}), ErrTruncated, 48},
		{"attribute past its transform", clearMessage(sa("00010008 0005")), ErrTruncated, 60},
		{"two stray octets", clearMessage(sa("80010005 8002")), ErrTruncated, 60},
		{"300 attributes", clearMessage(payloadBody{PayloadSA, saBody(proposal(0, 1, 1, nil, 1, transform(0, 1, 1, bytes.Repeat(unhex(t, "80010005"), 300))))}), ErrLimit, 56 + 4*MaxAttributes},

		// Delete, Notify, identities.
		{"Delete of 65,535 SPIs", clearMessage(payloadBody{PayloadDelete, unhex(t, "00000001 03 04 ffff 11223344")}), ErrCount, 38},
		{"Delete of 65,535 SPIs of no octets", clearMessage(payloadBody{PayloadDelete, unhex(t, "00000001 03 00 ffff")}), ErrCount, 38},
		{"Delete of nothing", clearMessage(payloadBody{PayloadDelete, unhex(t, "00000001 03 04 0000")}), nil, 0},
		{"Delete cut", clearMessage(payloadBody{PayloadDelete, unhex(t, "00000001 03")}), ErrTruncated, 37},
		{"Notify with an SPI of 255 octets", clearMessage(payloadBody{PayloadNotify, unhex(t, "00000001 03 ff 000e 11")}), ErrTruncated, 40},
		{"Notify cut", clearMessage(payloadBody{PayloadNotify, unhex(t, "00000001 03 00 00")}), ErrTruncated, 38},
		{"identity of 0 octets", clearMessage(payloadBody{PayloadID, nil}), ErrTruncated, 32},
		{"identity of 1 octet", clearMessage(payloadBody{PayloadID, []byte{1}}), ErrTruncated, 33},
		{"identity of 2 octets", clearMessage(payloadBody{PayloadID, []byte{1, 0}}), ErrTruncated, 34},
		{"identity of 3 octets", clearMessage(payloadBody{PayloadID, []byte{1, 0, 0}}), ErrTruncated, 34},
		{"half an address range", clearMessage(payloadBody{PayloadID, unhex(t, "07 00 0000 0a000001")}), ErrLength, 36},
		{"empty name", clearMessage(payloadBody{PayloadID, unhex(t, "02 00 0000")}), ErrLength, 36},
		{"identity of 60,000 octets", clearMessage(payloadBody{PayloadID, append(unhex(t, "0b 00 0000"), make([]byte, 60000)...)}), nil, 0},

		// Key exchange and nonce.
		{"empty key exchange", clearMessage(payloadBody{PayloadKE, nil}), ErrLength, 32},
		{"key exchange 0", clearMessage(payloadBody{PayloadKE, []byte{0}}), nil, 0},
		{"key exchange of 60,000 octets", clearMessage(payloadBody{PayloadKE, make([]byte, 60000)}), nil, 0},
		{"empty nonce", clearMessage(payloadBody{PayloadNonce, nil}), ErrLength, 32},
		{"nonce of 7 octets", clearMessage(payloadBody{PayloadNonce, make([]byte, 7)}), ErrLength, 32},
		{"nonce of 60,000 octets", clearMessage(payloadBody{PayloadNonce, make([]byte, 60000)}), ErrLength, 32},

		// Certificates.
		{"empty certificate", clearMessage(payloadBody{PayloadCert, nil}), ErrTruncated, 32},
		{"certificate of 4 GiB", clearMessage(payloadBody{PayloadCert, unhex(t, "04 3084ffffffff")}), nil, 0},
		{"unknown encoding", clearMessage(payloadBody{PayloadCert, unhex(t, "63 00")}), nil, 0},
		{"authority of 4 GiB", clearMessage(payloadBody{PayloadCertRequest, unhex(t, "04 3084ffffffff")}), nil, 0},

		// Fragments.
		{"fragment 0", clearMessage(payloadBody{PayloadFragment, unhex(t, "0001 00 01 aa")}), ErrValue, 34},
		{"fragment without data", clearMessage(payloadBody{PayloadFragment, unhex(t, "0001 01 01")}), ErrLength, 36},
		{"fragment cut", clearMessage(payloadBody{PayloadFragment, unhex(t, "0001 01")}), ErrTruncated, 35},
		{"fragment inside a fragment", clearMessage(payloadBody{PayloadFragment, append(unhex(t, "0001 01 01"), clearMessage(payloadBody{PayloadFragment, unhex(t, "0001 01 01 aa")})...)}), nil, 0},

		// NAT traversal, vendor IDs, transactions.
		{"empty NAT-D", clearMessage(payloadBody{PayloadNATD, nil}), ErrLength, 32},
		{"empty draft NAT-D", clearMessage(payloadBody{PayloadNATDDraft, nil}), ErrLength, 32},
		{"NAT-OA of a name", clearMessage(payloadBody{PayloadNATOA, unhex(t, "02 000000 0a000001")}), ErrValue, 32},
		{"draft NAT-OA cut", clearMessage(payloadBody{PayloadNATOADraft, unhex(t, "01 000000 0a0000")}), ErrLength, 36},
		{"empty vendor ID", clearMessage(payloadBody{PayloadVendor, nil}), ErrLength, 32},
		{"transaction cut", clearMessage(payloadBody{PayloadAttributes, unhex(t, "01 00")}), ErrTruncated, 34},
		{"attribute of a transaction cut", clearMessage(payloadBody{PayloadAttributes, unhex(t, "01 00 0001 408a 0010 61")}), ErrTruncated, 40},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := readAll(tt.msg)
			if tt.kind == nil {
				if err != nil {
					t.Errorf("not allowed: %v", err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, tt.kind) || e.Offset != tt.offset {
				t.Errorf("error %v, want %v at %d", err, tt.kind, tt.offset)
			}
			for n := range min(len(tt.msg), 200) { // and cut anywhere on top
				readAll(tt.msg[:n])
			}
		})
	}
}

func setByte(b []byte, at int, v byte) []byte { b[at] = v; return b }

func setLength(b []byte, n uint32) []byte { binary.BigEndian.PutUint32(b[24:], n); return b }

// TestFloods: whatever the octets of a message ask for, the memory it takes
// stays small.
func TestFloods(t *testing.T) {
	repeat := func(s string) func(n int) []byte {
		return func(n int) []byte { return bytes.Repeat(unhex(t, s), n) }
	}
	for _, tt := range []struct {
		name string
		make func(n int) []byte
		n    int
	}{
		{"payloads", func(n int) []byte {
			b := AppendHeader(nil, Header{Major: 1, NextPayload: PayloadVendor, Length: uint32(HeaderLen + 4*n)})
			return append(b, repeat("0d000004")(n)...)
		}, 8000},
		{"notifications", func(n int) []byte {
			b := AppendHeader(nil, Header{Major: 1, NextPayload: PayloadNotify, Length: uint32(HeaderLen + 12*n)})
			return append(b, repeat("0b00000c 00000001 01 00 6002")(n)...)
		}, 1500},
		{"transforms", func(n int) []byte { return clearMessage(payloadBody{PayloadSA, manyProposals(1, n)}) }, 4000},
		{"proposals", func(n int) []byte { return clearMessage(payloadBody{PayloadSA, manyProposals(n, 1)}) }, 2000},
		{"SPIs", func(n int) []byte {
			return clearMessage(payloadBody{PayloadDelete, append(unhex(t, "00000001 03 01 ffff"), make([]byte, n)...)})
		}, 30000},
		{"attributes of a transaction", func(n int) []byte {
			return clearMessage(payloadBody{PayloadAttributes, append(unhex(t, "01 00 0000"), repeat("00010000")(n)...)})
		}, 8000},
		{"conflicting attributes", func(n int) []byte {
			return clearMessage(payloadBody{PayloadSA, saBody(proposal(0, 1, 1, nil, 1, transform(0, 1, 1, repeat("80010001 80010002")(n))))})
		}, 4000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := tt.make(2 * tt.n)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			m, _ := ParseMessage(b)
			for _, p := range m.Payloads {
				parseBody(p.Type, p.Body)
			}
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
				t.Errorf("%d octets allocated for a message of %d", n, len(b))
			}
		})
	}
}
