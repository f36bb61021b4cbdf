package secrets_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"ikescope/keymat"
	"ikescope/secrets"
)

// The format is recognised by the content; one file may hold several.
func ExampleRead() {
	const file = `
[[psk]]
secret = "cisco123"
ids = ["192.0.2.1", "gw.example.org"]

[[esp]]
spi = "0xc7a8cc9e"
encryption = "3des-cbc"
encryption_key = "18a0c72b285b3aa9294711851b942386f551c87b37a2423d"
`
	ring, warnings, err := secrets.Read("office.toml", strings.NewReader(file))
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range ring.Entries() {
		fmt.Println(e.Source, e.Kind, e.Of, e.Holds)
	}
	fmt.Println(ring.PSKs[0].Secret, len(warnings))
	// Output:
	// office.toml:2 psk 192.0.2.1, gw.example.org [8 octets]
	// office.toml:6 esp 0xc7a8cc9e [3des-cbc]
	// [redacted] 0
}

// An error names the line and the field, never the value.
func ExampleError() {
	_, _, err := secrets.Read("office.toml", strings.NewReader("[[dh]]\nshared = \"4fbe15g\"\n"))
	var e *secrets.Error
	if errors.As(err, &e) {
		fmt.Println(e.File, e.Line, e.Field)
	}
	fmt.Println(err)
	// Output:
	// office.toml 2 shared
	// office.toml:2: shared: not hex: only the digits 0-9 and a-f, blanks and colons may stand here
}

// Rings are put together, and written so that Read takes them again.
func ExampleWriteTOML() {
	ring, err := secrets.FromPSK("cisco123")
	if err != nil {
		log.Fatal(err)
	}
	ring.Merge(&secrets.Ring{DHs: []secrets.DH{{Shared: keymat.NewSecret([]byte{0x4f, 0xbe}), Source: secrets.Source{File: "lab.log", Line: 7}}}})
	if err := secrets.WriteTOML(os.Stdout, ring); err != nil {
		log.Fatal(err)
	}
	// Output:
	// # Secrets for ikescope, in the clear: keep this file to yourself.
	//
	// # from --psk
	// [[psk]]
	// secret = "cisco123"
	//
	// # from lab.log:7
	// [[dh]]
	// shared = "4fbe"
}
