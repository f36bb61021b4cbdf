package keyout

import "slices"

// ESPTable writes the keys of ESP as rows of Wireshark's table esp_sa: what a pcapng
// Decryption Secrets Block of type "ESP SA" holds.
func ESPTable(k Keys) ([]byte, []Skipped) {
	p := Profile{Files: map[string][]byte{}, Skipped: slices.Clone(k.Unknown)}
	for _, s := range k.IPsec {
		row, reason := espRow(s)
		p.row(FileESP, row, s.name(), reason)
	}
	return p.Files[FileESP], p.Skipped
}
