package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// The truth tests run the program on recorded tunnels with what one user may
// know, and compare keys with those of the daemons and the kernels, and inner
// packets with those that the receiving kernels decapsulated.

// eachKnowledge runs a test for every sample, capture and kind of knowledge.
func eachKnowledge(t *testing.T, do func(t *testing.T, s samples.Sample, sec samples.Secrets, capture, keys string)) {
	for _, s := range samples.All() {
		sec, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range s.Captures {
			for _, k := range samples.Knows {
				t.Run(fmt.Sprintf("%s/%s/%s", s.Name, c, k), func(t *testing.T) {
					t.Parallel()
					keys := filepath.Join(t.TempDir(), "secrets.toml")
					if err := os.WriteFile(keys, []byte(sec.TOML(k)), 0o600); err != nil {
						t.Fatal(err)
					}
					do(t, s, sec, s.Path(c), keys)
				})
			}
		}
	}
}

// execute runs the program and returns its standard output.
func execute(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, diag bytes.Buffer
	if got := run(t.Context(), args, bytes.NewReader(nil), &out, &diag); got != want {
		t.Fatalf("ikescope %v: status %d, want %d\n%s", args, got, want, diag.String())
	}
	return out.String()
}

func TestKeysAreThoseOfTheDaemons(t *testing.T) {
	eachKnowledge(t, func(t *testing.T, s samples.Sample, sec samples.Secrets, capture, keys string) {
		text := execute(t, exitDone, "report", capture, "-k", keys, "--format", "json", "--show-keys")
		var got struct {
			ISAKMP []isakmpJSON `json:"isakmp_sas"`
			IPsec  []ipsecJSON  `json:"ipsec_sas"`
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wantISAKMP(sec), byCookie(got.ISAKMP)); diff != "" {
			t.Errorf("ISAKMP SAs (-daemon +ours):\n%s", diff)
		}
		if diff := cmp.Diff(wantIPsec(t, s, sec), bySPI(got.IPsec)); diff != "" {
			t.Errorf("IPsec SAs (-kernel +ours):\n%s", diff)
		}
		packets := 0
		for _, sa := range got.IPsec {
			packets += sa.Packets
			if sa.Decrypted != sa.Packets || sa.ICVFailed != 0 {
				t.Errorf("%s: %d of %d packets, %d failed", sa.SPI, sa.Decrypted, sa.Packets, sa.ICVFailed)
			}
		}
		if packets != s.ESP || len(got.IPsec) != s.SAs {
			t.Errorf("%d packets of %d SAs, want %d of %d", packets, len(got.IPsec), s.ESP, s.SAs)
		}
	})
}

// isakmpJSON and ipsecJSON are what a script reads of the report.
type isakmpJSON struct {
	CookieI string     `json:"initiator_cookie"`
	CookieR string     `json:"responder_cookie"`
	State   string     `json:"state"`
	Keys    isakmpKeys `json:"keys"`
	Secrets struct {
		PSK string `json:"psk"`
	} `json:"secrets"`
}

type isakmpKeys struct {
	SKEYID    string `json:"skeyid"`
	SKEYIDd   string `json:"skeyid_d"`
	SKEYIDa   string `json:"skeyid_a"`
	SKEYIDe   string `json:"skeyid_e"`
	CipherKey string `json:"encryption_key"`
}

type ipsecJSON struct {
	SPI       string    `json:"spi"`
	Mode      string    `json:"mode"`
	Packets   int       `json:"packets"`
	Decrypted int       `json:"decrypted"`
	ICVFailed int       `json:"icv_failed"`
	Keys      ipsecKeys `json:"keys"`
}

type ipsecKeys struct {
	Encryption string `json:"encryption_key"`
	Integrity  string `json:"integrity_key"`
}

func wantISAKMP(sec samples.Secrets) map[string]isakmpJSON {
	want := map[string]isakmpJSON{}
	for _, ike := range sec.IKE {
		sa := isakmpJSON{
			CookieI: ike.CookieI.String(), CookieR: ike.CookieR.String(), State: "established",
			Keys: isakmpKeys{
				SKEYID: ike.SKEYID.String(), SKEYIDd: ike.SKEYIDd.String(), SKEYIDa: ike.SKEYIDa.String(),
				SKEYIDe: ike.SKEYIDe.String(), CipherKey: ike.CipherKey.String(),
			},
		}
		sa.Secrets.PSK = "verified"
		if len(sec.PSK) == 0 {
			sa.Secrets.PSK = "unused"
		}
		want[sa.CookieI] = sa
	}
	return want
}

