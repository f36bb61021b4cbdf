// Command generate writes a capture of ESP packets, and the secrets that open it; or
// a flood of packets that mean nothing.
//
//	go run ./bench/generate -packets 1400000 -sas 1000 -o big.pcap -secrets big.toml
//	go run ./bench/generate -packets 1000000 -flood cookies -o - | ikescope report -
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"ikescope/bench/traffic"
)

func main() {
	var p traffic.Plan
	flag.Int64Var(&p.Packets, "packets", 100_000, "packets in all")
	flag.IntVar(&p.SAs, "sas", 1, "SAs that they belong to")
	flag.StringVar(&p.Cipher, "cipher", "aes-cbc-128", "encryption algorithm")
	flag.StringVar(&p.Integrity, "integrity", "hmac-sha1-96", "integrity algorithm; none with an AEAD")
	flag.IntVar(&p.Size, "size", 1400, "octets of an inner datagram")
	flag.IntVar(&p.Burst, "burst", 8, "packets of one SA in a row")
	kind := flag.String("flood", "", "write a flood instead: "+strings.Join(traffic.FloodKinds(), ", "))
	capture := flag.String("o", "bench.pcap", "capture to write; - is standard output")
	keys := flag.String("secrets", "bench.toml", "secrets file to write")
	flag.Parse()
	if err := generate(p, *kind, *capture, *keys); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(p traffic.Plan, flood, capture, keys string) error {
	c := os.Stdout
	if capture != "-" {
		var err error
		if c, err = os.Create(capture); err != nil {
			return err
		}
	}
	if flood != "" {
		err := traffic.Flood{Kind: flood, Packets: p.Packets}.Write(c)
		return errors.Join(err, c.Close())
	}
	k, err := os.OpenFile(keys, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	err = p.Write(c, k)
	return errors.Join(err, c.Close(), k.Close())
}
