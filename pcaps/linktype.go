package pcaps

import "strconv"

// LinkType says how a frame's octets begin. The numbers are those of the
// LINKTYPE_ registry, https://www.tcpdump.org/linktypes.html.
type LinkType uint16

// Link types that can carry IP. The registry has more; they keep their number.
const (
	LinkNull       LinkType = 0   // BSD loopback: address family, host byte order
	LinkEthernet   LinkType = 1   // Ethernet II or 802.3
	LinkTokenRing  LinkType = 6   // IEEE 802.5
	LinkSLIP       LinkType = 8   // SLIP with a pseudo header
	LinkPPP        LinkType = 9   // PPP
	LinkFDDI       LinkType = 10  // FDDI
	LinkRawBSD     LinkType = 12  // raw IP, as some systems write it
	LinkRawOpenBSD LinkType = 14  // raw IP, as OpenBSD writes it
	LinkPPPHDLC    LinkType = 50  // PPP in HDLC-like framing
	LinkPPPEther   LinkType = 51  // PPPoE session packets
	LinkATM        LinkType = 100 // ATM, RFC 2684
	LinkRaw        LinkType = 101 // raw IPv4 or IPv6
	LinkCHDLC      LinkType = 104 // Cisco HDLC
	LinkWiFi       LinkType = 105 // IEEE 802.11
	LinkFrameRelay LinkType = 107 // Frame Relay
	LinkLoop       LinkType = 108 // OpenBSD loopback: address family, network byte order
	LinkEnc        LinkType = 109 // OpenBSD enc(4): IPsec packets after decryption
	LinkLinuxSLL   LinkType = 113 // Linux "cooked"
	LinkPFLog      LinkType = 117 // OpenBSD pf log
	LinkRadiotap   LinkType = 127 // IEEE 802.11 below a radiotap header
	LinkFireWire   LinkType = 138 // IP over IEEE 1394
	LinkPPPD       LinkType = 166 // PPP with a direction for its address
	LinkPPPDir     LinkType = 204 // PPP behind a direction octet
	LinkCHDLCDir   LinkType = 205 // Cisco HDLC behind a direction octet
	LinkFrameDir   LinkType = 206 // Frame Relay behind a direction octet
	LinkMPLS       LinkType = 219 // MPLS label stack
	LinkIPNet      LinkType = 226 // Solaris ipnet
	LinkIPv4       LinkType = 228 // IPv4
	LinkIPv6       LinkType = 229 // IPv6
	LinkNFLog      LinkType = 239 // Linux netfilter log
	LinkPKTAP      LinkType = 258 // Darwin pktap: another link type inside
	LinkLinuxSLL2  LinkType = 276 // Linux "cooked", second version
)

var linkNames = map[LinkType]string{
	LinkNull:       "null",
	LinkEthernet:   "ethernet",
	LinkTokenRing:  "token-ring",
	LinkSLIP:       "slip",
	LinkPPP:        "ppp",
	LinkFDDI:       "fddi",
	LinkRawBSD:     "raw-bsd",
	LinkRawOpenBSD: "raw-openbsd",
	LinkPPPHDLC:    "ppp-hdlc",
	LinkPPPEther:   "pppoe",
	LinkATM:        "atm",
	LinkRaw:        "raw",
	LinkCHDLC:      "cisco-hdlc",
	LinkWiFi:       "802.11",
	LinkFrameRelay: "frame-relay",
	LinkLoop:       "loop",
	LinkEnc:        "enc",
	LinkLinuxSLL:   "linux-sll",
	LinkPFLog:      "pflog",
	LinkRadiotap:   "radiotap",
	LinkFireWire:   "ip-over-ieee1394",
	LinkPPPD:       "pppd",
	LinkPPPDir:     "ppp-with-direction",
	LinkCHDLCDir:   "cisco-hdlc-with-direction",
	LinkFrameDir:   "frame-relay-with-direction",
	LinkMPLS:       "mpls",
	LinkIPNet:      "ipnet",
	LinkIPv4:       "ipv4",
	LinkIPv6:       "ipv6",
	LinkNFLog:      "nflog",
	LinkPKTAP:      "pktap",
	LinkLinuxSLL2:  "linux-sll2",
}

// String returns a short name, or "linktype N" for a number without one here.
func (l LinkType) String() string {
	if name, ok := linkNames[l]; ok {
		return name
	}
	return "linktype " + strconv.Itoa(int(l))
}
