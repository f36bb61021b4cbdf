package ikestate_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// dump is an IKE message as strongSwan's log shows it ("enc" at level 3): the
// octets behind the header, encrypted and in the clear.
type dump struct{ encrypted, plain []byte }

var (
	dumpLine = regexp.MustCompile(`^\w+ +\d+ [\d:]+ (\d+)\[ENC\] (.*)$`)
	dumpHead = regexp.MustCompile(`^(plain|encrypted) => (\d+) bytes`)
	dumpRow  = regexp.MustCompile(`^ *\d+: ((?:[0-9A-F]{2} ){1,16})`)
)

// readDumps reads the pairs of a log. Of a message that was received, "encrypted"
// stands first, of one that was sent, "plain", and that without its padding. Each
// thread of the daemon writes its own lines.
func readDumps(t *testing.T, r io.Reader) (all []dump) {
	t.Helper()
	type open struct {
		name   string
		octets []byte
		want   int
	}
	last := map[string]*open{} // by thread, being read
	first := map[string]*open{}
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		m := dumpLine.FindStringSubmatch(in.Text())
		if m == nil {
			continue
		}
		thread, text := m[1], m[2]
		if h := dumpHead.FindStringSubmatch(text); h != nil {
			n, err := strconv.Atoi(h[2])
			if err != nil {
				t.Fatal(err)
			}
			last[thread] = &open{name: h[1], want: n}
			continue
		}
		o, row := last[thread], dumpRow.FindStringSubmatch(text)
		if o == nil || row == nil || len(o.octets) >= o.want {
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(row[1], " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		if o.octets = append(o.octets, b...); len(o.octets) < o.want {
			continue
		}
		switch f := first[thread]; {
		case f == nil || f.name == o.name:
			first[thread] = o
		case f.name == "plain":
			all, first[thread] = append(all, dump{o.octets, f.octets}), nil
		default:
			all, first[thread] = append(all, dump{f.octets, o.octets}), nil
		}
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// comparePlain compares every message that the engine decrypted with the dump of
// the same ciphertext, and counts those that stayed closed.
func comparePlain(t *testing.T, name string, e *ikestate.Engine, dumps []dump) (compared, closed int) {
	t.Helper()
	byCiphertext := map[string][]byte{}
	for _, d := range dumps {
		byCiphertext[string(d.encrypted)] = d.plain
	}
	for _, c := range e.Conversations() {
		for _, m := range c.Messages {
			if !m.Encrypted() || c.Version() != 1 {
				continue
			}
			want, known := byCiphertext[string(m.Raw[28:])]
			switch {
			case !known:
				continue // it never reached the daemon that wrote the log
			case !m.Decrypted:
				closed++
			case !bytes.HasPrefix(m.Plain, want) || strings.Trim(string(m.Plain[len(want):]), "\x00") != "":
				t.Errorf("%s, packet %d: other octets than the daemon's", name, m.Frame)
			default:
				compared++
			}
		}
	}
	return compared, closed
}

// Messages in the clear are what strongSwan saw, octet by octet.
func TestMessagesAreTheDaemons(t *testing.T) {
	// Encrypted messages of each capture, retransmissions not counted.
	for name, want := range map[string]int{
		"aggressive-psk-aes128-sha1-modp1536": 6,
		"xauth-mm-psk-modecfg":                13,
		"xauth-hybrid-rsa":                    13,
		"mm-rsa-ike-fragmentation":            7,
		"vpnc-strongswan-xauth":               14,
		"rekey-quick-modes-pfs":               19,
		"dpd":                                 15, // the daemon's last two never left it
		"mm-psk-des-md5-modp768":              7,
		"mm-psk-aes256-sha512-x25519":         7,
		"natt-masquerade":                     7,
	} {
		f, err := os.Open(filepath.Join("testdata", "plain", name+".log.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		s := samples.ByName(name)
		got, closed := comparePlain(t, name, solve(t, datagrams(t, s), ring(t, s)), readDumps(t, z))
		if got != want || closed != 0 {
			t.Errorf("%s: %d messages compared, want %d; %d closed", name, got, want, closed)
		}
		f.Close()
	}
}

// With IKESCOPE_SCENARIOS naming a folder of scenarios (capture, secrets.json and
// charon-b.log each), the same for every one of them that is IKEv1.
func TestMessagesOfAllScenarios(t *testing.T) {
	dir := os.Getenv("IKESCOPE_SCENARIOS")
	if dir == "" {
		t.Skip("IKESCOPE_SCENARIOS is not set")
	}
	logs, err := filepath.Glob(filepath.Join(dir, "*", "charon-b.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no logs in %s: %v", dir, err)
	}
	scenarios, total := 0, 0
	for _, path := range logs {
		dir, err := filepath.Rel(samples.Dir(), filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		s := samples.Sample{Name: dir, Captures: []string{"outer.pcap"}}
		if _, err := os.Stat(s.Capture()); err != nil {
			s.Captures[0] = "outer.pcapng"
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		dumps := readDumps(t, f)
		f.Close()
		name := filepath.Base(dir)
		if name == "fail-wrong-psk" {
			continue // the daemon decrypts with its own wrong key
		}
		n, closed := comparePlain(t, name, solve(t, datagrams(t, s), everything(t, s)), dumps)
		t.Logf("%s: %d messages, %d closed, %d dumps", name, n, closed, len(dumps))
		if n > 0 {
			scenarios++
		}
		total += n
	}
	t.Logf("%d messages of %d scenarios", total, scenarios)
}

// everything is the ring of a sample and, of conversations whose phase 1 is not in
// the capture, their keys.
func everything(t *testing.T, s samples.Sample) *secrets.Ring {
	t.Helper()
	r := ring(t, s)
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range known.IKE {
		if len(k.CookieR) == 8 && len(k.CipherKey) > 0 {
			r.ISAKMPs = append(r.ISAKMPs, secrets.ISAKMP{
				CookieI: (*[8]byte)(k.CookieI), CookieR: (*[8]byte)(k.CookieR), Source: secrets.Source{File: "isakmp"},
				SKEYIDd: keymat.NewSecret(k.SKEYIDd), SKEYIDa: keymat.NewSecret(k.SKEYIDa), CipherKey: keymat.NewSecret(k.CipherKey),
			})
		}
	}
	return r
}
