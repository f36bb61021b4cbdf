package analysis_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ikescope/analysis"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// bundle is a sample's ESP in the packets of the SA around it, without IKE.
func bundle(t *testing.T, s samples.Sample) (file []byte, inside [][]byte) {
	t.Helper()
	var out bytes.Buffer
	w := pcaps.NewWriter(&out, pcaps.FormatPcap, pcaps.WriterOptions{})
	w.AddInterface(pcaps.Interface{Link: pcaps.LinkRaw})
	for _, d := range datagrams(t, s) {
		if d[9] == 50 {
			inside = append(inside, d)
			w.Write(0, 0, around(nil, uint32(len(inside)), d))
		}
	}
	w.Flush()
	return out.Bytes(), inside
}

// eachReading analyses a file with one worker and with three, as a file and as a
// stream, with an output that can begin again and with one that cannot.
func eachReading(t *testing.T, capture []byte, ring *secrets.Ring, do func(res *analysis.Result, written []byte)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "capture.pcap")
	if err := os.WriteFile(path, capture, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 3} {
		for _, piped := range []bool{false, true} {
			again, once := new(restarted), new(octets)
			for sink, out := range map[analysis.Sink]*bytes.Buffer{again: &again.Buffer, once: &once.Buffer} {
				var in io.Reader
				if piped {
					in = io.MultiReader(bytes.NewReader(capture))
				}
				res := runOver(t, path, in, analysis.Options{Strict: true, Ring: ring, Sink: sink, Workers: workers})
				do(res, out.Bytes())
			}
		}
	}
}

// Keys that the user supplied open SAs whose packets stand inside those of another
// one only, whether they are given by SPI or not.
func TestSuppliedKeysOfSAsInsideOthers(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "esp-aes128gcm16", "esp-aes128-esn"} {
		s := samples.ByName(name)
		capture, _ := bundle(t, s)
		want, _ := open(t, s, nil, 1, 0)
		for _, labelled := range []bool{true, false} {
			ring := &secrets.Ring{ESPs: append(kernelKeys(t, s), aroundKeys())}
			for i := range ring.ESPs {
				if !labelled {
					ring.ESPs[i].SPI = 0
				}
			}
			eachReading(t, capture, ring, func(res *analysis.Result, written []byte) {
				if res.Opened.Decrypted != int64(2*s.ESP) || res.Opened.Opaque != 0 || len(res.Unknown) != 0 {
					t.Errorf("%s, SPIs %v: %+v, want %d", name, labelled, res.Opened, 2*s.ESP)
				}
				if !bytes.Equal(written, want) {
					t.Errorf("%s, SPIs %v: other octets than without the SA around", name, labelled)
				}
				for _, sa := range res.SAs {
					if sa.Given == nil || sa.Opened.Decrypted != sa.Flow.Packets || sa.SPI != aroundSPI && !sa.Flow.Inside() {
						t.Errorf("%s: 0x%08x: %+v", name, sa.SPI, sa.Opened)
					}
				}
			})
		}
	}
}

// What a wrong key does not open stays what it is, also where packets are opened that
// do not verify.
func TestWrongKeysLeaveInsidesAlone(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	capture, inside := bundle(t, s)
	keys := append(kernelKeys(t, s), aroundKeys())
	for i := range keys[:len(keys)-1] {
		k := bytes.Clone(keys[i].EncryptionKey.Bytes())
		k[3] ^= 0x10
		keys[i].EncryptionKey, keys[i].Encryption = keymat.NewSecret(k), "3des-cbc"
		keys[i].IntegrityKey, keys[i].Integrity = keymat.NewSecret(make([]byte, 20)), "hmac-sha1-96"
	}
	path := filepath.Join(t.TempDir(), "capture.pcap")
	if err := os.WriteFile(path, capture, 0o600); err != nil {
		t.Fatal(err)
	}
	sink := new(octets)
	res := runOver(t, path, nil, analysis.Options{Strict: true, Ring: &secrets.Ring{ESPs: keys}, Sink: sink, Unverified: true})
	if o := res.Opened; o.ICVFailed != int64(s.ESP) || o.Opaque == 0 {
		t.Errorf("%+v", o)
	}
	whole := 0
	for _, d := range inside {
		if bytes.Contains(sink.Bytes(), d) {
			whole++
		}
	}
	if o := res.Opened.Opaque; int64(whole) < o/2 { // of some, garbage looks like another protection
		t.Errorf("%d packets inside are as they were, of %d", whole, o)
	}
}

// What is inside of an SA and cannot be opened is passed on as it is, and told.
func TestUnopenedInsidesArePassedOn(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	capture, inside := bundle(t, s)
	eachReading(t, capture, &secrets.Ring{ESPs: []secrets.ESP{aroundKeys()}}, func(res *analysis.Result, written []byte) {
		if !bytes.Equal(written, slices.Concat(inside...)) {
			t.Errorf("%d octets are not those that were inside", len(written))
		}
		if o := res.Opened; o.Opaque != int64(s.ESP) || o.Written != int64(s.ESP) || len(res.Unknown) != s.SAs {
			t.Errorf("%+v, %d unknown flows", o, len(res.Unknown))
		}
		for _, f := range res.Unknown {
			if !f.Inside() || f.Packets == 0 {
				t.Errorf("%+v", f)
			}
		}
	})
}
