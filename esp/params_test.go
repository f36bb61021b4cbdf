package esp

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ikescope/suite"
)

func TestKeyLengths(t *testing.T) {
	for _, c := range []struct {
		cipher, integrity string
		cipherKey, macKey int
		want              KeyError
		text              string
	}{
		{"aes-cbc-128", "hmac-sha1-96", 15, 20, KeyError{"encryption key", "aes-cbc-128", 16, 15},
			"esp: aes-cbc-128: encryption key of 15 octets, 16 needed"},
		{"aes-cbc-128", "hmac-sha1-96", 16, 16, KeyError{"integrity key", "hmac-sha1-96", 20, 16},
			"esp: hmac-sha1-96: integrity key of 16 octets, 20 needed"},
		{"aes-gcm-16-256", "", 32, 0, KeyError{"encryption key", "aes-gcm-16-256", 36, 32},
			"esp: aes-gcm-16-256: encryption key of 32 octets, 36 needed"},
		{"aes-ccm-8-128", "", 20, 0, KeyError{"encryption key", "aes-ccm-8-128", 19, 20},
			"esp: aes-ccm-8-128: encryption key of 20 octets, 19 needed"},
		{"3des-cbc", "hmac-md5-96", 0, 16, KeyError{"encryption key", "3des-cbc", 24, 0},
			"esp: 3des-cbc: encryption key of 0 octets, 24 needed"},
		{"null", "none", 1, 0, KeyError{"encryption key", "null", 0, 1},
			"esp: null: encryption key of 1 octets, 0 needed"},
		{"null", "none", 0, 1, KeyError{"integrity key", "none", 0, 1},
			"esp: none: integrity key of 1 octets, 0 needed"},
		{"", "", 0, 3, KeyError{"integrity key", "none", 0, 3},
			"esp: none: integrity key of 3 octets, 0 needed"},
	} {
		p := algorithms{Encryption: c.cipher, Integrity: c.integrity}.params(t)
		p.CipherKey, p.IntegrityKey = make([]byte, c.cipherKey), make([]byte, c.macKey)
		_, err := NewSA(p)
		var k *KeyError
		if !errors.As(err, &k) || *k != c.want || err.Error() != c.text {
			t.Errorf("%v: error %v", p, err)
		}
	}
}

// Each combination refuses keys that are one octet too short or too long.
func TestEveryKeyLengthChecked(t *testing.T) {
	eachSA(t, func(p Params) {
		for _, change := range []func(*Params){
			func(p *Params) { p.CipherKey = append(p.CipherKey, 0) },
			func(p *Params) { p.IntegrityKey = append(p.IntegrityKey, 0) },
			func(p *Params) { p.CipherKey = p.CipherKey[:max(0, len(p.CipherKey)-1)] },
		} {
			q := p.clone()
			change(&q)
			if len(q.CipherKey) == len(p.CipherKey) && len(q.IntegrityKey) == len(p.IntegrityKey) {
				continue
			}
			var k *KeyError
			if _, err := NewSA(q); !errors.As(err, &k) {
				t.Fatalf("%v: error %v", q, err)
			}
		}
	})
}

func TestAlgorithmsThatDoNotFit(t *testing.T) {
	noBlock := cipherNamed(t, "aes-cbc-128")
	noBlock.NewBlock = nil
	noMAC := integrityNamed(t, "hmac-sha1-96")
	noMAC.New = nil
	strange := cipherNamed(t, "null")
	strange.Mode = 200
	desGCM := cipherNamed(t, "aes-gcm-16-128")
	desGCM.NewBlock = cipherNamed(t, "des-cbc").NewBlock
	desGCM.KeyLen = 8
	desGCM8 := desGCM
	desGCM8.ICVLen = 8
	for name, p := range map[string]Params{
		"two integrity algorithms": {Cipher: cipherNamed(t, "aes-gcm-16-128"), Integrity: integrityNamed(t, "hmac-sha1-96")},
		"cipher only named":        {Cipher: noBlock},
		"integrity only named":     {Cipher: cipherNamed(t, "null"), Integrity: noMAC},
		"unknown mode":             {Cipher: strange},
		"cipher of 64-bit blocks":  {Cipher: desGCM},
		"the same, short tag":      {Cipher: desGCM8},
	} {
		p.CipherKey = make([]byte, p.Cipher.KeymatLen())
		p.IntegrityKey = make([]byte, p.Integrity.KeyLen)
		var a *AlgorithmError
		if _, err := NewSA(p); !errors.As(err, &a) || !strings.HasPrefix(a.Error(), "esp: ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// No way of printing parameters, SAs or errors shows a key.
func TestKeysDoNotPrint(t *testing.T) {
	canary := []byte("CANARY-KEY-CANARY-KE")
	p := Params{SPI: 0xcc4fcd10, Cipher: cipherNamed(t, "aes-cbc-128"), CipherKey: canary[:16],
		Integrity: integrityNamed(t, "hmac-sha1-96"), IntegrityKey: canary, ESN: true}
	sa := mustSA(t, p)
	bad := p
	bad.CipherKey = canary[:17]
	_, err := NewSA(bad)
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb+verb+"\n", p, &p, sa, err)
	}
	for _, v := range []any{p, sa, struct{ P Params }{p}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	shown := strings.ToLower(out.String())
	for _, form := range []string{"canary", hex.EncodeToString(canary[:6]), fmt.Sprint(canary[:4])[1:12]} {
		if strings.Contains(shown, form) {
			t.Errorf("%q is in\n%s", form, shown)
		}
	}
	const want = "SPI 0xcc4fcd10 aes-cbc-128 hmac-sha1-96 esn"
	if got := fmt.Sprint(sa); got != want {
		t.Errorf("prints %q, want %q", got, want)
	}
	if got := p.GoString() + sa.GoString() + sa.String(); got != want+want+want {
		t.Errorf("prints %q", got)
	}
}

// The SA keeps its own copy of the keys.
func TestKeysAreCopied(t *testing.T) {
	p := paramsFor(rand.New(rand.NewPCG(1, 1)), cipherNamed(t, "aes-ctr-128"), integrityNamed(t, "hmac-sha1-96"), false)
	sa := mustSA(t, p)
	data := newSealer(t, p).packet(1, []byte("payload"), 4)
	clear(p.CipherKey)
	clear(p.IntegrityKey)
	batch := []Packet{{Data: data}}
	new(Worker).Open(sa, batch)
	if string(batch[0].Inner) != "payload" {
		t.Errorf("%v %q", batch[0].Verdict, batch[0].Inner)
	}
}

func TestAccessors(t *testing.T) {
	p := Params{SPI: 5, Cipher: cipherNamed(t, "null-auth-aes-gmac-128"), CipherKey: make([]byte, 20), ESN: true}
	sa := mustSA(t, p)
	if sa.SPI() != 5 || !sa.ESN() || sa.ICVLen() != 16 || sa.Cipher().Name != p.Cipher.Name || sa.Integrity().ICVLen != 0 {
		t.Error(sa)
	}
	ah := mustSA(t, Params{Integrity: integrityNamed(t, "aes-xcbc-96"), IntegrityKey: make([]byte, 16)})
	if ah.String() != "SPI 0x00000000 null aes-xcbc-96" || ah.Cipher().Mode != suite.ModeNull {
		t.Error(ah)
	}
}
