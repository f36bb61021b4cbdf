package keyout

import (
	"fmt"
	"io"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// tcpdumpCiphers are the ciphers that tcpdump decrypts, by the names under which
// OpenSSL gives out their CBC mode. (tcpdump removes an ending "-cbc" before it
// asks, so that OpenSSL's full names find nothing.)
var tcpdumpCiphers = map[string]string{
	"des-cbc": "des", "3des-cbc": "des3", "aes-cbc-128": "aes128", "aes-cbc-192": "aes192", "aes-cbc-256": "aes256",
	"camellia-cbc-128": "camellia128", "camellia-cbc-192": "camellia192", "camellia-cbc-256": "camellia256",
	"blowfish-cbc-128": "blowfish", "cast-cbc-128": "cast",
}

// tcpdumpICV is the only ICV length in octets that tcpdump can leave out at the
// end of a packet.
const tcpdumpICV = 12

// Tcpdump writes a file for tcpdump -E "file NAME": a line for each SA. tcpdump
// checks no ICV.
func Tcpdump(w io.Writer, k Keys) ([]Skipped, error) {
	return k.lines(w, tcpdumpLine)
}

// tcpdumpLine is "SPI@destination cipher:key".
func tcpdumpLine(s IPsec) (line, reason string) {
	if s.Protocol != isakmp.ProtocolESP {
		return "", "tcpdump needs no key for AH"
	}
	cipher, ok := tcpdumpCiphers[s.Cipher.Name]
	switch {
	case s.Cipher.Mode == suite.ModeNull || s.Cipher.Mode == suite.ModeGMAC:
		return "", "it is not encrypted"
	case !ok:
		return "", "tcpdump does not decrypt " + s.Encryption
	}
	switch i := s.integrity(); {
	case i.ICVLen == tcpdumpICV:
		cipher += "-hmac96"
	case i.ICVLen != 0:
		return "", fmt.Sprintf("tcpdump knows ICVs of 96 bits only, and %s has %d", i.Name, 8*i.ICVLen)
	}
	return fmt.Sprintf("%s@%s %s:0x%s", spi(s.SPI), s.Dst, cipher, s.Keys.Encryption.Hex()), ""
}
