package secrets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// This program's own JSON: "keys --format json" (ikescope/keys/1), and "report --format json --show-keys"
// (ikescope/report/1), where keys stand one level deeper.

// keysJSON are the lists in which entries stand, and how each is read.
var keysJSON = map[string]func(*jsonKeys, *collector, int){
	"isakmp": (*jsonKeys).ike, "ike": (*jsonKeys).ike, "isakmp_sas": (*jsonKeys).ike,
	"ipsec": (*jsonKeys).ipsec, "ipsec_sas": (*jsonKeys).ipsec,
}

// jsonKeys is an entry of either schema, for SAs of IKE and of IPsec.
type jsonKeys struct {
	CookieI     string `json:"initiator_cookie"`
	CookieR     string `json:"responder_cookie"`
	SPIi        string `json:"initiator_spi"`
	SPIr        string `json:"responder_spi"`
	Protocol    string `json:"protocol"`
	SPI         string `json:"spi"`
	Source      string `json:"source"`
	Destination string `json:"destination"`
	Encryption  string `json:"encryption"`
	Integrity   string `json:"integrity"`
	ESN         bool   `json:"esn"`
	jsonValues
	Deeper jsonValues `json:"keys"`
}

// jsonValues are the secrets of an entry, in hex.
type jsonValues struct {
	Shared        string `json:"dh_shared"`
	SKEYID        string `json:"skeyid"`
	SKEYIDd       string `json:"skeyid_d"`
	SKEYIDa       string `json:"skeyid_a"`
	SKEYIDe       string `json:"skeyid_e"`
	SKEYSEED      string `json:"skeyseed"`
	SKd           string `json:"sk_d"`
	SKai          string `json:"sk_ai"`
	SKar          string `json:"sk_ar"`
	SKei          string `json:"sk_ei"`
	SKer          string `json:"sk_er"`
	SKpi          string `json:"sk_pi"`
	SKpr          string `json:"sk_pr"`
	EncryptionKey string `json:"encryption_key"`
	IntegrityKey  string `json:"integrity_key"`
}

// jsonSchemas name what is read; a program that writes JSON puts no blanks elsewhere than ours.
var jsonSchemas = [][]byte{[]byte(`"ikescope/keys/1"`), []byte(`"ikescope/report/1"`)}

func detectKeysJSON(head []byte) int {
	if head = bytes.TrimSpace(head); len(head) == 0 || head[0] != '{' {
		return 0
	}
	for _, s := range jsonSchemas {
		if bytes.Contains(head, s) {
			return 100
		}
	}
	return 0
}

func readKeysJSON(c *collector, r io.Reader) error {
	text, err := c.whole(r, maxJSON)
	if err != nil {
		return err
	}
	c.withoutKeys("a report has them with --show-keys")
	j := jsonReader{c: c, text: text, dec: json.NewDecoder(bytes.NewReader(text)), line: 1}
	if err := j.document(); err != nil {
		line := j.lineAt(j.dec.InputOffset())
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return &Error{File: c.name, Line: line, Msg: "ends before its JSON is complete"}
		}
		return &Error{File: c.name, Line: line, Msg: "not the JSON that this program writes"}
	}
	return nil
}

// jsonReader is a cursor over a document, of which it decodes an entry at a time.
type jsonReader struct {
	c    *collector
	text []byte
	dec  *json.Decoder
	at   int64 // what lines were counted up to
	line int
}

// lineAt is the line of an offset, which only grows.
func (j *jsonReader) lineAt(offset int64) int {
	offset = min(offset, int64(len(j.text)))
	if offset > j.at {
		j.line += bytes.Count(j.text[j.at:offset], []byte{'\n'})
		j.at = offset
	}
	return j.line
}

func (j *jsonReader) document() error {
	if _, err := j.dec.Token(); err != nil {
		return err
	}
	for j.dec.More() {
		name, err := j.dec.Token()
		if err != nil {
			return err
		}
		if read := keysJSON[fmt.Sprint(name)]; read != nil {
			err = j.entries(read)
		} else {
			err = j.dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return err
		}
	}
	_, err := j.dec.Token()
	return err
}

func (j *jsonReader) entries(read func(*jsonKeys, *collector, int)) error {
	if t, err := j.dec.Token(); err != nil || t != json.Delim('[') {
		return errors.Join(err, errNoList)
	}
	for j.dec.More() {
		begin := j.dec.InputOffset()
		begin += int64(max(bytes.IndexByte(j.text[begin:], '{'), 0))
		k := new(jsonKeys)
		if err := j.dec.Decode(k); err != nil {
			return err
		}
		read(k, j.c, j.lineAt(begin))
	}
	_, err := j.dec.Token()
	return err
}

var errNoList = errors.New("secrets: no list")

// values are those of the entry, wherever its schema has them.
func (k *jsonKeys) values() jsonValues {
	if k.Deeper != (jsonValues{}) {
		return k.Deeper
	}
	return k.jsonValues
}

// table hands keys to a reader of TOML tables, which knows what is right. What is wrong costs its entry.
func (k *jsonKeys) table(c *collector, line int, read func(*tomlEntry), pairs ...string) {
	keys := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			keys[pairs[i]] = pairs[i+1]
		}
	}
	if k.ESN {
		keys["esn"] = true
	}
	e := &tomlEntry{c: c, table: "json", keys: keys, lines: tomlLines{{"json", 0, ""}: line}}
	if read(e); e.fault != nil {
		c.bad(line, e.fault.Field, e.fault.Msg)
	}
}

func (k *jsonKeys) ike(c *collector, line int) {
	v := k.values()
	if v.Shared != "" {
		k.table(c, line, readTOMLDH, "shared", v.Shared)
	}
	if v.SKEYID+v.SKEYIDd+v.SKEYIDa+v.SKEYIDe+v.EncryptionKey != "" {
		k.table(c, line, readTOMLISAKMP, "initiator_cookie", k.CookieI, "responder_cookie", k.CookieR, "skeyid", v.SKEYID,
			"skeyid_d", v.SKEYIDd, "skeyid_a", v.SKEYIDa, "skeyid_e", v.SKEYIDe, "encryption_key", v.EncryptionKey)
	}
	if v.SKEYSEED+v.SKd+v.SKei+v.SKer != "" {
		k.table(c, line, readTOMLIKEv2, "initiator_spi", k.CookieI+k.SPIi, "responder_spi", k.CookieR+k.SPIr, "skeyseed", v.SKEYSEED,
			"sk_d", v.SKd, "sk_ai", v.SKai, "sk_ar", v.SKar, "sk_ei", v.SKei, "sk_er", v.SKer, "sk_pi", v.SKpi, "sk_pr", v.SKpr,
			"encryption", k.Encryption, "integrity", k.Integrity)
	}
}

func (k *jsonKeys) ipsec(c *collector, line int) {
	v := k.values()
	switch {
	case v.EncryptionKey+v.IntegrityKey == "":
	case k.Protocol == "esp":
		k.table(c, line, readTOMLESP, "spi", k.SPI, "source", k.Source, "destination", k.Destination, "encryption", k.Encryption,
			"encryption_key", v.EncryptionKey, "integrity", k.Integrity, "integrity_key", v.IntegrityKey)
	case k.Protocol == "ah":
		k.table(c, line, readTOMLAH, "spi", k.SPI, "source", k.Source, "destination", k.Destination,
			"integrity", k.Integrity, "integrity_key", v.IntegrityKey)
	}
}
