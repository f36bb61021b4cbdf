package decode_test

import (
	"errors"
	"fmt"
	"io"
	"log"

	"ikescope/decode"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// One decoder sees all frames in their order, and fills one packet with what is in each.
func ExampleDecoder_Decode() {
	set, err := pcaps.OpenSet([]string{samples.ByName("natt-masquerade").Capture()}, nil, pcaps.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer set.Close()
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	ike, esp := 0, 0
	for {
		block, err := set.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		for _, f := range block.Frames {
			d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos)
			switch p.Kind {
			case decode.KindIKE:
				ike++
			case decode.KindESP:
				if esp++; esp == 1 {
					fmt.Printf("%v to %v, SPI 0x%08x, number %d, in UDP: %t\n", p.Src, p.Dst, p.SPI, p.Seq, p.Encap == decode.EncapUDP)
				}
			}
		}
		block.Release()
	}
	fmt.Println(ike, "IKE messages,", esp, "ESP packets")
	// Output:
	// 10.99.0.2 to 192.0.2.2, SPI 0xc3fb156d, number 1, in UDP: true
	// 11 IKE messages, 74 ESP packets
}

// What is wrong with a frame is told; what was recognised all the same stands in the packet.
func ExampleError() {
	frame := []byte{
		0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, // IPv4, 28 octets, UDP
		0x01, 0xf4, 0x01, 0xf4, 0, 7, 0, 0, // from port 500 to port 500, 7 octets
	}
	var p decode.Packet
	decode.NewDecoder(decode.DefaultLimits()).Decode(&p, uint16(pcaps.LinkRaw), frame, len(frame), 0)
	fmt.Println(p.Problem)
	fmt.Println(p.Src, p.SrcPort, errors.Is(p.Problem, decode.ErrLength))
	// Output:
	// decode: udp length at octet 24: length contradicts the octets around it
	// 192.0.2.1 500 true
}
