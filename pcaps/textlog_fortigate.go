package pcaps

import (
	"bytes"
	"net/netip"
	"slices"
)

// A FortiGate prints each message with "diagnose debug application ike -1":
//
//	ike 0: comes 192.0.2.2:500->192.0.2.1:500,ifindex=5....
//	ike 0: in 12F2CBED073D6DBA21C98F93C506F466041002...
//	ike 0:office:14: out 12F2CBED...
//	ike 0:office:14: sent IKE msg (ident_i1send): 192.0.2.1:500->192.0.2.2:500, len=264, id=12f2cbed073d6dba/0000000000000000
//
// with a time in front since FortiOS 7, or where the console is told to. Lines
// "enc" and "dec" have the plaintext. A terminal wraps long lines.

// fortigateLog reads such a log. The daemon is one process, so that the order of
// the lines tells what belongs together.
type fortigateLog struct {
	from, to netip.AddrPort // of the packet that comes
	back     [2]netip.AddrPort

	open     bool // a message that is not sent or not whole yet
	incoming bool
	nanos    int64
	data     []byte
	half     int // value of a digit whose partner is on the next line, -1 none
}

// fortigateFront splits a line into its time and what the daemon says: "office:14"
// does not matter.
func fortigateFront(line []byte) (message []byte, ok bool) {
	const window = 160
	head := line[:min(len(line), window)]
	at := bytes.Index(head, []byte("ike "))
	if at < 0 || at > 0 && head[at-1] != ' ' {
		return nil, false
	}
	rest := line[at+len("ike "):]
	if !bytes.HasPrefix(rest, []byte("V=")) && (len(rest) == 0 || rest[0] < '0' || rest[0] > '9') {
		return nil, false
	}
	_, message, ok = bytes.Cut(rest, []byte(": "))
	return message, ok
}

// fortigateHex reads "in HEX" and "out HEX".
func fortigateHex(message []byte) (hex []byte, incoming, ok bool) {
	if hex, ok = bytes.CutPrefix(message, []byte("in ")); ok {
		return bytes.TrimSpace(hex), true, true
	}
	hex, ok = bytes.CutPrefix(message, []byte("out "))
	return bytes.TrimSpace(hex), false, ok
}

func fortigateHolds(line []byte) bool {
	message, ok := fortigateFront(line)
	hex, _, isHex := fortigateHex(message)
	if !ok || !isHex || len(hex) < 2*isakmpHeader {
		return false
	}
	octets, ok := appendHex(nil, hex[:2*isakmpHeader], isakmpHeader)
	return ok && isakmpLength(octets) > 0
}

func (r *fortigateLog) line(line []byte, emit func(logMessage)) {
	message, ok := fortigateFront(line)
	if !ok {
		r.more(bytes.TrimSpace(line), emit)
		return
	}
	if hex, incoming, isHex := fortigateHex(message); isHex {
		r.end(emit)
		r.begin(lineTime(line), hex, incoming)
		r.complete(emit)
		return
	}
	if rest, ok := bytes.CutPrefix(message, []byte("comes ")); ok {
		r.end(emit)
		r.from, r.to, _ = fortigatePair(rest)
		r.back = [2]netip.AddrPort{r.to, r.from}
	} else if _, rest, ok := bytes.Cut(message, []byte("): ")); ok && bytes.HasPrefix(message, []byte("sent IKE msg (")) {
		r.sent(rest, emit)
	}
}

// fortigatePair reads "192.0.2.1:500->192.0.2.2:500,...".
func fortigatePair(text []byte) (from, to netip.AddrPort, ok bool) {
	text, _, whole := bytes.Cut(text, []byte(","))
	a, b, ok := bytes.Cut(text, []byte("->"))
	from, ok1 := endpoint(a, ':')
	to, ok2 := endpoint(b, ':')
	return from, to, whole && ok && ok1 && ok2
}

func (r *fortigateLog) begin(nanos int64, hex []byte, incoming bool) {
	r.incoming, r.nanos, r.data, r.half = incoming, nanos, r.data[:0], -1
	r.open = r.octets(hex) && len(r.data) > 0
}

// octets takes hex, of which a line may hold an odd number of digits. It is false
// for anything else.
func (r *fortigateLog) octets(hex []byte) bool {
	for _, c := range hex {
		v := hexDigit(c)
		switch {
		case v < 0:
			return false
		case r.half < 0:
			r.half = v
		default:
			if len(r.data) < highestLength {
				r.data = append(r.data, byte(r.half<<4|v))
			}
			r.half = -1
		}
	}
	return true
}

// more takes a line without a front: the rest of one that was wrapped.
func (r *fortigateLog) more(hex []byte, emit func(logMessage)) {
	if !r.open || len(hex) == 0 || len(r.data) >= isakmpLength(r.data) && isakmpLength(r.data) > 0 {
		return
	}
	if slices.ContainsFunc(hex, func(c byte) bool { return hexDigit(c) < 0 }) {
		return
	}
	r.octets(hex)
	r.complete(emit)
}

// complete hands over what came, once it is whole. What goes out waits for the line
// that says where to.
func (r *fortigateLog) complete(emit func(logMessage)) {
	if r.open && r.incoming && isakmpLength(r.data) > 0 && len(r.data) >= isakmpLength(r.data) {
		r.hand(r.from, r.to, emit)
	}
}

func (r *fortigateLog) sent(text []byte, emit func(logMessage)) {
	from, to, ok := fortigatePair(text)
	if !ok {
		return
	}
	r.back = [2]netip.AddrPort{from, to}
	if r.open && !r.incoming {
		r.hand(from, to, emit)
	}
}

// end hands over a message that is not whole, or of which no line says that it was
// sent: it went where the last one came from.
func (r *fortigateLog) end(emit func(logMessage)) {
	if !r.open {
		return
	}
	if r.incoming {
		r.hand(r.from, r.to, emit)
	} else {
		r.hand(r.back[0], r.back[1], emit)
	}
}

func (r *fortigateLog) hand(from, to netip.AddrPort, emit func(logMessage)) {
	r.open = false
	n := isakmpLength(r.data)
	if n == 0 || !from.IsValid() || !to.IsValid() {
		return
	}
	emit(logMessage{from: from, to: to, nanos: r.nanos, data: r.data, length: n})
}
