package analysis_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
	"ikescope/suite"

	"ikescope/keymat"
)

// ESP with NULL encryption is read without any key, but only for who asks for
// packets that nothing verified.
func TestNullWithoutKeys(t *testing.T) {
	s := samples.ByName("esp-null-sha1")
	want, _ := open(t, s, nil, 1, 0)
	for _, unverified := range []bool{false, true} {
		set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer set.Close()
		sink := new(octets)
		res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Sink: sink, Unverified: unverified})
		if err != nil {
			t.Fatal(err)
		}
		if res.Opened.Unverified != int64(s.ESP) || res.Opened.Decrypted != 0 {
			t.Errorf("%+v", res.Opened)
		}
		if got := sink.Bytes(); unverified != bytes.Equal(got, want) {
			t.Errorf("unverified=%t: %d octets written, %d are right", unverified, len(got), len(want))
		}
		for _, sa := range res.SAs {
			if !sa.NullDetected || sa.Encryption != "null" {
				t.Errorf("0x%08x: detected %t, %q", sa.SPI, sa.NullDetected, sa.Encryption)
			}
		}
	}
}

// A capture may begin after the SA has sent 2^32 packets several times, and the
// low half may wrap inside it.
func TestExtendedSequenceNumbersFromTheMiddle(t *testing.T) {
	const high, spi = 41, 0x1000
	key := bytes.Repeat([]byte{7}, 20)
	integrity, _ := suite.IntegrityByName("hmac-sha1-96")
	var frames []pcaps.Frame
	for seq := uint64(high<<32 | 0xffff_fff0); seq < (high+1)<<32|0x10; seq++ {
		frames = append(frames, pcaps.Frame{Data: nullESP(integrity, key, spi, seq)})
	}
	r := recorded{link: pcaps.LinkRaw}
	set, err := pcaps.OpenSet([]string{r.write(t, frames)}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	ring := &secrets.Ring{ESPs: []secrets.ESP{{
		Protocol: 50, SPI: spi, Encryption: "null", Integrity: "hmac-sha1-96",
		IntegrityKey: keymat.NewSecret(key), ESN: true, Source: secrets.Source{File: "esp"},
	}}}
	res, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Opened.Decrypted; got != int64(len(frames)) {
		t.Errorf("%d of %d packets verified: %+v", got, len(frames), res.Opened)
	}
}

// nullESP is a raw IPv4 packet with ESP, NULL encryption and extended sequence
// numbers (RFC 4303, sections 2.2.1 and 2.8).
func nullESP(integrity suite.Integrity, key []byte, spi uint32, seq uint64) []byte {
	p := binary.BigEndian.AppendUint32(nil, spi)
	p = binary.BigEndian.AppendUint32(p, uint32(seq))
	p = append(p, 1, 2, 2, 59)
	mac := integrity.New(key)
	mac.Write(p)
	mac.Write(binary.BigEndian.AppendUint32(nil, uint32(seq>>32)))
	p = append(p, mac.Sum(nil)[:integrity.ICVLen]...)
	ip := []byte{0x45, 0, 0, byte(20 + len(p)), 0, 0, 0, 0, 64, 50, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	return append(ip, p...)
}

// What AH carries is in the clear, and is handed over without a key where unverified
// packets are.
func TestAHWithoutKeys(t *testing.T) {
	s := samples.ByName("ah-tunnel-sha1")
	want, _ := open(t, s, nil, 1, 0)
	for _, unverified := range []bool{false, true} {
		sink := new(restarted)
		res := runOver(t, s.Capture(), nil, analysis.Options{Strict: true, Sink: sink, Unverified: unverified})
		o := res.Opened
		switch {
		case unverified && (o.Unverified != int64(s.Truth) || !bytes.Equal(sink.Bytes(), want)):
			t.Errorf("%+v, %d octets, want %d", o, sink.Len(), len(want))
		case !unverified && (o.Any() || o.NoKey != int64(s.Truth) || sink.Len() != 0):
			t.Errorf("%+v without --unverified", o)
		}
	}
}
