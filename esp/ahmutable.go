package esp

import "encoding/binary"

// zeroMutable zeroes in place what changes on the way in the headers in front
// of the AH at ahOffset (RFC 4302, section 3.3.3.1 and appendix A), and gives
// what changes predictably the value that it has at the receiver.
func zeroMutable(datagram []byte, ahOffset int) error {
	if datagram[0]>>4 == 4 {
		return zeroMutable4(datagram, ahOffset)
	}
	return zeroMutable6(datagram, ahOffset)
}

// zeroMutable4 zeroes type of service, flags, fragment offset, time to live
// and checksum, and the options that are not immutable.
func zeroMutable4(b []byte, ahOffset int) error {
	header := int(b[0]&15) * 4
	if header != ahOffset {
		return &HeaderError{"ipv4", "header length", 0}
	}
	b[1] = 0
	clear(b[6:9])
	clear(b[ipv4Checksum : ipv4Checksum+2])
	return zeroOptions4(b[16:20], b[ipv4HeaderLen:header])
}

// Options of IPv4 that AH looks at. Those in immutable4 are the rows marked
// "immutable" in RFC 4302, appendix A1; all others are zeroed whole.
const (
	optionEnd          = 0
	optionNoOperation  = 1
	optionLooseRoute   = 131
	optionStrictRoute  = 137
	sourceRouteMinimum = 7 // type, length, pointer, one address
)

var immutable4 = [256]bool{
	130: true, // security
	133: true, // extended security
	134: true, // commercial security
	148: true, // router alert
	149: true, // sender directed multi-destination delivery
}

// zeroOptions4 zeroes the mutable options. While a source route is not used up
// (its pointer stands inside it), its last address is the destination that the
// receiver sees.
func zeroOptions4(destination, options []byte) error {
	for at := 0; at < len(options); {
		o := options[at:]
		if o[0] == optionEnd {
			return nil
		}
		if o[0] == optionNoOperation {
			at++
			continue
		}
		if len(o) < 2 || o[1] < 2 || int(o[1]) > len(o) {
			return &HeaderError{"ipv4", "option length", ipv4HeaderLen + at + 1}
		}
		o = o[:o[1]]
		at += len(o)
		if routesOn(o) {
			copy(destination, o[len(o)-4:])
		}
		if !immutable4[o[0]] {
			clear(o)
		}
	}
	return nil
}

// routesOn reports whether an option is a source route with addresses left.
func routesOn(o []byte) bool {
	isRoute := o[0] == optionLooseRoute || o[0] == optionStrictRoute
	return isRoute && len(o) >= sourceRouteMinimum && int(o[2]) <= len(o)
}

// Extension headers that may stand in front of AH (RFC 8200, section 4).
const (
	extensionHopByHop    = 0
	extensionRouting     = 43
	extensionDestination = 60
)

// zeroMutable6 zeroes traffic class, flow label and hop limit, and the options
// that say that they change.
func zeroMutable6(b []byte, ahOffset int) error {
	binary.BigEndian.PutUint32(b, 6<<28)
	next := b[ipv6Next]
	b[7] = 0
	at := ipv6HeaderLen
	for at < ahOffset {
		if ahOffset-at < 8 {
			return &HeaderError{"ipv6", "extension header", at}
		}
		n := (int(b[at+1]) + 1) * 8
		if n > ahOffset-at {
			return &HeaderError{"ipv6", "extension header length", at + 1}
		}
		if err := zeroExtension(next, b[24:ipv6HeaderLen], b[at:at+n], at); err != nil {
			return err
		}
		next, at = b[at], at+n
	}
	if at != ahOffset {
		return &HeaderError{"ipv6", "extension header", ipv6Next}
	}
	return nil
}

func zeroExtension(kind uint8, destination, header []byte, at int) error {
	switch kind {
	case extensionHopByHop, extensionDestination:
		return zeroOptions6(header, at)
	case extensionRouting:
		return arriveRouting(destination, header, at)
	}
	return &HeaderError{"ipv6", "next header", at}
}

// zeroOptions6 zeroes the data of options whose type has the bit "may change
// on the way" (RFC 8200, section 4.2).
func zeroOptions6(header []byte, at int) error {
	const pad1, mayChange = 0, 0x20
	for i := 2; i < len(header); {
		if header[i] == pad1 {
			i++
			continue
		}
		if i+2 > len(header) || i+2+int(header[i+1]) > len(header) {
			return &HeaderError{"ipv6", "option length", at + i}
		}
		n := int(header[i+1])
		if header[i]&mayChange != 0 {
			clear(header[i+2 : i+2+n])
		}
		i += 2 + n
	}
	return nil
}

// arriveRouting brings a routing header of type 0 or 2 into the order in which
// it arrives: each remaining segment's address changes places with the
// destination (RFC 2460, section 4.4; RFC 6275, section 6.4).
func arriveRouting(destination, header []byte, at int) error {
	const addressLen = 16
	if header[2] != 0 && header[2] != 2 {
		return &HeaderError{"ipv6", "routing type", at + 2}
	}
	addresses, left := header[8:], int(header[3])
	if left > len(addresses)/addressLen {
		return &HeaderError{"ipv6", "segments left", at + 3}
	}
	var arrived [addressLen]byte
	for i := len(addresses)/addressLen - left; left > 0; i, left = i+1, left-1 {
		next := addresses[i*addressLen:][:addressLen]
		copy(arrived[:], next)
		copy(next, destination)
		copy(destination, arrived[:])
	}
	header[3] = 0
	return nil
}
