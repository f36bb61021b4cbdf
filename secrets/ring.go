// Package secrets reads what the user of an analysis supplies: pre-shared keys, Diffie-Hellman values, the rungs of the
// key ladder and finished IPsec keys, each in the format of the program that wrote it.
//
// [Read] recognises the format from the content. A file of one program (a TOML secrets file, racoon's psk.txt) belongs to
// one reader; logs and command output, which may stand together in one support bundle, are given line by line to all
// readers that know such lines (see [LineReader]). A format is one row of the table in format.go and one file.
//
// What was read is a [Ring]. It says nothing about which conversation a secret belongs to unless the file did: the ring's
// user tries each entry where it could fit and keeps what verifies.
//
// No error and no warning of this package repeats a value that it read, nor the line it stood on.
package secrets

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"ikescope/keymat"
)

// StandardInput is the File of secrets that came through a pipe.
const StandardInput = "standard input"

// Source is the place where a secret came from.
type Source struct {
	File string // as named to Read, or the command-line flag: "--psk"
	Line int    // from 1; 0 when there are no lines
	Nth  int    // among the values of the line, or the flags of one name, from 1; 0 where these are not told apart
}

// String is "secrets.toml:4", or the file alone without a line, "--psk (2)" for the second of its flags.
func (s Source) String() string {
	switch {
	case s.Line == 0 && s.Nth > 0:
		return fmt.Sprintf("%s (%d)", s.File, s.Nth)
	case s.Line == 0:
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// PSK is a pre-shared key (RFC 2409 section 5.4, RFC 7296 section 2.15).
type PSK struct {
	Secret keymat.Secret
	IDs    []string // identities, addresses or networks of the peers that it was written down for, as text; none: for all
	Only   bool     // it is for no other peers than these: its user said so. Else they are what a daemon's file happens to say.
	Source Source
}

// PPK is a post-quantum pre-shared key, which is mixed into the keys of an IKE SA (RFC 8784).
type PPK struct {
	Secret keymat.Secret
	IDs    []string // what the initiator calls it (PPK_ID), as text; none: not known
	Source Source
}

// DH is one secret of one Diffie-Hellman exchange, of phase 1 or of a Quick Mode with PFS. Exactly one of Private and
// Shared is set.
type DH struct {
	Private keymat.Secret // exponent or scalar of either side; big-endian for MODP and ECP, as in RFC 7748 for curve25519 and curve448
	Shared  keymat.Secret // g^xy, big-endian, as long as the group's prime (ECP: the x coordinate, RFC 5903 section 9); what a KEM gives

	// Further holds the secrets of the key exchanges that followed in IKE_FOLLOWUP_KE, one behind the other (RFC 9370
	// section 2.2.4), where a log has them beside Shared.
	Further keymat.Secret
	Source  Source
}

// ISAKMP is what is known of the keys of one IKEv1 ISAKMP SA (RFC 2409 section 5); absent values are zero.
type ISAKMP struct {
	CookieI, CookieR *[8]byte // nil: not known
	SKEYID           keymat.Secret
	SKEYIDd          keymat.Secret
	SKEYIDa          keymat.Secret
	SKEYIDe          keymat.Secret
	CipherKey        keymat.Secret // the cipher's key after the expansion of RFC 2409 appendix B
	InitialIV        keymat.Secret // first IV of phase 1, or the last cipher block before the capture begins
	Source           Source
}

// IKEv2 is what is known of the keys of one IKE SA (RFC 7296 section 2.14); absent values are zero.
type IKEv2 struct {
	SPIi, SPIr             *[8]byte // nil: not known
	SKEYSEED               keymat.Secret
	SKd                    keymat.Secret
	SKai, SKar, SKei, SKer keymat.Secret // SK_ei and SK_er of counter modes: key then salt
	SKpi, SKpr             keymat.Secret
	Encryption, Integrity  string // contract names; "" not known
	Source                 Source
}

// ESP holds the keys of one IPsec SA, ESP or AH; absent values are zero.
type ESP struct {
	Protocol      uint8         // 50 ESP, 51 AH
	SPI           uint32        // host order; 0: not known
	Src, Dst      netip.Addr    // outer addresses; invalid: not known
	Encryption    string        // contract name with the key length, "aes-cbc-128"; "" not known, and with AH
	EncryptionKey keymat.Secret // counter modes: key then salt
	Integrity     string        // contract name, "hmac-sha1-96"; "" not known, "none" with an AEAD
	IntegrityKey  keymat.Secret
	ESN           bool // extended sequence numbers (RFC 4304)

	// Keymat is KEYMAT of the SA where nobody said how it is cut: the cipher's key, salt, integrity key, and perhaps more
	// (RFC 2409 section 5.5). Then no other key is set.
	Keymat keymat.Secret
	// UncheckedICV is the length in octets of ICVs whose key is not known, so that nothing can be verified.
	UncheckedICV int

	Source Source
}

// Ring is everything the user supplied. The zero Ring is empty and ready for use.
type Ring struct {
	PSKs    []PSK
	PPKs    []PPK
	DHs     []DH
	ISAKMPs []ISAKMP
	IKEv2s  []IKEv2
	ESPs    []ESP
	RSAKeys []RSAKey

	Guesses []Guess // of which Len does not know, nor what writes rings
}

// Len is the number of entries of all kinds.
func (r *Ring) Len() int {
	return len(r.PSKs) + len(r.PPKs) + len(r.DHs) + len(r.ISAKMPs) + len(r.IKEv2s) + len(r.ESPs) + len(r.RSAKeys)
}

// Merge adds the entries of o. What the ring has already is not added again: the first source stays. A pre-shared key
// that both have is afterwards for the peers of both. Entries of ESPs are nowhere changed and may be shared by both.
func (r *Ring) Merge(o *Ring) {
	if o == nil {
		return
	}
	a := newAdder(r)
	for _, p := range o.PSKs {
		a.psk(p)
	}
	for _, p := range o.PPKs {
		a.ppk(p)
	}
	for _, d := range o.DHs {
		a.dh(d)
	}
	for _, i := range o.ISAKMPs {
		a.isakmp(i)
	}
	for _, i := range o.IKEv2s {
		a.ikev2(i)
	}
	if len(r.ESPs) == 0 { // the usual case: o holds none twice
		r.ESPs = slices.Clip(o.ESPs)
	} else {
		for _, e := range o.ESPs {
			a.esp(e)
		}
	}
	for _, k := range o.RSAKeys {
		a.rsaKey(k)
	}
	r.Guesses = append(r.Guesses, o.Guesses...)
}

// Warning is something the user should know that did not stop the reading. Text never holds a secret.
type Warning struct {
	Source Source
	Text   string
}

// String is "psk.txt:3: text".
func (w Warning) String() string { return w.Source.String() + ": " + w.Text }

// ErrUnknownFormat is what errors.Is finds in the error of a file in which nothing is in a known format.
var ErrUnknownFormat = errors.New("secrets: unknown format")

// Error says where a secrets file cannot be taken, and what to do about it. Its text never holds a secret.
type Error struct {
	File  string
	Line  int    // from 1; 0: the file as a whole
	Field string // "skeyid_d", or "" when no field is to blame
	Msg   string
	Err   error // the cause when reading failed, for errors.Is; nil otherwise
}

// Error is one line: "secrets.toml:7: skeyid_d: odd number of hex digits (41); a SHA-1 SKEYID_d has 40".
func (e *Error) Error() string {
	at := Source{File: e.File, Line: e.Line}.String()
	if e.Field == "" {
		return at + ": " + e.Msg
	}
	return at + ": " + e.Field + ": " + e.Msg
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
