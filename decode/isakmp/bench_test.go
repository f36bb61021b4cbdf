package isakmp

import "testing"

func BenchmarkParseHeader(b *testing.B) {
	msg := message(b, "mm-psk-3des-sha1-modp1024 frame 3")
	for b.Loop() {
		if _, err := ParseHeader(msg); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseMessage(b *testing.B) {
	msg := message(b, "mm-psk-3des-sha1-modp1024 frame 3")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseMessage(msg); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseSA reads the 24 transforms that vpnc offers.
func BenchmarkParseSA(b *testing.B) {
	m, err := ParseMessage(message(b, "vpnc-strongswan-xauth frame 4"))
	if err != nil {
		b.Fatal(err)
	}
	body := find(b, m.Payloads, PayloadSA).Body
	b.ReportAllocs()
	for b.Loop() {
		sa, err := ParseSA(body)
		if err != nil {
			b.Fatal(err)
		}
		for _, t := range sa.Proposals[0].Transforms {
			t.Phase1()
		}
	}
}

func BenchmarkTree(b *testing.B) {
	m, err := ParseMessage(message(b, "mm-psk-3des-sha1-modp1024 frame 3"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		messageTree(m)
	}
}

func BenchmarkVendorName(b *testing.B) {
	id := unhex(b, "4048b7d56ebce88525e7de7f00d6c2d380000000")
	for b.Loop() {
		VendorName(id)
	}
}
