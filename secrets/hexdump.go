package secrets

// Octets in the dumps of logs. Every function works on the line itself and allocates nothing but what it appends.

// hexRun appends the octets of text: hex digits of either case, in pairs, with single or double blanks between groups. It
// stops in front of three blanks, where dumps put the characters, at most limit octets on, or at the end. ok is false if
// something else stands there, or half an octet.
func hexRun(dst, text []byte, limit int) (out []byte, ok bool) {
	const columns = 3 // blanks that end the digits
	blanks := 0
	for i := 0; i < len(text) && limit > 0; {
		if text[i] == ' ' || text[i] == '\t' {
			if blanks++; blanks == columns {
				return dst, true
			}
			i++
			continue
		}
		blanks = 0
		if i+1 >= len(text) {
			return dst, false
		}
		high, low := digitValue(text[i]), digitValue(text[i+1])
		if high < 0 || low < 0 {
			return dst, false
		}
		dst = append(dst, byte(high<<4|low))
		limit--
		i += 2
	}
	return dst, true
}

// digitValue is the value of a hex digit, -1 if c is none.
func digitValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// hexLine reports whether text is nothing but groups of whole octets in hex, at least one, with single blanks between them.
func hexLine(text []byte) bool {
	digits, any := 0, false
	for i, c := range text {
		switch {
		case digitValue(c) >= 0:
			digits++
			any = true
		case c == ' ' && digits%2 == 0 && (i == 0 || text[i-1] != ' '):
			digits = 0
		default:
			return false
		}
	}
	return any && digits%2 == 0
}

// decimal reads the number that text begins with, of at most nine digits, and returns what follows it. ok is false without
// a digit.
func decimal(text []byte) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(text) && i < 9 && text[i] >= '0' && text[i] <= '9' {
		n = 10*n + int(text[i]-'0')
		i++
	}
	return n, text[i:], i > 0
}

// hex64 reads a cookie or SPI of exactly sixteen hex digits.
func hex64(text []byte) (c [8]byte, ok bool) {
	if len(text) != 2*len(c) {
		return c, false
	}
	for i := range c {
		high, low := digitValue(text[2*i]), digitValue(text[2*i+1])
		if high < 0 || low < 0 {
			return c, false
		}
		c[i] = byte(high<<4 | low)
	}
	return c, true
}

// hex32 reads an SPI of one to eight hex digits, 0x in front or not.
func hex32(text []byte) (spi uint32, ok bool) {
	if len(text) > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') {
		text = text[2:]
	}
	if len(text) == 0 || len(text) > 8 {
		return 0, false
	}
	for _, c := range text {
		v := digitValue(c)
		if v < 0 {
			return 0, false
		}
		spi = spi<<4 | uint32(v)
	}
	return spi, true
}

// addressLike reports whether text may be an IP address with something behind it. It is asked before a text is parsed,
// which costs more.
func addressLike(text []byte) bool {
	const longest = len("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255%zone1234]:65535")
	if len(text) < 2 || len(text) > longest || digitValue(text[0]) < 0 && text[0] != ':' && text[0] != '[' {
		return false
	}
	for _, c := range text {
		if c == '.' || c == ':' {
			return true
		}
	}
	return false
}

// dumpLengths are the lengths in octets of the values that daemons dump: hashes, keys with and without salts, Diffie-Hellman
// values of the usual groups.
var dumpLengths = map[int]bool{
	8: true, 16: true, 20: true, 24: true, 28: true, 32: true, 36: true, 40: true, 48: true, 52: true, 56: true, 64: true, 66: true, 72: true, 80: true, 96: true,
	128: true, 192: true, 256: true, 384: true, 512: true, 768: true, 1024: true,
}

// cutOff tells of a dump of no announced length behind which the file ends: it is taken only if values of its length are
// usual.
func cutOff(c *collector, line, octets int) bool {
	if octets == 0 || dumpLengths[octets] {
		return false
	}
	c.warn(line, endsEarly)
	return true
}

// endsEarly is said of dumps that are cut off.
const endsEarly = "a dump ends before its last octet: left out"
