package secrets

import (
	"strings"

	"ikescope/keymat"
	"ikescope/suite"
)

func readTOMLPSK(e *tomlEntry) {
	secret := e.preshared()
	ids := onlyIDs(e.list("ids"))
	if e.fault == nil {
		e.c.psk(e.line(), PSK{Secret: secret, IDs: ids, Only: len(ids) > 0})
	}
}

func readTOMLPPK(e *tomlEntry) {
	secret := e.preshared()
	p := PPK{Secret: secret, IDs: names(e.text("id"))}
	if e.fault == nil {
		e.c.ppk(e.line(), p)
	}
}

// preshared takes a pre-shared key in one of its three forms.
func (e *tomlEntry) preshared() (secret keymat.Secret) {
	text, hexText, base64Text := e.text("secret"), e.text("secret_hex"), e.text("secret_base64")
	if e.count("secret", "secret_hex", "secret_base64") != 1 {
		e.fail("", "needs exactly one of secret, secret_hex and secret_base64")
	}
	if e.fault != nil {
		return secret
	}
	var err error
	key := ""
	switch {
	case text != "":
		key = "secret"
		secret, err = secretOf([]byte(text))
		e.warnText(text)
	case hexText != "":
		key = "secret_hex"
		secret, err = parseHex(hexText)
	case base64Text != "":
		key = "secret_base64"
		secret, err = parseBase64(base64Text)
	}
	if err != nil {
		e.fail(key, err.Error())
	}
	return secret
}

// warnText warns of a pre-shared key given as text that may be meant otherwise. It is used as it stands.
func (e *tomlEntry) warnText(text string) {
	line := e.lines.line(e.table, e.index, "secret")
	switch {
	case strings.HasPrefix(text, "0x"), strings.HasPrefix(text, "0X"):
		e.c.warn(line, "secret: begins with 0x and is taken as text; for hex write secret_hex")
	case strings.HasPrefix(text, "0s"):
		e.c.warn(line, "secret: begins with 0s and is taken as text; for base64 write secret_base64")
	case strings.TrimSpace(text) != text:
		e.c.warn(line, "secret: blanks or line ends around the text are taken as part of it")
	}
}

func readTOMLDH(e *tomlEntry) {
	d := DH{
		Private: e.hex("private", lengths{max: maxDH}),
		Shared:  e.hex("shared", sharedLengths()),
		Further: e.hex("further", lengths{max: maxDH}),
	}
	switch {
	case e.count("private", "shared") == 2:
		e.fail("", "has both private and shared; keep one of them, or give each its own [[dh]]")
	case e.count("private", "shared") == 0:
		e.fail("", "needs private or shared")
	case !d.Private.IsZero() && allZero(d.Private):
		e.fail("private", "is 0, which is no private value")
	case !d.Further.IsZero() && d.Shared.IsZero():
		e.fail("further", "stands beside shared: the secrets of the key exchanges that followed it")
	case !d.Shared.IsZero() && allZero(d.Shared):
		e.fail("shared", "is 0, which is no shared secret")
	}
	if e.fault != nil {
		return
	}
	if msg := sharedLengthWarning(d.Shared); msg != "" {
		e.c.warn(e.lines.line(e.table, e.index, "shared"), "shared: "+msg)
	}
	e.c.dh(e.line(), d)
}

// sharedLengthWarning says when a shared secret has no known group's length, or "".
func sharedLengthWarning(shared keymat.Secret) string {
	if shared.IsZero() {
		return ""
	}
	l := sharedLengths()
	l.strict = true
	msg := l.check(shared.Len())
	if msg != "" {
		msg += "; leading zeros belong to it"
	}
	return msg
}

func readTOMLISAKMP(e *tomlEntry) {
	i := ISAKMP{
		CookieI:   e.cookie("initiator_cookie"),
		CookieR:   e.cookie("responder_cookie"),
		SKEYID:    e.hex("skeyid", prfLengths("SKEYID")),
		SKEYIDd:   e.hex("skeyid_d", prfLengths("SKEYID_d")),
		SKEYIDa:   e.hex("skeyid_a", prfLengths("SKEYID_a")),
		SKEYIDe:   e.hex("skeyid_e", prfLengths("SKEYID_e")),
		CipherKey: e.hex("encryption_key", cipherKeyLengths),
		InitialIV: e.hex("initial_iv", ivLengths),
	}
	if i.SKEYID.IsZero() && i.SKEYIDd.IsZero() && i.SKEYIDa.IsZero() && i.SKEYIDe.IsZero() && i.CipherKey.IsZero() {
		e.fail("", "needs one of skeyid, skeyid_d, skeyid_a, skeyid_e and encryption_key")
	}
	if e.fault == nil {
		e.c.isakmp(e.line(), i)
	}
}

