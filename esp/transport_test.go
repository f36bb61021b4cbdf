package esp

import (
	"encoding/hex"
	"errors"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// RFC 3602, section 4, case 5: the published inner packet is ICMP; its IP
// header is the outer one with protocol 1 and total length 84, and a checksum
// computed by hand.
func TestAppendTransport4(t *testing.T) {
	outer := unhex(t, "4500007c08f200004032f9a5c0a87b03c0a87b64")
	payload := make([]byte, 64)
	got, err := AppendTransport([]byte("before"), append(outer, "ESP"...), 20, 9, 1, payload)
	if err != nil {
		t.Fatal(err)
	}
	want := "before" + string(unhex(t, "4500005408f200004001f9fec0a87b03c0a87b64")) + string(payload)
	if string(got) != want {
		t.Errorf("\n%x, want\n%x", got, want)
	}
	if outer[9] != 50 {
		t.Error("the outer header was touched")
	}
	if checksum(got[6:26]) != 0 {
		t.Error("checksum does not verify")
	}
}

// Options stay; the checksum covers them.
func TestAppendTransportOptions(t *testing.T) {
	outer := append(ipv4Datagram(100, 20), 148, 4, 0, 0)
	outer[0] = 0x46
	got, err := AppendTransport(nil, outer, 24, 9, 6, []byte{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 27 || got[3] != 27 || got[9] != 6 || got[20] != 148 || checksum(got[:24]) != 0 {
		t.Errorf("%x", got)
	}
}

// The extension headers in front of ESP stay, and the last of them names what
// follows now.
func TestAppendTransport6(t *testing.T) {
	outer := append(ipv6Datagram(48, 40), 50, 0, 1, 4, 0, 0, 0, 0)
	outer[6] = 60
	got, err := AppendTransport(nil, outer, 48, 40, 17, []byte("datagram"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 56 || got[5] != 16 || got[6] != 60 || got[40] != 17 || string(got[48:]) != "datagram" {
		t.Errorf("%x", got)
	}
	if got, err = AppendTransport(nil, outer, 40, 6, 59, nil); err != nil || len(got) != 40 || got[5] != 0 || got[6] != 59 {
		t.Errorf("%x, %v", got, err)
	}
}

func TestAppendTransportRefuses(t *testing.T) {
	four, six := ipv4Datagram(20, 20), ipv6Datagram(0, 48)
	ihl4 := ipv4Datagram(20, 20)
	ihl4[0] = 0x41
	for _, c := range []struct {
		ip              []byte
		headerLen, next int
		payload         int
		field           string
	}{
		{nil, 0, 0, 0, "version"},
		{make([]byte, 40), 20, 9, 0, "version"},
		{four[:10], 20, 9, 0, "header length"},
		{four, 24, 9, 0, "header length"},
		{ihl4, 4, 9, 0, "header length"},
		{four, 20, 6, 0, "protocol"},
		{four, 20, 9, 65_516, "total length"},
		{six[:30], 40, 6, 0, "header length"},
		{six, 39, 6, 0, "header length"},
		{six, 49, 6, 0, "header length"},
		{six, 48, 48, 0, "next header"},
		{six, 48, 7, 0, "next header"},
		{six, 48, -1, 0, "next header"},
		{six, 48, 40, 65_528, "payload length"},
	} {
		dst := []byte("x")
		got, err := AppendTransport(dst, c.ip, c.headerLen, c.next, 6, make([]byte, c.payload))
		var h *HeaderError
		if !errors.As(err, &h) || h.Field != c.field || string(got) != "x" {
			t.Errorf("%x, %d, %d: %v, want %s", c.ip, c.headerLen, c.next, err, c.field)
		}
	}
	if _, err := AppendTransport(nil, four, 20, 9, 6, make([]byte, 65_515)); err != nil {
		t.Errorf("the longest datagram: %v", err)
	}
}
