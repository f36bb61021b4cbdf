package suite

import "strconv"

// Mode is how a cipher is used on a packet.
type Mode uint8

// Modes of the ciphers. The zero value transforms nothing.
const (
	ModeNull             Mode = iota // RFC 2410
	ModeCBC                          // RFC 2451, RFC 3602: explicit IV of one block
	ModeCTR                          // RFC 3686: nonce | IV | block counter from 1
	ModeGCM                          // RFC 4106
	ModeCCM                          // RFC 4309
	ModeGMAC                         // RFC 4543: authentication only, plaintext in the clear
	ModeChaCha20Poly1305             // RFC 7634
)

var modeNames = [...]string{"null", "cbc", "ctr", "gcm", "ccm", "gmac", "chacha20-poly1305"}

// String returns the mode's name in lower case.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return "mode " + strconv.Itoa(int(m))
}
