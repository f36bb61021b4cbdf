package analysis_test

import (
	"testing"

	"ikescope/pcaps/samples"
)

// layoutV2 is one IKE_SA_INIT (messages 1 and 2), one IKE_AUTH (3 and 4) and two
// Informational exchanges with Deletes. Messages of version 2 do not chain to each
// other: what is lost costs itself and what is derived from it.
var layoutV2 = layout{
	samples: []string{"ikev2-psk-aes128gcm16-x25519", "ikev2-psk-aes256-sha256-modp2048"},
	less: []less{
		{1, 1, 0, "g^xi and Ni are lost: only message 2, in the clear, is read"},
		{2, 1, 0, "the choice, g^xr and Nr are lost: only message 1, in the clear, is read"},
		{3, 7, 0, "the initiator's SPI is lost"},
		{4, 7, 0, "the responder's SPI and choice are lost"},
		{5, 7, 2, "a Delete"}, {6, 7, 2, "an answer"}, {7, 7, 2, "a Delete"}, {8, 7, 2, "an answer"},
	},
	from: append([]outcome{{8, 2}, {1, 0}}, none(6)...),
}

func TestImpairedCapturesOfV2(t *testing.T) {
	for _, name := range layoutV2.samples {
		t.Run(name, func(t *testing.T) { layoutV2.impair(t, samples.ByName(name)) })
	}
}
