package secrets

import (
	"bufio"
	"bytes"
)

// BlockESP is the type of a pcapng Decryption Secrets Block with keys of ESP: rows of Wireshark's table esp_sa
// (draft-ietf-opsawg-pcapng, section 4.7; Wireshark's wiretap/secrets-types.h).
const BlockESP = 0x45535053

// ReadSecretsBlock takes the keys of a Decryption Secrets Block. Blocks of other types, as TLS key logs, give an empty ring.
func ReadSecretsBlock(name string, kind uint32, data []byte) (*Ring, []Warning, error) {
	if kind != BlockESP {
		return new(Ring), nil, nil
	}
	c := newCollector(name)
	c.recognised()
	table := Format{Name: "Wireshark key tables", lines: newWireshark}
	if err := readAs(c, []Format{table}, bufio.NewReaderSize(bytes.NewReader(data), min(maxLine, len(data)+1))); err != nil {
		return nil, nil, readError(name, err)
	}
	return c.finish()
}
