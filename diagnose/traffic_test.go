package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// tunnel is a phase 1 and a Quick Mode, up from packet 9 on.
func tunnel(then func(k *talk, m mode)) func(k *talk) {
	return func(k *talk) {
		k.main(6)
		m := usual(sideA, 0x1000)
		k.quick(m)
		then(k, m)
	}
}

var trafficScenes = []scene{
	{
		name: "replayed packets",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 10)
			k.espSeq(sideA, m.spi+1, 4)
			k.espSeq(sideA, m.spi+1, 5)
		}),
		outside:  []want{{diagnose.ESPReplayed, warning, proved, []int{11, 31}}},
		sameBoth: true,
	},
	{
		name: "lost packets",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 5)
			k.seq[m.spi] += 3
			k.traffic(m, 5)
		}),
		outside:  []want{{diagnose.ESPLost, warning, proved, []int{10, 28}}},
		sameBoth: true,
	},
	{
		name: "reordered packets that a window takes",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 5)
			k.espSeq(sideB, m.spi, 7)
			k.espSeq(sideB, m.spi, 6)
		}),
		outside:  []want{{diagnose.ESPReordered, notice, proved, []int{10, 21}}},
		sameBoth: true,
	},
	{
		name: "reordered packets that a window drops",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 5)
			for i := range uint32(100) {
				k.espSeq(sideB, m.spi, 7+i)
			}
			k.espSeq(sideB, m.spi, 6)
		}),
		outside:  []want{{diagnose.ESPReordered, warning, proved, nil}},
		sameBoth: true,
	},
	{
		name: "one direction only",
		play: tunnel(func(k *talk, m mode) {
			for range 10 {
				k.esp(sideA, m.spi+1)
			}
		}),
		outside:  []want{{diagnose.ESPOneWay, warning, likely, []int{10, 19}}},
		sameBoth: true,
	},
	{
		name: "SAs that nobody uses",
		play: tunnel(func(k *talk, m mode) {
			k.wait(60_000)
			k.packet(6, addrA.Addr(), addrB.Addr(), make([]byte, 20))
			k.informs(sideA, k.deletes(0x1000))
		}),
		inside: []want{{diagnose.ESPUnusedSA, notice, proved, []int{9}}},
	},
	{
		name: "some wrong ICVs",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 5)
			f := k.esp(sideA, m.spi+1)
			k.frames[f-1].Data[60] ^= 1
		}),
		inside: []want{{diagnose.ESPICVFailed, warning, proved, []int{11}}},
	},
	{
		name: "ICVs of 96 bits where 128 were negotiated",
		play: tunnel(func(k *talk, m mode) {
			k.icvLen = 12
			k.traffic(m, 5)
		}),
		inside: []want{{diagnose.ESPTruncationMismatch, failure, proved, []int{10}}, {diagnose.ESPTruncationMismatch, failure, proved, []int{11}}},
	},
	{
		name: "wrong integrity keys",
		play: tunnel(func(k *talk, m mode) {
			k.sas[m.spi] = [2][]byte{k.sas[m.spi][0], make([]byte, 32)}
			k.traffic(m, 5)
		}),
		inside: []want{{diagnose.ESPICVFailed, failure, proved, []int{10}}},
	},
	{
		name: "wrong keys",
		play: tunnel(func(k *talk, m mode) {
			k.sas[m.spi] = [2][]byte{make([]byte, 16), make([]byte, 32)}
			k.traffic(m, 5)
		}),
		inside: []want{{diagnose.ESPICVFailed, failure, proved, []int{10}}},
	},
	{
		name: "packets before the negotiation",
		play: func(k *talk) {
			k.seq[0x77] = 5000
			for range 3 {
				k.esp(sideA, 0x77)
				k.esp(sideB, 0x78)
			}
			tunnel(func(k *talk, m mode) { k.traffic(m, 5) })(k)
		},
		outside: []want{
			{diagnose.ESPUnknownSPI, warning, likely, []int{1, 2}},
			{diagnose.CaptureStartsLate, warning, likely, []int{1}},
		},
		sameBoth: true,
	},
	{
		name: "packets of an SPI that no Quick Mode made",
		play: tunnel(func(k *talk, m mode) {
			k.traffic(m, 5)
			k.esp(sideA, 0x77)
		}),
		outside:  []want{{diagnose.ESPUnknownSPI, warning, likely, []int{20}}},
		sameBoth: true,
	},
	{
		name: "ESP only",
		play: func(k *talk) {
			for range 5 {
				k.esp(sideA, 0x77)
				k.esp(sideB, 0x78)
			}
		},
		outside: []want{
			{diagnose.ESPUnknownSPI, warning, likely, []int{1, 2}},
			{diagnose.CaptureStartsLate, warning, likely, []int{1}},
		},
		sameBoth: true,
	},
	{
		name: "ESP only, one direction",
		play: func(k *talk) {
			for range 5 {
				k.esp(sideA, 0x77)
			}
		},
		outside:  []want{{diagnose.CaptureOneSided, warning, likely, []int{1}}},
		sameBoth: true,
	},
}

