package ikestate_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"

	"ikescope/decode"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// Messages go in, in the order of the capture; conversations and their SAs come out.
func Example() {
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
	e := ikestate.New(ring, ikestate.DefaultLimits)
	if err := addAll(e, sample.Capture()); err != nil {
		log.Fatal(err)
	}
	e.Solve()
	for _, c := range e.Conversations() {
		fmt.Println(c.CookieI, c.State(), c.Phase1.Chosen.Encryption, c.Phase1.Chosen.GroupName)
		fmt.Println(c.Phase1.Ladder.PSK, c.Phase1.Ladder.PSKSource)
		for _, sa := range c.IPsecSAs {
			fmt.Printf("0x%08x to %v: %s\n", sa.SPI, sa.Dst, sa.Keys[0].Integrity.Hex())
		}
	}
	// Output:
	// 73cc11d2349a360d established 3des-cbc modp1024
	// verified secrets.toml:5
	// 0xc7a8cc9e to 192.0.2.2: 2664143449f6d86931e8336209fd6067ca92932a
	// 0xc9032330 to 192.0.2.1: be8dd047ceefc1742de365dce8383144926ffc55
}

// addAll hands the IKE messages of a capture to an engine.
func addAll(e *ikestate.Engine, path string) error {
	set, err := pcaps.OpenSet([]string{path}, nil, pcaps.Options{})
	if err != nil {
		return err
	}
	defer set.Close()
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	for {
		block, err := set.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, f := range block.Frames {
			if d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos); p.Kind != decode.KindIKE {
				continue
			}
			if err := e.Add(ikestate.Datagram{
				Frame: f.Number, Nanos: f.Nanos, Message: p.Payload, Missing: p.Missing,
				Src: netip.AddrPortFrom(p.Src, p.SrcPort), Dst: netip.AddrPortFrom(p.Dst, p.DstPort),
			}); err != nil {
				fmt.Println(f.Number, err) // damage of one message; the others go on
			}
		}
		block.Release()
	}
}
