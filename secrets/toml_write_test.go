package secrets

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ikescope/keymat"
	"ikescope/suite"
)

func TestWriteTOML(t *testing.T) {
	r := &Ring{
		PSKs: []PSK{
			{Secret: text(`say "cisco" \ 123`), IDs: []string{"192.0.2.1", "C=CH, O=\"X\"\n"}, Only: true, Source: Source{File: "a\nb", Line: 1}},
			{Secret: text("0x12"), IDs: []string{"192.0.2.1", "a\nb"}},
			{Secret: text("tail ")},
		},
		DHs: []DH{{Shared: mustHex(t, "00ff"), Source: Source{File: "log", Line: 7}}},
		ESPs: []ESP{{
			Protocol: 51, SPI: 0x1000, Src: siteA, Dst: siteB, Integrity: "hmac-md5-96",
			IntegrityKey: mustHex(t, "900102030405060708090a0b0c0d0e0f"), ESN: true,
		}},
	}
	var b bytes.Buffer
	if err := WriteTOML(&b, r); err != nil {
		t.Fatal(err)
	}
	const want = `# Secrets for ikescope, in the clear: keep this file to yourself.

# from a\nb:1
[[psk]]
secret = "say \"cisco\" \\ 123"
ids = ["192.0.2.1", "C=CH, O=\"X\"\U0000000A"]

[[psk]]
secret_hex = "30783132"
# for 192.0.2.1, a\nb

[[psk]]
secret_hex = "7461696c20"

# from log:7
[[dh]]
shared = "00ff"

[[ah]]
spi = "0x00001000"
source = "192.0.2.1"
destination = "192.0.2.2"
integrity = "hmac-md5-96"
integrity_key = "900102030405060708090a0b0c0d0e0f"
esn = true
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// Files that were read and written out again are read as before.
func TestWriteTOMLSamples(t *testing.T) {
	r, _ := read(t, "f", goodTOML)
	diff(t, rewrite(t, r), r, noSource)
	for _, doc := range []string{ipsecSecretsSample, pskTxtSample} {
		r, _ := read(t, "f", doc)
		diff(t, rewrite(t, r), withoutIDs(r), noSource)
	}
	for _, name := range []string{"xfrm-3des.txt", "xfrm-ah.txt", "xfrm-esn.txt", "xfrm-monitor-gcm.txt", "swanctl-two.conf"} {
		r, _ := readFile(t, name)
		diff(t, rewrite(t, r), withoutIDs(r), noSource)
	}
	diff(t, rewrite(t, &Ring{}), &Ring{})
}

// withoutIDs is a ring whose keys are for all peers: what a daemon's file says of them restricts nothing, so that it is
// not written where it would.
func withoutIDs(r *Ring) *Ring {
	all := *r
	all.PSKs = slices.Clone(r.PSKs)
	for i := range all.PSKs {
		all.PSKs[i].IDs = nil
	}
	return &all
}

// rewrite writes a ring and reads it again.
func rewrite(t rapid.TB, r *Ring) *Ring {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTOML(&b, r); err != nil {
		t.Fatalf("WriteTOML: %v", err)
	}
	again, _, err := Read("again", &b)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return again
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errDisk }

var errDisk = errors.New("no space")

func TestWriteTOMLError(t *testing.T) {
	if err := WriteTOML(fullDisk{}, &Ring{}); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
}

func TestWriteTOMLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := ringGen.Draw(t, "ring")
		var r Ring
		r.Merge(drawn) // what was drawn twice is once in the ring
		again := rewrite(t, &r)
		// cmp needs a *testing.T for its report; equality is enough here.
		var whole Ring
		whole.Merge(&r)
		whole.Merge(again)
		if whole.Len() != r.Len() || again.Len() != r.Len() {
			t.Fatalf("%d entries were %d, together %d", again.Len(), r.Len(), whole.Len())
		}
		for i, p := range r.PSKs {
			if p.Only && strings.Join(p.IDs, "\n") != strings.Join(again.PSKs[i].IDs, "\n") || p.Only != again.PSKs[i].Only {
				t.Fatalf("identities of key %d: %q, were %q", i, again.PSKs[i].IDs, p.IDs)
			}
		}
	})
}

// Generators of entries that the format can hold.
var (
	ringGen = rapid.Custom(func(t *rapid.T) *Ring {
		return &Ring{
			PSKs:    rapid.SliceOfN(pskGen, 0, 4).Draw(t, "psks"),
			DHs:     rapid.SliceOfN(dhGen, 0, 4).Draw(t, "dhs"),
			ISAKMPs: rapid.SliceOfN(isakmpGen, 0, 4).Draw(t, "isakmps"),
			IKEv2s:  rapid.SliceOfN(ikev2Gen, 0, 4).Draw(t, "ikev2s"),
			ESPs:    rapid.SliceOfN(espGen, 0, 4).Draw(t, "esps"),
		}
	})
	pskGen = rapid.Custom(func(t *rapid.T) PSK {
		secret := rapid.OneOf(
			rapid.SliceOfN(rapid.Byte(), 1, 80),
			rapid.Map(rapid.StringN(1, 80, -1), func(s string) []byte { return []byte(s) }),
			rapid.Map(rapid.SampledFrom([]string{"0x12", "0sAA", " a", "a\n", "\"", "'''", `\`, "\x00", "\u2028"}), func(s string) []byte { return []byte(s) }),
		).Draw(t, "secret")
		ids := rapid.SliceOfNDistinct(rapid.String().Filter(func(s string) bool {
			id, all := peerID(s)
			_, err := netip.ParseAddr(s)
			return s != "" && !all && id == s && err != nil
		}), 0, 3, rapid.ID[string]).Draw(t, "ids")
		return PSK{Secret: keymat.NewSecret(secret), IDs: ids, Only: len(ids) > 0 && rapid.Bool().Draw(t, "only")}
	})
	dhGen = rapid.Custom(func(t *rapid.T) DH {
		value := octets(t, 1, 300)
		value[0] |= 1
		if rapid.Bool().Draw(t, "private") {
			return DH{Private: keymat.NewSecret(value)}
		}
		return DH{Shared: keymat.NewSecret(value)}
	})
	isakmpGen = rapid.Custom(func(t *rapid.T) ISAKMP {
		rung := func() keymat.Secret {
			return maybe(t, rapid.SampledFrom([]int{16, 20, 24, 32, 48, 64}).Draw(t, "octets"))
		}
		i := ISAKMP{
			CookieI: cookieOrNil(t), CookieR: cookieOrNil(t),
			SKEYID: rung(), SKEYIDd: rung(), SKEYIDa: rung(), SKEYIDe: rung(),
			CipherKey: keymat.NewSecret(octets(t, 5, 56)), InitialIV: maybe(t, 16),
		}
		return i
	})
	ikev2Gen = rapid.Custom(func(t *rapid.T) IKEv2 {
		c := cipherGen.Draw(t, "cipher")
		for c.KeymatLen() == 0 {
			c = cipherGen.Draw(t, "cipher")
		}
		return IKEv2{
			SPIi: cookieOrNil(t), SPIr: cookieOrNil(t),
			SKd:  keymat.NewSecret(octets(t, 32, 32)),
			SKai: maybe(t, 20), SKar: maybe(t, 20),
			Encryption: c.Name, SKei: maybe(t, c.KeymatLen()), SKer: maybe(t, c.KeymatLen()),
			Integrity: rapid.SampledFrom([]string{"", "none", "hmac-sha1-96"}).Draw(t, "integrity"),
		}
	})
	espGen = rapid.Custom(func(t *rapid.T) ESP {
		e := ESP{Protocol: 50, SPI: rapid.Uint32().Draw(t, "spi"), ESN: rapid.Bool().Draw(t, "esn")}
		e.Src, e.Dst = addrOrZero(t), addrOrZero(t)
		c := cipherGen.Draw(t, "cipher")
		integ := rapid.SampledFrom(suite.Integrities()).Draw(t, "integrity")
		if rapid.Bool().Draw(t, "AH") && integ.KeyLen > 0 {
			e.Protocol, c = 51, suite.Cipher{}
		}
		e.Encryption = c.Name
		e.EncryptionKey = keymat.NewSecret(octets(t, c.KeymatLen(), c.KeymatLen()))
		if !c.AEAD() {
			e.Integrity = integ.Name
			e.IntegrityKey = keymat.NewSecret(octets(t, integ.KeyLen, integ.KeyLen))
		}
		return e
	})
	cipherGen = rapid.SampledFrom(suite.Ciphers())
)

func octets(t *rapid.T, from, to int) []byte {
	return rapid.SliceOfN(rapid.Byte(), from, to).Draw(t, "octets")
}

func maybe(t *rapid.T, n int) keymat.Secret {
	if rapid.Bool().Draw(t, "absent") {
		return keymat.Secret{}
	}
	return keymat.NewSecret(octets(t, n, n))
}

func cookieOrNil(t *rapid.T) *[8]byte {
	if rapid.Bool().Draw(t, "absent") {
		return nil
	}
	var c [8]byte
	binary.BigEndian.PutUint64(c[:], rapid.Uint64().Draw(t, "cookie"))
	return &c
}

func addrOrZero(t *rapid.T) netip.Addr {
	switch b := octets(t, 16, 16); b[0] % 3 {
	case 0:
		return netip.AddrFrom4([4]byte(b[1:]))
	case 1:
		return netip.AddrFrom16([16]byte(b)).Unmap()
	}
	return netip.Addr{}
}