func TestTraffic(t *testing.T) {
	for _, s := range trafficScenes {
		s.run(t)
	}
}

// Windows are named with what they would have dropped.
func TestReplayWindows(t *testing.T) {
	k := newTalk(t)
	trafficScenes[3].play(k)
	got := findings(t, write(t, pcaps.LinkRaw, k.frames), nil)
	i := slices.IndexFunc(got, func(f diagnose.Finding) bool { return f.Code == diagnose.ESPReordered })
	if i < 0 {
		t.Fatal("no finding")
	}
	for _, s := range []string{"window of 32 would have dropped 1", "window of 64 would have dropped 1", "window of 128 would have dropped none", "at most 100 numbers behind"} {
		if !strings.Contains(got[i].Detail, s) {
			t.Errorf("%q is not in %q", s, got[i].Detail)
		}
	}
}

// Keys that the user supplies for an SPI are blamed by their place.
func TestSuppliedKeysThatDoNotFit(t *testing.T) {
	k := newTalk(t)
	for range 5 {
		k.esp(sideA, 0x77)
		k.esp(sideB, 0x78)
	}
	zeros := keymat.NewSecret(make([]byte, 32))
	ring := &secrets.Ring{ESPs: []secrets.ESP{
		{
			Protocol: 50, SPI: 0x77, Encryption: "aes-cbc-128", EncryptionKey: keymat.NewSecret(make([]byte, 16)),
			Integrity: "hmac-sha2-256-128", IntegrityKey: zeros, Source: secrets.Source{File: "xfrm", Line: 1},
		},
		{
			Protocol: 50, SPI: 0x78, Encryption: "aes-cbc-128", EncryptionKey: keymat.NewSecret([]byte("sixteen octets!!")),
			Integrity: "hmac-sha2-256-128", IntegrityKey: zeros, Source: secrets.Source{File: "xfrm", Line: 2},
		},
		{
			Protocol: 50, SPI: 0x79, Encryption: "aes-cbc-128", EncryptionKey: keymat.NewSecret(make([]byte, 16)),
			Integrity: "hmac-sha2-256-128", IntegrityKey: zeros, Source: secrets.Source{File: "xfrm", Line: 3},
		},
	}}
	got := findings(t, write(t, pcaps.LinkRaw, k.frames), ring)
	var texts []string
	for _, f := range got {
		texts = append(texts, describe(f))
	}
	all := strings.Join(texts, "\n")
	for _, s := range []string{"xfrm:3: ESP keys", "no packet in this capture has SPI 0x00000079", "the integrity key of the SA from 192.0.2.2 to 192.0.2.1 fits, the encryption key does not open"} {
		if !strings.Contains(all, s) {
			t.Errorf("%q is not in:\n%s", s, all)
		}
	}
}
