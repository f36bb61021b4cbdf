package secrets

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each format has a fuzz target of its own, which goes past the recognition of formats; FuzzRead is the whole. Seeds are
// the files under testdata/fuzz and the samples of the tests.

func FuzzTOML(f *testing.F) {
	f.Add([]byte(goodTOML))
	for _, fault := range tomlFaults {
		f.Add([]byte(fault.doc))
	}
	fuzzFormat(f, "TOML secrets file")
}

func FuzzIPsecSecrets(f *testing.F) {
	f.Add([]byte(ipsecSecretsSample))
	fuzzFormat(f, "ipsec.secrets")
}

func FuzzSwanctl(f *testing.F) {
	addFiles(f, "swanctl-*.conf")
	fuzzFormat(f, "swanctl.conf")
}

func FuzzPSKTxt(f *testing.F) {
	f.Add([]byte(pskTxtSample))
	fuzzFormat(f, "psk.txt")
}

func FuzzXfrm(f *testing.F) {
	addFiles(f, "xfrm-*.txt")
	fuzzFormat(f, "ip xfrm state")
}

func FuzzCharon(f *testing.F) {
	addFiles(f, "readers/charon-*.txt")
	fuzzFormat(f, "strongSwan log")
}

func FuzzWireshark(f *testing.F) {
	addFiles(f, "readers/wireshark.txt")
	fuzzFormat(f, "Wireshark key tables")
}

func FuzzSetkey(f *testing.F) {
	addFiles(f, "readers/setkey.txt")
	fuzzFormat(f, "setkey -D")
}

func FuzzXfrmCommand(f *testing.F) {
	addFiles(f, "readers/xfrm-commands.txt")
	fuzzFormat(f, "ip xfrm state add")
}

func FuzzRacoon(f *testing.F) {
	addFiles(f, "readers/racoon.txt")
	addFiles(f, "readers/routeros.txt")
	fuzzFormat(f, "racoon or RouterOS log")
}

func FuzzRouterOS(f *testing.F) {
	addFiles(f, "readers/routeros-installed-sa.txt")
	fuzzFormat(f, "RouterOS installed-sa")
}

func FuzzPluto(f *testing.F) {
	addFiles(f, "readers/pluto-*.txt")
	fuzzFormat(f, "pluto log (libreswan, Openswan)")
}

func FuzzVpnc(f *testing.F) {
	addFiles(f, "readers/vpnc.txt")
	fuzzFormat(f, "vpnc log")
}

func FuzzOpenIKED(f *testing.F) {
	addFiles(f, "readers/openiked.txt")
	fuzzFormat(f, "OpenIKED log")
}

func FuzzFortigate(f *testing.F) {
	addFiles(f, "readers/fortigate-*.txt")
	fuzzFormat(f, "FortiGate tunnel list or IKE debug")
}

func FuzzVPP(f *testing.F) {
	addFiles(f, "readers/vpp.txt")
	fuzzFormat(f, "VPP show ikev2 sa details")
}

func FuzzIPsecctl(f *testing.F) {
	addFiles(f, "readers/ipsecctl.txt")
	fuzzFormat(f, "ipsecctl -sk")
}

func FuzzTcpdump(f *testing.F) {
	addFiles(f, "readers/tcpdump.txt")
	fuzzFormat(f, "tcpdump -E file")
}

func FuzzSIP(f *testing.F) {
	addFiles(f, "readers/sip.txt")
	fuzzFormat(f, "SIP security agreement (IMS)")
}

func FuzzRead(f *testing.F) {
	addFiles(f, "*.*")
	addFiles(f, "readers/*.txt")
	for _, doc := range []string{goodTOML, ipsecSecretsSample, pskTxtSample} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		r, ws, err := Read("f", bytes.NewReader(content))
		checkRead(t, r, ws, err)
	})
}

func addFiles(f *testing.F, pattern string) {
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(names) == 0 {
		f.Fatalf("%s: %d files, %v", pattern, len(names), err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

func fuzzFormat(f *testing.F, name string) {
	for _, format := range formats {
		if format.Name != name {
			continue
		}
		f.Fuzz(func(t *testing.T, content []byte) {
			if format.detect != nil {
				format.detect(content)
			}
			c := newCollector("f")
			if err := readAs(c, []Format{format}, bufio.NewReaderSize(bytes.NewReader(content), maxLine)); err != nil {
				checkRead(t, nil, nil, readError("f", err))
				return
			}
			r, ws, err := c.finish()
			checkRead(t, r, ws, err)
		})
		return
	}
	f.Fatalf("no format %s", name)
}

// checkRead asks of any result that an error is one line of this package, that warnings are few and of one line, and that
// the ring can be written and read again.
func checkRead(t *testing.T, r *Ring, ws []Warning, err error) {
	t.Helper()
	if err != nil {
		var own *Error
		if !errors.As(err, &own) || !strings.HasPrefix(err.Error(), "f") || strings.ContainsAny(err.Error(), "\r\n") {
			t.Fatalf("error %T %q", err, err)
		}
		return
	}
	for _, w := range ws {
		if w.Text == "" || strings.ContainsAny(w.Text, "\r\n") {
			t.Fatalf("warning %q", w.Text)
		}
	}
	for _, e := range r.ESPs {
		if field, msg := espFault(&e); msg != "" {
			t.Fatalf("entry taken although %s is %s", field, msg)
		}
	}
	if again := rewrite(t, r); again.Len() != r.Len() {
		t.Fatalf("%d entries, %d when written and read again", r.Len(), again.Len())
	}
}
