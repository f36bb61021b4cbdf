package pcaps_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"

	"ikescope/pcaps"
)

func ExampleOpenSet() {
	set, err := pcaps.OpenSet([]string{"testdata/vlan.pcap", "testdata/two-interfaces.pcapng"}, os.Stdin, pcaps.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer set.Close()
	octets := 0
	for {
		block, err := set.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		for i := range block.Frames {
			octets += len(block.Frames[i].Data)
		}
		block.Release()
	}
	fmt.Println(octets, "octets")
	for _, c := range set.Captures() {
		fmt.Println(c.Path, c.Format, c.Packets, c.Complete)
	}
	// Output:
	// 108954 octets
	// testdata/vlan.pcap pcap 79 true
	// testdata/two-interfaces.pcapng pcapng 152 true
}

// What was wrong with a capture is known after it was read.
func ExampleSet_Captures() {
	file, err := os.ReadFile("testdata/vlan.pcap")
	if err != nil {
		log.Fatal(err)
	}
	set, err := pcaps.OpenSet([]string{"-"}, bytes.NewReader(file[:1000]), pcaps.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer set.Close()
	for block, err := set.Next(); err == nil; block, err = set.Next() {
		block.Release()
	}
	for _, p := range set.Captures()[0].Problems {
		fmt.Println(p.Text)
	}
	// Output:
	// cut off inside packet 6: the record at octet 982 has 18 octets, 370 are needed
}

// Inner packets are put together from pieces; none of them is copied twice.
func ExampleWriter() {
	var out bytes.Buffer
	w := pcaps.NewWriter(&out, pcaps.FormatPcapng, pcaps.WriterOptions{Application: "example"})
	inner, err := w.AddInterface(pcaps.Interface{Name: "inner", Link: pcaps.LinkRaw})
	if err != nil {
		log.Fatal(err)
	}
	header, payload := make([]byte, 20), []byte("hello")
	if err := w.Write(inner, 1700000000123456789, header, payload); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Len(), "octets")
	// Output:
	// 148 octets
}
