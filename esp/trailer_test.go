package esp

import (
	"bytes"
	"testing"
)

// The padding rules of RFC 4303, sections 2.4 to 2.6.
func TestTrailer(t *testing.T) {
	padding := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(i + 1)
		}
		return b
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	ip := []byte("payload")
	for _, c := range []struct {
		name    string
		text    []byte
		verdict Verdict
		inner   []byte
		next    uint8
		odd     bool
	}{
		{"no padding", join(ip, []byte{0, 4}), OK, ip, 4, false},
		{"padding 1 2 3", join(ip, []byte{1, 2, 3, 3, 41}), OK, ip, 41, false},
		{"padding 255", join(ip, padding(255), []byte{255, 4}), OK, ip, 4, false},
		{"padding of zeros", join(ip, []byte{0, 0, 0, 3, 4}), OK, ip, 4, true},
		{"padding from 0", join(ip, []byte{0, 1, 2, 3, 4}), OK, ip, 4, true},
		{"last octet off", join(ip, []byte{1, 2, 4, 3, 4}), OK, ip, 4, true},
		{"next header 255", join(ip, []byte{0, 255}), OK, ip, 255, false},
		{"dummy", join(padding(6), []byte{6, 59}), OK, []byte{}, 59, false},
		{"nothing but a trailer", []byte{0, 6}, OK, []byte{}, 6, false},
		{"pad length one too many", join(padding(6), []byte{7, 4}), BadPadding, nil, 0, false},
		{"pad length 255", join(ip, []byte{255, 4}), BadPadding, nil, 0, false},
	} {
		p := Packet{Verdict: OK}
		p.readTrailer(c.text)
		if p.Verdict != c.verdict || !bytes.Equal(p.Inner, c.inner) || (p.Inner == nil) != (c.inner == nil) ||
			p.NextHeader != c.next || p.OddPadding != c.odd {
			t.Errorf("%s: %+v", c.name, p)
		}
		if p.Inner != nil && cap(p.Inner) != len(p.Inner) {
			t.Errorf("%s: appending to Inner would overwrite the trailer", c.name)
		}
	}
}

// Unreadable rubbish of a failed packet keeps the more telling verdict.
func TestTrailerAfterFailedICV(t *testing.T) {
	p := Packet{Verdict: ICVFailed}
	p.readTrailer([]byte{9, 9, 9})
	if p.Verdict != ICVFailed || p.Inner != nil {
		t.Errorf("%+v", p)
	}
	p = Packet{Verdict: NotVerified}
	p.readTrailer([]byte{9, 9, 9})
	if p.Verdict != BadPadding {
		t.Errorf("%+v", p)
	}
}
