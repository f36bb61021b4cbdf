package traffic

import (
	"bytes"
	"testing"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// algorithms are those that make bench measures, and one of each other way to seal.
var algorithms = [][2]string{
	{"aes-cbc-128", "hmac-sha1-96"},
	{"aes-cbc-256", "hmac-sha2-256-128"},
	{"3des-cbc", "hmac-sha1-96"},
	{"des-cbc", "hmac-md5-96"},
	{"aes-gcm-16-128", "none"},
	{"aes-gcm-16-256", ""},
	{"chacha20-poly1305", "none"},
	{"null", "hmac-sha1-96"},
	{"aes-ctr-256", "aes-cmac-96"},
	{"camellia-ctr-128", "hmac-sha2-512-256"},
	{"aes-gcm-8-192", "none"},
	{"aes-gcm-16-iiv-128", "none"},
	{"chacha20-poly1305-iiv", "none"},
	{"null-auth-aes-gmac-128", "none"},
}

func TestEveryPacketOpens(t *testing.T) {
	for _, a := range algorithms {
		t.Run(a[0]+" "+a[1], func(t *testing.T) {
			p := Plan{Packets: 300, SAs: 7, Cipher: a[0], Integrity: a[1], Size: 101, Burst: 4}
			var capture, keys bytes.Buffer
			if err := p.Write(&capture, &keys); err != nil {
				t.Fatal(err)
			}
			r := open(t, capture.Bytes(), keys.Bytes())
			if r.Opened.Decrypted != p.Packets || len(r.SAs) != p.SAs {
				t.Errorf("%d of %d verified in %d SAs: %+v", r.Opened.Decrypted, p.Packets, len(r.SAs), r.Opened)
			}
		})
	}
}

func open(t *testing.T, capture, keys []byte) *analysis.Result {
	t.Helper()
	ring, _, err := secrets.Read("secrets.toml", bytes.NewReader(keys))
	if err != nil {
		t.Fatal(err)
	}
	set, err := pcaps.OpenSet([]string{"-"}, bytes.NewReader(capture), pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	r, err := analysis.Run(t.Context(), set, analysis.Options{Strict: true, Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPlanDecidesTheOctets(t *testing.T) {
	p := Plan{Packets: 20, SAs: 3, Cipher: "aes-cbc-128", Integrity: "hmac-sha1-96", Size: MinSize}
	var first, second, keys bytes.Buffer
	if err := p.Write(&first, &keys); err != nil {
		t.Fatal(err)
	}
	if err := p.Write(&second, &keys); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("two captures of one plan differ (%v)", err)
	}
}

func TestImpossiblePlans(t *testing.T) {
	for _, p := range []Plan{
		{SAs: 1, Cipher: "rot13", Size: 100},
		{SAs: 1, Cipher: "aes-cbc-128", Integrity: "crc32", Size: 100},
		{SAs: 0, Cipher: "null", Integrity: "hmac-sha1-96", Size: 100},
		{SAs: 1, Cipher: "null", Integrity: "hmac-sha1-96", Size: MinSize - 1},
		{SAs: 1, Cipher: "aes-ccm-16-128", Size: 100},
	} {
		if err := p.Write(new(bytes.Buffer), new(bytes.Buffer)); err == nil {
			t.Errorf("%+v: no error", p)
		}
	}
}
