package diagnose_test

import (
	"bytes"
	"slices"
	"testing"

	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// What keys that open nothing would be used with is no news of the tunnel.
func TestForeignKeysAreNotAudited(t *testing.T) {
	s := samples.ByName("mm-psk-aes128-sha1-modp1536")
	ring := &secrets.Ring{ESPs: []secrets.ESP{{
		Protocol: 50, SPI: 0xc5dde328, Encryption: "3des-cbc", Integrity: "hmac-sha1-96",
		EncryptionKey: keymat.NewSecret(bytes.Repeat([]byte{1, 2, 4}, 8)), IntegrityKey: keymat.NewSecret(make([]byte, 20)),
		Source: secrets.Source{File: "xfrm.txt", Line: 1},
	}}}
	got := findings(t, s.Capture(), ring)
	found := func(c diagnose.Code) bool {
		return slices.ContainsFunc(got, func(f diagnose.Finding) bool { return f.Code == c })
	}
	if !found(diagnose.ESPICVFailed) || found(diagnose.WeakEncryption) {
		t.Errorf("%v", got)
	}
}
