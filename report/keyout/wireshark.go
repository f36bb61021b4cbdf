package keyout

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/decode"
	"ikescope/decode/isakmp"
	"ikescope/secrets"
	"ikescope/suite"
)

// Profile is a Wireshark profile: files for one folder, by name. With the folder
// under Wireshark's profiles, "wireshark -C NAME" and "tshark -C NAME" decrypt
// what the tables hold.
type Profile struct {
	Files     map[string][]byte
	Skipped   []Skipped // what Wireshark 4.0 cannot use
	Unchecked []Skipped // SAs in the profile whose ICVs Wireshark 4.0 says nothing true of
}

// Names of the files of a profile.
const (
	FilePreferences = "preferences"
	FileESP         = "esp_sa"
	FileIKEv1       = "ikev1_decryption_table"
	FileIKEv2       = "ikev2_decryption_table"
	FileDecodeAs    = "decode_as_entries"
)

// preferences make Wireshark use the tables and check ICVs.
const preferences = `# Written by ikescope: decrypt ESP with the keys in esp_sa and check its ICVs.
esp.enable_encryption_decode: TRUE
esp.enable_authentication_check: TRUE
`

// Wireshark makes a profile of the keys, with entries for ports that Wireshark would
// not look at. A table without rows is not among its files.
func Wireshark(k Keys) Profile {
	p := Profile{Files: map[string][]byte{FilePreferences: []byte(preferences)}, Skipped: slices.Clone(k.Unknown)}
	for _, s := range k.IPsec {
		row, reason := espRow(s)
		p.row(FileESP, row, s.name(), reason)
		if reason = icvReason(s); row != "" && reason != "" {
			p.Unchecked = append(p.Unchecked, Skipped{s.name(), reason})
		}
	}
	for _, i := range k.ISAKMP {
		row, reason := ikev1Row(i)
		p.row(FileIKEv1, row, "ISAKMP SA "+i.CookieI.String()+":"+i.CookieR.String(), reason)
	}
	for _, i := range k.IKEv2 {
		row, reason := ikev2Row(i)
		p.row(FileIKEv2, row, "IKE SA "+hexSPI(i.SPIi)+":"+hexSPI(i.SPIr), reason)
	}
	for _, port := range otherPorts(k.IPsec) {
		p.row(FileDecodeAs, fmt.Sprintf("decode_as_entry: udp.port,%d,(none),UDPENCAP", port), "", "")
	}
	return p
}

// natPort is where Wireshark looks for ESP in UDP by itself (RFC 3948).
const natPort = 4500

// otherPorts are UDP ports in increasing order of which each SA that avoids port
// 4500 uses one: the lower, as that is the same in both directions.
func otherPorts(sas []IPsec) (ports []uint16) {
	for _, s := range sas {
		f := s.Flow
		if f == nil || f.Encap != decode.EncapUDP || f.SrcPort == natPort || f.DstPort == natPort {
			continue
		}
		ports = append(ports, min(f.SrcPort, f.DstPort))
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// row appends a row to a table, or notes why there is none.
func (p *Profile) row(file, row, what, reason string) {
	if reason != "" {
		p.Skipped = append(p.Skipped, Skipped{what, reason})
		return
	}
	p.Files[file] = append(p.Files[file], row+"\n"...)
}

// espRow is a row of esp_sa: protocol, source, destination, SPI, cipher and key,
// integrity and key. Keys of counter modes are key, then salt, as here.
func espRow(s IPsec) (row, reason string) {
	if s.Protocol != isakmp.ProtocolESP {
		return "", "Wireshark has no keys for AH; nothing in it is encrypted"
	}
	cipher, ok := wiresharkESP[s.Cipher.Name]
	if !ok {
		return "", "Wireshark 4.0 does not decrypt " + s.Encryption
	}
	auth, withKey, ok := wiresharkAuth(s.integrity(), s.ESN)
	if !ok {
		return "", "Wireshark 4.0 does not know " + s.IntegrityName
	}
	family := "IPv4"
	if s.Src.Is6() {
		family = "IPv6"
	}
	integrityKey := ""
	if withKey {
		integrityKey = s.Keys.Integrity.Hex()
	}
	return uatRow(family, s.Src.String(), s.Dst.String(), spi(s.SPI),
		cipher, prefixed(s.Keys.Encryption.Hex()), auth, prefixed(integrityKey)), ""
}

// icvReason is why what Wireshark 4.0 shows of an SA's ICVs means nothing: what it
// cannot check it passes over, but not with GCM. Empty where it checks them.
func icvReason(s IPsec) string {
	i := s.integrity()
	_, checked := wiresharkESPAuth[i.Name]
	switch {
	case s.ESN && s.Cipher.Mode == suite.ModeGCM:
		return "Wireshark 4.0 shows its ICVs as bad, since it does not know extended sequence numbers"
	case s.ESN && !i.IsZero():
		return "Wireshark 4.0 does not check its ICVs, since it does not know extended sequence numbers"
	case !checked:
		return "Wireshark 4.0 does not check ICVs of " + i.Name
	}
	return ""
}

// ikev1Row is a row of ikev1_decryption_table: the initiator's cookie and the
// cipher key, both in hex.
func ikev1Row(i ISAKMP) (row, reason string) {
	key := i.Ladder.CipherKey.Secret()
	switch p := i.Phase1.Chosen; {
	case key.IsZero():
		return "", "its cipher key is not known"
	case p != nil && !wiresharkIKEv1[p.Cipher.Name]:
		return "", "Wireshark 4.0 does not decrypt IKEv1 with " + p.Encryption
	}
	return i.CookieI.String() + "," + key.Hex(), ""
}

// ikev2Row is a row of ikev2_decryption_table: SPIs, SK_ei, SK_er, cipher, SK_ai,
// SK_ar, integrity.
func ikev2Row(i secrets.IKEv2) (row, reason string) {
	cipher, knownCipher := wiresharkIKEv2[i.Encryption]
	auth, knownAuth := wiresharkIKEv2Auth[i.Integrity]
	switch {
	case i.SPIi == nil || i.SPIr == nil:
		return "", "its SPIs are not known"
	case i.SKei.IsZero() || i.SKer.IsZero():
		return "", "SK_ei and SK_er are not both known"
	case !knownCipher:
		return "", "Wireshark 4.0 does not decrypt IKEv2 with " + orUnknown(i.Encryption)
	case !knownAuth:
		return "", "Wireshark 4.0 does not know " + i.Integrity
	}
	ai, ar := i.SKai.Hex(), i.SKar.Hex()
	if strings.HasPrefix(auth, anyAuth) {
		ai, ar = "", "" // of what is not checked Wireshark takes no key
	}
	return strings.Join([]string{
		hexSPI(i.SPIi), hexSPI(i.SPIr), i.SKei.Hex(), i.SKer.Hex(), uatText(cipher), ai, ar, uatText(auth),
	}, ","), ""
}

func orUnknown(s string) string {
	if s == "" {
		return "an unknown cipher"
	}
	return s
}

func prefixed(hex string) string {
	if hex == "" {
		return ""
	}
	return "0x" + hex
}

func uatRow(fields ...string) string {
	for i, f := range fields {
		fields[i] = uatText(f)
	}
	return strings.Join(fields, ",")
}

// uatText quotes a field of a Wireshark table: in double quotes, with what is not
// plain text as \x and two hex digits.
func uatText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
