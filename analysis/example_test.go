package analysis_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// Run reads captures, rebuilds what was negotiated, and opens the packets.
func ExampleRun() {
	sample := samples.ByName("mm-psk-3des-sha1-modp1024")
	file, err := os.Open(sample.Path("secrets.toml"))
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	ring, _, err := secrets.Read("secrets.toml", file)
	if err != nil {
		log.Fatal(err)
	}
	set, err := pcaps.OpenSet([]string{sample.Capture()}, nil, pcaps.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer set.Close()

	result, err := analysis.Run(context.Background(), set, analysis.Options{Ring: ring})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Opened.Decrypted, "packets opened,", len(result.Unknown), "flows of no known SA")
	for _, sa := range result.SAs {
		fmt.Printf("0x%08x %s %s, %s\n", sa.SPI, sa.Mode, sa.Encryption, sa.IntegrityName)
	}
	// Output:
	// 102 packets opened, 0 flows of no known SA
	// 0xc7a8cc9e tunnel 3des-cbc, hmac-sha1-96
	// 0xc9032330 tunnel 3des-cbc, hmac-sha1-96
}
