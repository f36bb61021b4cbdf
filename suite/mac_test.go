package suite

import (
	"bytes"
	"hash"
	"strconv"
	"strings"
	"testing"

	"ikescope/suite/vectors"
)

type macCase struct {
	Name, Source, Alg string
	Key, Message, MAC octets
	Truncated         int `json:"truncated_to"`
}

// prfOfMAC says which PRF computes a MAC of the vector files without
// truncation.
var prfOfMAC = map[string]string{
	"hmac-md5": "md5", "hmac-sha1": "sha1", "hmac-sha256": "sha2-256", "hmac-sha384": "sha2-384", "hmac-sha512": "sha2-512",
	"hmac(md5)": "md5", "hmac(sha1)": "sha1", "hmac(sha256)": "sha2-256", "hmac(sha384)": "sha2-384", "hmac(sha512)": "sha2-512",
	"aes-xcbc-prf-128": "aes128-xcbc", "aes-cmac-prf-128": "aes128-cmac",
	"aes-xcbc": "aes128-xcbc", "xcbc(aes)": "aes128-xcbc", "aes-cmac": "aes128-cmac", "cmac(aes)": "aes128-cmac",
}

func TestPRFKnownAnswers(t *testing.T) {
	cases := append(vectors.Cases[macCase](t, "testdata/mac.json.gz", 110), vectors.Cases[macCase](t, "testdata/testmgr_mac.json.gz", 44)...)
	done := 0
	for _, v := range cases {
		p, ok := PRFByName(prfOfMAC[v.Alg])
		if !ok || v.Alg == "cmac(aes)" && len(v.Key) != 16 {
			continue // hmac-sha224 and AES-256 are not IKE's
		}
		h := p.New(v.Key)
		h.Write(v.Message)
		got := h.Sum(nil)
		if len(got) != p.Size || !bytes.Equal(got[:min(len(got), len(v.MAC))], v.MAC) {
			t.Errorf("%s %s: %x, want %x", p.Name, v.Name, got, v.MAC)
		}
		done++
	}
	if done != 110-7+44-2 {
		t.Errorf("%d cases computed", done)
	}
}

func TestIntegrityKnownAnswers(t *testing.T) {
	names := map[string]string{
		"hmac-md5 12": "hmac-md5-96", "hmac-sha1 12": "hmac-sha1-96", "aes-xcbc 12": "aes-xcbc-96", "aes-cmac 12": "aes-cmac-96",
		"hmac-sha256 16": "hmac-sha2-256-128", "hmac-sha384 24": "hmac-sha2-384-192", "hmac-sha512 32": "hmac-sha2-512-256",
	}
	seen := map[string]int{}
	for _, v := range vectors.Cases[macCase](t, "testdata/mac.json.gz", 110) {
		a, ok := IntegrityByName(names[v.Alg+" "+strconv.Itoa(v.Truncated)])
		if !ok || len(v.Key) != a.KeyLen {
			continue
		}
		h := a.New(v.Key)
		h.Write(v.Message)
		if got := h.Sum(nil)[:a.ICVLen]; !bytes.Equal(got, v.MAC) {
			t.Errorf("%s %s: %x, want %x", a.Name, v.Name, got, v.MAC)
		}
		seen[a.Name]++
	}
	for _, name := range names {
		if seen[name] == 0 {
			t.Errorf("%s: no known answer used", name)
		}
	}
}

