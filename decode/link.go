package decode

// links is the table of link types that are decoded here; the numbers are
// those of https://www.tcpdump.org/linktypes.html. Others go through
// foreignLink.
var links = [...]func(*Decoder, *Packet, span){
	0:   (*Decoder).null,        // BSD loopback, byte order of the capturing host
	1:   (*Decoder).ethernet,    // Ethernet II, IEEE 802.3
	8:   (*Decoder).slip,        // SLIP behind a pseudo header
	9:   (*Decoder).ppp,         // PPP, with or without HDLC framing
	12:  (*Decoder).ip,          // raw IP
	14:  (*Decoder).ip,          // raw IP, OpenBSD
	50:  (*Decoder).pppSerial,   // PPP in HDLC-like framing, or Cisco HDLC
	51:  (*Decoder).pppoe,       // PPPoE session header on
	100: (*Decoder).cell,        // ATM, RFC 2684 with LLC
	101: (*Decoder).ip,          // raw IP
	104: (*Decoder).ciscoHDLC,   // Cisco HDLC
	107: (*Decoder).frameRelay,  // Frame Relay
	108: (*Decoder).loop,        // OpenBSD loopback, network byte order
	109: (*Decoder).enc,         // OpenBSD enc(4): what an IPsec stack opened
	113: (*Decoder).sll,         // Linux cooked capture
	127: (*Decoder).radiotap,    // IEEE 802.11 behind a radiotap header
	138: (*Decoder).firewire,    // IP over IEEE 1394
	166: (*Decoder).pppd,        // PPP with a direction for its address
	192: nil,                    // PPI, see init
	204: behind((*Decoder).ppp), // PPP behind an octet that says who sent it
	205: behind((*Decoder).ciscoHDLC),
	206: behind((*Decoder).frameRelay),
	219: (*Decoder).mpls,
	226: (*Decoder).ipnet, // Solaris
	228: (*Decoder).ipv4,
	229: (*Decoder).ipv6,
	239: (*Decoder).nflog,
	258: nil,             // PKTAP, see init
	276: (*Decoder).sll2, // Linux cooked capture, version 2
}

// The rows that lead back to the table.
func init() { links[192], links[258] = (*Decoder).ppi, (*Decoder).pktap }
