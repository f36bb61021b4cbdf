package samples

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ikescope/pcaps"
)

// maxFolder is what all samples together may take in the repository, in octets.
const maxFolder = 15 << 20

func TestEverySampleIsListedAndCounted(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(Dir(), "*", "secrets.json"))
	listed := append(All(), Partial()...)
	if err != nil || len(folders) != len(listed) {
		t.Fatalf("%d folders, %d samples (%v)", len(folders), len(listed), err)
	}
	for _, s := range listed {
		for _, c := range s.Captures {
			if n := packets(t, s.Path(c)); n != s.Packets {
				t.Errorf("%s/%s: %d packets, want %d", s.Name, c, n, s.Packets)
			}
		}
		if s.Inner == "" {
			continue
		}
		if n := packets(t, s.Path(s.Inner)); n != s.Truth {
			t.Errorf("%s/%s: %d packets, want %d", s.Name, s.Inner, n, s.Truth)
		}
	}
	for _, s := range All() {
		if s.ESP != s.Truth*s.Copies {
			t.Errorf("%s: %d ESP packets are not %d times %d", s.Name, s.ESP, s.Copies, s.Truth)
		}
	}
}

func packets(t *testing.T, path string) int {
	t.Helper()
	set, err := pcaps.OpenSet([]string{path}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	n := 0
	for {
		b, err := set.Next()
		if err != nil {
			break
		}
		n += len(b.Frames)
		b.Release()
	}
	if c := set.Captures()[0]; !c.Complete {
		t.Errorf("%s: %v", path, c.Problems)
	}
	return n
}

func TestSecrets(t *testing.T) {
	for _, s := range All() {
		sec, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		if len(sec.PSK) == 0 && !strings.Contains(s.Name, "rsa") || len(sec.IKE) == 0 || len(sec.ESP) < s.SAs {
			t.Errorf("%s: %d keys, %d ISAKMP SAs, %d IPsec SAs", s.Name, len(sec.PSK), len(sec.IKE), len(sec.ESP))
		}
		for _, k := range Knows {
			for _, ike := range sec.IKE {
				if _, v := k.of(ike.DH); len(v) == 0 {
					t.Errorf("%s: a value of the %s is missing", s.Name, k)
				}
			}
		}
		for _, e := range sec.ESP {
			if _, err := e.SPI(); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
}

func TestHexPutsBackALeadingZero(t *testing.T) {
	var h Hex
	if err := h.UnmarshalText([]byte("abc")); err != nil || h.String() != "0abc" {
		t.Errorf("%s, %v", h, err)
	}
	if err := h.UnmarshalText([]byte("xy")); err == nil {
		t.Error("no hex, no error")
	}
}

func TestFolderStaysSmall(t *testing.T) {
	var sum int64
	err := filepath.WalkDir(Dir(), func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		fi, err := d.Info()
		if err == nil {
			sum += fi.Size()
		}
		return err
	})
	if err != nil || sum > maxFolder {
		t.Errorf("%d octets, limit %d (%v)", sum, maxFolder, err)
	}
}

func TestByNamePanicsForAnUnknownSample(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	ByName("nothing")
}