func TestIntegrityRows(t *testing.T) {
	for name, want := range map[string][2]int{ // key, ICV
		"none": {0, 0}, "hmac-md5-96": {16, 12}, "hmac-sha1-96": {20, 12}, "hmac-sha2-256-128": {32, 16},
		"hmac-sha2-256-96": {32, 12}, "hmac-sha2-384-192": {48, 24}, "hmac-sha2-512-256": {64, 32},
		"aes-xcbc-96": {16, 12}, "aes-cmac-96": {16, 12},
	} {
		a, ok := IntegrityByName(name)
		if got := [2]int{a.KeyLen, a.ICVLen}; !ok || got != want || a.IsZero() {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if (a.New == nil) != (name == "none") {
			t.Errorf("%s: New present is %v", name, a.New != nil)
		}
	}
	if len(Integrities()) != len(integrities) {
		t.Error("Integrities leaves rows out")
	}
}

func TestIntegrityNumbers(t *testing.T) {
	esp := func(id int) (Integrity, bool) { return ESPAuth(uint16(id)) }
	ah := func(id int) (Integrity, bool) { return AHTransform(uint8(id)) }
	ikev2 := func(id int) (Integrity, bool) { return IKEv2Integrity(uint16(id)) }
	for _, c := range []struct {
		look func(int) (Integrity, bool)
		id   int
		want string
	}{
		{esp, 0, "none"}, {esp, 1, "hmac-md5-96"}, {esp, 2, "hmac-sha1-96"}, {esp, 3, ""}, {esp, 5, "hmac-sha2-256-128"},
		{esp, 6, "hmac-sha2-384-192"}, {esp, 7, "hmac-sha2-512-256"}, {esp, 8, ""}, {esp, 9, "aes-xcbc-96"}, {esp, 11, ""}, {esp, 61440, ""},
		{ah, 0, ""}, {ah, 1, ""}, {ah, 2, "hmac-md5-96"}, {ah, 3, "hmac-sha1-96"}, {ah, 4, ""}, {ah, 5, "hmac-sha2-256-128"}, {ah, 9, "aes-xcbc-96"},
		{ikev2, 0, "none"}, {ikev2, 2, "hmac-sha1-96"}, {ikev2, 5, "aes-xcbc-96"}, {ikev2, 8, "aes-cmac-96"}, {ikev2, 12, "hmac-sha2-256-128"},
		{ikev2, 14, "hmac-sha2-512-256"}, {ikev2, 15, ""},
	} {
		a, ok := c.look(c.id)
		if a.Name != c.want || ok != (c.want != "") {
			t.Errorf("%d: %q, %v; want %q", c.id, a.Name, ok, c.want)
		}
	}
}

func TestIntegrityPanicsOnAWrongKey(t *testing.T) {
	for _, a := range Integrities() {
		if a.New == nil {
			continue
		}
		func() {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "suite: "+a.Name) {
					t.Errorf("%s: %q", a.Name, s)
				}
			}()
			a.New(make([]byte, a.KeyLen+1))
		}()
	}
}

func TestIntegrityDoesNotAllocatePerPacket(t *testing.T) {
	packet, sum := make([]byte, 1440), make([]byte, 0, 64)
	for _, a := range Integrities() {
		if a.New == nil {
			continue
		}
		h := a.New(make([]byte, a.KeyLen))
		verify := func(h hash.Hash) {
			h.Reset()
			h.Write(packet)
			sum = h.Sum(sum[:0])
		}
		verify(h)
		if n := testing.AllocsPerRun(20, func() { verify(h) }); n != 0 {
			t.Errorf("%s: %v allocations a packet", a.Name, n)
		}
	}
}

func TestHashesAndPRFs(t *testing.T) {
	for id, want := range []string{1: "md5", 2: "sha1", 3: "tiger", 4: "sha2-256", 5: "sha2-384", 6: "sha2-512", 7: ""} {
		h, ok := Phase1Hash(uint16(id))
		if h.Name != want || ok != (want != "") {
			t.Errorf("hash %d: %q, %v", id, h.Name, ok)
		}
		if h.Computable() {
			if n := h.New().Size(); n != h.Size {
				t.Errorf("%s: size %d, row says %d", h.Name, n, h.Size)
			}
		}
		p := HMAC(h)
		if p.Computable() != h.Computable() || p.Name != h.Name || p.Size != h.Size {
			t.Errorf("hash %d: PRF %+v", id, p)
		}
	}
	for id, want := range []string{1: "md5", 2: "sha1", 3: "tiger", 4: "aes128-xcbc", 5: "sha2-256", 6: "sha2-384", 7: "sha2-512", 8: "aes128-cmac", 9: ""} {
		p, ok := IKEv2PRF(uint16(id))
		if p.Name != want || ok != (want != "") || p.FixedKey != strings.HasPrefix(want, "aes") {
			t.Errorf("prf %d: %+v, %v", id, p, ok)
		}
	}
}
