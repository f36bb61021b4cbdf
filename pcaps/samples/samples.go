package samples

import (
	"os"
	"path/filepath"
)

// Sample is a recorded tunnel.
type Sample struct {
	Name     string
	Captures []string // file names of the same traffic, taken at one place each
	Inner    string   // file name of the truth: what the receiving kernels decapsulated

	Packets int // frames in the first capture
	IKE     int // IKE messages, retransmissions included
	ESP     int // ESP packets
	SAs     int // IPsec SAs
	Truth   int // packets of Inner
	Copies  int // how often each packet stands in the capture

	// Clear counts packets of the capture that are not protected and stand
	// inside an SA as well: the capture was taken on a gateway.
	Clear bool
	// Transport is set where the SAs are in transport mode: the truth is then
	// what the receiver rebuilt.
	Transport bool
	// Bundled is set where IPComp is the tunnel and the kernel has the ESP around
	// it in transport mode.
	Bundled bool
}

const (
	outer = "outer.pcap"
	inner = "inner.pcap"
)

var all = []Sample{
	plain("mm-psk-3des-sha1-modp1024", 115, 11, 102, 2),
	plain("mm-psk-aes128-sha1-modp1536", 118, 11, 103, 2),
	plain("mm-psk-aes256-sha256-modp2048-pfs", 107, 11, 91, 2),
	plain("mm-psk-des-md5-modp768", 105, 11, 92, 2),
	plain("natt-forced-aes128-sha1", 89, 11, 74, 2),
	plain("natt-masquerade", 90, 11, 74, 2).with(func(s *Sample) { s.Captures = []string{outer, "outer-public.pcap"} }),
	plain("rekey-quick-modes-pfs", 108, 23, 80, 8),
	plain("two-tunnels", 140, 22, 112, 4),
	plain("vlan", 79, 11, 64, 2),
	plain("v6-outer-v4-inner", 84, 11, 70, 2),
	plain("format-pcapng", 152, 22, 126, 2).with(func(s *Sample) {
		s.Captures, s.Copies, s.Truth = []string{"outer.pcapng"}, 2, 63
	}),
	plain("format-sll2-any", 172, 11, 63, 2).with(func(s *Sample) { s.Clear = true }),
	plain("transport-aes128-sha1", 81, 11, 66, 2).with(func(s *Sample) { s.Transport = true }),
	plain("libreswan-mm-psk-3des-sha1-pfs", 109, 22, 83, 4),
	plain("racoon-mm-psk-3des-sha1-modp1024", 90, 23, 63, 2),
	plain("aggressive-psk-aes128-sha1-modp1536", 83, 8, 70, 2),
	plain("mm-rsa-aes256-sha256-modp2048", 78, 11, 63, 2),
	plain("mm-rsa-ike-fragmentation", 96, 29, 63, 2),
	plain("xauth-mm-psk-modecfg", 70, 17, 51, 2),
	plain("xauth-hybrid-rsa", 72, 17, 51, 2),
	plain("mm-psk-cast128-sha1-modp1536", 87, 11, 72, 2),
	plain("mm-psk-blowfish128-sha1-modp1536", 83, 11, 70, 2),
	plain("mm-psk-camellia128-sha256-modp2048", 87, 11, 70, 2),
	plain("mm-psk-aes128-sha256-ecp256", 85, 11, 72, 2),
	plain("mm-psk-aes256-sha512-x25519", 84, 11, 70, 2),
	plain("dpd", 36, 21, 10, 2),
	plain("rekey-isakmp-sa", 114, 29, 80, 4),
	plain("esp-null-sha1", 75, 11, 62, 2),
	plain("esp-aes128-esn", 77, 11, 63, 2),
	plain("esp-aes128gcm16", 78, 11, 63, 2),
	plain("esp-aes128ccm16", 76, 11, 63, 2),
	plain("esp-aes128ctr-sha1", 75, 11, 61, 2),
	plain("esp-aes128gmac", 77, 11, 64, 2),
	plain("esp-aes128-aesxcbc", 79, 11, 65, 2),
	plain("ah-tunnel-sha1", 77, 11, 63, 2),
	plain("ipcomp-tunnel-aes128-sha1", 136, 11, 121, 4).with(func(s *Sample) { s.Bundled = true }),
	plain("ikev2-psk-aes128gcm16-x25519", 76, 8, 65, 2),
	plain("ikev2-psk-aes256-sha256-modp2048", 74, 8, 63, 2),
	plain("ikev2-rekey-pfs", 102, 18, 80, 8),
	plain("tfc-padding", 74, 6, 63, 2),
	plain("bulk-aes128-sha1", 4054, 11, 4040, 2).with(func(s *Sample) {
		s.Captures, s.Inner = []string{outer + ".gz"}, inner+".gz"
	}),
}

// partial are samples of which something that the others have was not recorded.
var partial = []Sample{
	plain("vpnc-strongswan-xauth", 71, 16, 50, 2).with(func(s *Sample) { s.Truth = 23 }), // of one receiver; values of b only
	plain("capture-late-quick-mode", 80, 6, 72, 4),                                       // no phase 1
	plain("fail-wrong-psk", 16, 12, 0, 0).with(func(s *Sample) { s.Inner = "" }),         // no IPsec SA
	plain("fail-no-answer", 7, 4, 0, 0).with(func(s *Sample) { s.Inner = "" }),           // no exchange
	plain("fail-no-proposal-phase1", 4, 2, 0, 0).with(func(s *Sample) { s.Inner = "" }),  // no keys
	plain("fail-proxy-id-mismatch", 12, 9, 0, 0).with(func(s *Sample) { s.Inner = "" }),  // no IPsec SA
	plain("net-loss-20", 201, 20, 177, 4).with(func(s *Sample) { s.Truth = 128 }),        // the others were lost behind the capture
	plain("capture-snaplen-200", 79, 11, 64, 2),                                          // longer packets are cut, public values too
}

// plain is a sample of one classic pcap whose truth has every packet once.
func plain(name string, packets, ike, esp, sas int) Sample {
	return Sample{
		Name: name, Captures: []string{outer}, Inner: inner,
		Packets: packets, IKE: ike, ESP: esp, SAs: sas, Truth: esp, Copies: 1,
	}
}

func (s Sample) with(change func(*Sample)) Sample {
	change(&s)
	return s
}

// All returns the samples of whole tunnels: phase 1, its secrets of either side,
// ESP and all of the truth.
func All() []Sample { return append([]Sample(nil), all...) }

// Partial returns the samples that are not in All.
func Partial() []Sample { return append([]Sample(nil), partial...) }

// ByName returns the sample of that name; it panics where there is none.
func ByName(name string) Sample {
	for _, s := range append(All(), partial...) {
		if s.Name == name {
			return s
		}
	}
	panic("samples: no sample " + name)
}

// Path is the absolute path of a file of the sample.
func (s Sample) Path(file string) string { return filepath.Join(Dir(), s.Name, file) }

// Capture is the absolute path of the first capture.
func (s Sample) Capture() string { return s.Path(s.Captures[0]) }

// Dir is the absolute path of this folder. It is looked for above the working
// directory, which in a test is the folder of the tested package; it panics
// outside of the source tree.
func Dir() string {
	at, err := os.Getwd()
	if err != nil {
		panic("samples: " + err.Error())
	}
	for {
		dir := filepath.Join(at, "pcaps", "samples")
		if _, err := os.Stat(filepath.Join(dir, "samples.go")); err == nil {
			return dir
		}
		up := filepath.Dir(at)
		if up == at {
			panic("samples: the working directory is not in the source tree")
		}
		at = up
	}
}
