package report

import (
	"strings"
	"testing"

	"ikescope/secrets"
)

// The command that is offered names each file of secrets once, of whatever kind they
// are, and no secret of the command line.
func TestSecretFlags(t *testing.T) {
	at := func(file string) secrets.Source { return secrets.Source{File: file, Line: 1} }
	ring := &secrets.Ring{
		PSKs: []secrets.PSK{{Source: secrets.Source{File: "--psk", Nth: 1}}, {Source: secrets.Source{File: "--psk", Nth: 2}}, {Source: at("a")}},
		PPKs: []secrets.PPK{{Source: at("b")}}, DHs: []secrets.DH{{Source: at("found")}}, RSAKeys: []secrets.RSAKey{{Source: at("key.pem")}},
		ESPs: []secrets.ESP{{Source: at("a")}}, Guesses: []secrets.Guess{{Source: at("found")}},
	}
	if got, want := strings.Join(secretFlags(ring), " "), "--psk ... -k a -k b --try found -k key.pem"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