func readTOMLIKEv2(e *tomlEntry) {
	i := IKEv2{
		SPIi: e.cookie("initiator_spi"),
		SPIr: e.cookie("responder_spi"),
		SKd:  e.hex("sk_d", prfLengths("SK_d")),
		SKpi: e.hex("sk_pi", prfLengths("SK_pi")),
		SKpr: e.hex("sk_pr", prfLengths("SK_pr")),
		SKai: e.hex("sk_ai", ikev2KeyLengths),
		SKar: e.hex("sk_ar", ikev2KeyLengths),
		SKei: e.hex("sk_ei", ikev2KeyLengths),
		SKer: e.hex("sk_er", ikev2KeyLengths),

		SKEYSEED:   e.hex("skeyseed", prfLengths("SKEYSEED")),
		Encryption: e.encryption("encryption"),
		Integrity:  e.integrity("integrity"),
	}
	if i.SKEYSEED.IsZero() && i.SKd.IsZero() && i.SKei.IsZero() && i.SKer.IsZero() {
		e.fail("", "needs one of sk_d, sk_ei, sk_er and skeyseed")
	}
	e.cipherKey("sk_ei", i.SKei, i.Encryption)
	e.cipherKey("sk_er", i.SKer, i.Encryption)
	if e.fault == nil {
		e.c.ikev2(e.line(), i)
	}
}

// cipherKey checks the length of a key whose cipher was named in another place of the entry.
func (e *tomlEntry) cipherKey(key string, s keymat.Secret, cipher string) {
	if cipher == "" || s.IsZero() {
		return
	}
	if msg := cipherLengths(cipher).check(s.Len()); msg != "" {
		e.fail(key, msg)
	}
}

func readTOMLESP(e *tomlEntry) {
	x := ESP{
		Protocol:   50,
		SPI:        e.spi("spi"),
		Src:        e.addr("source"),
		Dst:        e.addr("destination"),
		Encryption: e.encryption("encryption"),
		Integrity:  e.integrity("integrity"),
		ESN:        e.flag("esn"),
	}
	x.EncryptionKey = e.hex("encryption_key", cipherLengths(x.Encryption))
	x.IntegrityKey = e.hex("integrity_key", integrityLengths(x.Integrity))
	x.Keymat = e.hex("keymat", keymatLengths)
	x.UncheckedICV = e.bits("unchecked_icv_bits")
	e.esp(x)
}

func readTOMLAH(e *tomlEntry) {
	x := ESP{
		Protocol:  51,
		SPI:       e.spi("spi"),
		Src:       e.addr("source"),
		Dst:       e.addr("destination"),
		Integrity: e.integrity("integrity"),
		ESN:       e.flag("esn"),
	}
	x.IntegrityKey = e.hex("integrity_key", integrityLengths(x.Integrity))
	x.Keymat = e.hex("keymat", keymatLengths)
	if x.IntegrityKey.IsZero() && x.Keymat.IsZero() {
		e.fail("integrity_key", "missing: AH has no other key")
	}
	e.esp(x)
}

// esp checks an entry and hands it over.
func (e *tomlEntry) esp(x ESP) {
	if e.fault != nil {
		return
	}
	if field, msg := espFault(&x); msg != "" {
		e.fail(field, msg)
		return
	}
	e.c.esp(e.line(), x)
}

// encryption takes the name of a cipher with its key length.
func (e *tomlEntry) encryption(key string) string {
	name := strings.ToLower(e.text(key))
	if _, known := suite.CipherByName(name); !known && name != "" {
		known := namesOf(suite.Ciphers(), func(c suite.Cipher) string { return c.Name })
		e.fail(key, "unknown cipher"+meant(name, known)+"; names are like aes-cbc-128, aes-gcm-16-256, 3des-cbc")
	}
	return name
}

// integrity takes the name of an integrity algorithm.
func (e *tomlEntry) integrity(key string) string {
	name := strings.ToLower(e.text(key))
	if _, known := suite.IntegrityByName(name); !known && name != "" {
		known := namesOf(suite.Integrities(), func(i suite.Integrity) string { return i.Name })
		e.fail(key, "unknown integrity algorithm"+meant(name, known)+"; names are like hmac-sha1-96, hmac-sha2-256-128")
	}
	return name
}

func namesOf[T any](rows []T, name func(T) string) (all []string) {
	for _, row := range rows {
		all = append(all, name(row))
	}
	return all
}