func byCookie(all []isakmpJSON) map[string]isakmpJSON {
	out := map[string]isakmpJSON{}
	for _, sa := range all {
		out[sa.CookieI] = sa
	}
	return out
}

// saTruth is what of an IPsec SA the kernel knew.
type saTruth struct {
	Mode string
	Keys ipsecKeys
}

func wantIPsec(t *testing.T, s samples.Sample, sec samples.Secrets) map[string]saTruth {
	want := map[string]saTruth{}
	for _, e := range sec.ESP {
		spi, err := e.SPI()
		if err != nil {
			t.Fatal(err)
		}
		mode := e.Mode
		if s.Bundled {
			mode = "tunnel" // what was negotiated for the bundle
		}
		want[fmt.Sprintf("0x%08x", spi)] = saTruth{mode, ipsecKeys{e.EncKey.String(), e.AuthKey.String()}}
	}
	return want
}

func bySPI(all []ipsecJSON) map[string]saTruth {
	out := map[string]saTruth{}
	for _, sa := range all {
		out[sa.SPI] = saTruth{sa.Mode, sa.Keys}
	}
	return out
}

func TestInnerPacketsAreThoseOfTheKernels(t *testing.T) {
	eachKnowledge(t, func(t *testing.T, s samples.Sample, _ samples.Secrets, capture, keys string) {
		out := filepath.Join(t.TempDir(), "inner.pcapng")
		execute(t, exitDone, "decrypt", capture, "-k", keys, "-o", out)
		got, want := datagrams(t, out), datagrams(t, s.Path(s.Inner))
		for _, d := range got {
			if d[0]>>4 == 4 && sum16(0, d[:d[0]&15*4]) != 0xffff {
				t.Fatalf("IPv4 checksum is wrong: % x", d[:20])
			}
		}
		compareTraffic(t, got, want, s.Copies)
	})
}

// datagrams reads the IP datagrams of a capture.
func datagrams(t *testing.T, path string) (out [][]byte) {
	t.Helper()
	for _, f := range samples.Frames(t, path) {
		if f.Link == pcaps.LinkEthernet {
			f.Data = f.Data[14:]
		}
		out = append(out, f.Data)
	}
	return out
}

// compareTraffic compares two captures as multisets. The truth was taken up to
// one forwarding hop later, so that the time to live may be one lower, and the
// IPv4 checksum another.
func compareTraffic(t *testing.T, got, want [][]byte, copies int) {
	t.Helper()
	if len(got) != len(want)*copies {
		t.Errorf("%d packets, want %d times %d", len(got), copies, len(want))
	}
	ours, truth := lives(got), lives(want)
	for k, ttls := range truth {
		mine := ours[k]
		if len(mine) != len(ttls)*copies {
			t.Errorf("a packet of %d octets stands %d times among ours, want %d", len(k), len(mine), len(ttls)*copies)
			continue
		}
		for i, ttl := range ttls {
			if hop := int(mine[i*copies]) - int(ttl); hop < 0 || hop > 1 {
				t.Errorf("time to live %d, truth has %d", mine[i*copies], ttl)
			}
		}
	}
	for k := range ours {
		if truth[k] == nil {
			t.Errorf("a packet of %d octets is not in the truth: % x", len(k), k[:min(len(k), 40)])
		}
	}
}

// lives groups datagrams by everything but time to live and IPv4 checksum, and
// gives the times to live of each group in order.
func lives(all [][]byte) map[string][]byte {
	out := map[string][]byte{}
	for _, d := range all {
		at, k := 7, bytes.Clone(d)
		if d[0]>>4 == 4 {
			at = 8
			k = k[:binary.BigEndian.Uint16(d[2:])]
			k[10], k[11] = 0, 0
		}
		k[at] = 0
		out[string(k)] = append(out[string(k)], d[at])
	}
	for _, ttls := range out {
		slices.Sort(ttls)
	}
	return out
}
