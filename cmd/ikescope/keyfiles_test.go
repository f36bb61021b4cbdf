package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ikescope/pcaps/samples"
)

// The tests of this file give the program what daemons and kernels wrote, one file
// at a time, unaltered, and nothing else: secrets/testdata/daemons.

// keyFile is a row of truth.txt there.
type keyFile struct {
	scenario, name string
	esp, ike       int
	none           bool // no secrets in it
}

func daemonsPath(parts ...string) string {
	return filepath.Join(append([]string{"..", "..", "secrets", "testdata", "daemons"}, parts...)...)
}

func keyFiles(t *testing.T) (out []keyFile) {
	t.Helper()
	f, err := os.Open(daemonsPath("truth.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if strings.HasPrefix(in.Text(), "#") {
			continue
		}
		var k keyFile
		var esp, ike string
		if _, err := fmt.Sscan(in.Text(), &k.scenario, &k.name, &esp, &ike); err != nil {
			t.Fatalf("%s: %v", in.Text(), err)
		}
		if k.none = esp == "-"; !k.none {
			if _, err := fmt.Sscan(esp+" "+ike, &k.esp, &k.ike); err != nil {
				t.Fatalf("%s: %v", in.Text(), err)
			}
		}
		out = append(out, k)
	}
	return out
}

// unpack puts the plain form of a file, or of a folder's files, into a folder of
// the test.
func unpack(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(path))
	if _, err := os.Stat(path); err != nil {
		unpackFile(t, path+".gz", to)
		return to
	}
	err := filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			unpackFile(t, at, filepath.Join(to, strings.TrimSuffix(d.Name(), ".gz")))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func unpackFile(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, plain, 0o600); err != nil {
		t.Fatal(err)
	}
}

// scenarioCaptures are the capture and the truth of a scenario, which are a
// sample's or stand beside the logs.
func scenarioCaptures(t *testing.T, scenario string) (outer, inner string, copies int) {
	t.Helper()
	for _, s := range append(samples.All(), samples.Partial()...) {
		if s.Name != scenario {
			continue
		}
		if s.Inner != "" {
			inner = s.Path(s.Inner)
		}
		return s.Capture(), inner, s.Copies
	}
	return daemonsPath(scenario, "outer.pcap.gz"), daemonsPath(scenario, "inner.pcap.gz"), 1
}

// TestFilesOfDaemonsOpenWhatTheyMust also compares the packets with those that the
// receiving kernels took out.
func TestFilesOfDaemonsOpenWhatTheyMust(t *testing.T) {
	for _, k := range keyFiles(t) {
		t.Run(k.scenario+"/"+k.name, func(t *testing.T) {
			t.Parallel()
			keys := unpack(t, daemonsPath(k.scenario, k.name))
			outer, inner, copies := scenarioCaptures(t, k.scenario)
			if k.none {
				execute(t, exitDone, "report", outer, "-k", keys)
				return
			}
			checkOpened(t, k, outer, keys)
			if k.esp > 0 {
				checkPackets(t, k, outer, inner, keys, copies)
			}
		})
	}
}

func checkOpened(t *testing.T, k keyFile, outer, keys string) {
	t.Helper()
	var got struct {
		ISAKMP []struct {
			Decrypted int `json:"decrypted_messages"`
		} `json:"isakmp_sas"`
		IPsec []ipsecJSON `json:"ipsec_sas"`
	}
	text := execute(t, exitDone, "report", outer, "-k", keys, "--format", "json")
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	esp, ike := 0, 0
	for _, sa := range got.ISAKMP {
		ike += sa.Decrypted
	}
	for _, sa := range got.IPsec {
		if esp += sa.Decrypted; sa.ICVFailed > 0 {
			t.Errorf("%s: %d ICVs are wrong", sa.SPI, sa.ICVFailed)
		}
	}
	if esp != k.esp || ike != k.ike {
		t.Errorf("%d ESP packets and %d IKE messages opened, want %d and %d", esp, ike, k.esp, k.ike)
	}
}

func checkPackets(t *testing.T, k keyFile, outer, inner, keys string, copies int) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "inner.pcapng")
	execute(t, exitDone, "decrypt", outer, "-k", keys, "-o", out)
	got, want := datagrams(t, out), datagrams(t, inner)
	if len(got) == len(want)*copies {
		compareTraffic(t, got, want, copies)
		return
	}
	if len(got) != k.esp {
		t.Errorf("%d packets, want %d", len(got), k.esp)
	}
	ours, shared := lives(got), 0
	for packet, ttls := range lives(want) {
		shared += min(len(ttls), len(ours[packet]))
	}
	if shared != min(len(got), len(want)) {
		t.Errorf("%d packets of ours stand in the truth, want %d of %d and %d", shared, min(len(got), len(want)), len(got), len(want))
	}
}

// TestDaemonsFolder counts what the test above went through: every file once.
func TestDaemonsFolder(t *testing.T) {
	listed := map[string]bool{}
	for _, k := range keyFiles(t) {
		listed[filepath.Join(k.scenario, k.name)] = true
	}
	root := daemonsPath()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, strings.TrimSuffix(path, ".gz"))
		if err == nil && d.Type().IsRegular() && filepath.Ext(name) != ".pcap" && name != "truth.txt" && !listed[name] {
			t.Errorf("%s is not in truth.txt", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
