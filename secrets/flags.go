package secrets

import (
	"errors"
)

// FromPSK returns a ring with the pre-shared key of the --psk flag: the text as it stands, for all peers.
func FromPSK(text string) (*Ring, error) {
	secret, err := secretOf([]byte(text))
	if err != nil {
		return nil, &Error{File: "--psk", Msg: err.Error()}
	}
	return &Ring{PSKs: []PSK{{Secret: secret, Source: Source{File: "--psk"}}}}, nil
}

// FromDH returns a ring with the Diffie-Hellman value of the --dh flag, given in hex. The flag does not say whether it is
// a private value or a shared secret, so it is both: two entries of one Source, of which one at most can verify. A length
// no group has makes it a private value only.
func FromDH(hexText string) (*Ring, error) {
	src := Source{File: "--dh"}
	value, err := parseHex(hexText)
	var odd oddDigits
	switch {
	case errors.As(err, &odd):
		return nil, &Error{File: src.File, Msg: err.Error() + lengths{}.advice(int(odd))}
	case err != nil:
		return nil, &Error{File: src.File, Msg: err.Error()}
	case allZero(value):
		return nil, &Error{File: src.File, Msg: "is 0, which is neither a private value nor a shared secret"}
	}
	if msg := (lengths{max: maxDH}).check(value.Len()); msg != "" {
		return nil, &Error{File: src.File, Msg: msg}
	}
	r := &Ring{DHs: []DH{{Private: value, Source: src}}}
	if sharedLengthWarning(value) == "" {
		r.DHs = append(r.DHs, DH{Shared: value, Source: src})
	}
	return r, nil
}

// Number tells the secrets of one flag from those of others of its name: it is the nth of them, from 1.
func (r *Ring) Number(nth int) {
	for i := range r.PSKs {
		r.PSKs[i].Source.Nth = nth
	}
	for i := range r.DHs {
		r.DHs[i].Source.Nth = nth
	}
}
