package pcaps

import (
	"bytes"
	"net/netip"
	"strconv"
	"time"
)

// hexDigit is the value of a hex digit, -1 if c is none.
func hexDigit(c byte) int {
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

// appendHex appends the octets of text, at most limit of them. ok is false if
// anything but pairs of digits stands there.
func appendHex(dst, text []byte, limit int) (out []byte, ok bool) {
	if len(text)%2 != 0 {
		return dst, false
	}
	for i := 0; i < len(text) && limit > 0; i += 2 {
		high, low := hexDigit(text[i]), hexDigit(text[i+1])
		if high < 0 || low < 0 {
			return dst, false
		}
		dst = append(dst, byte(high<<4|low))
		limit--
	}
	return dst, true
}

// maxTime is the length of the longest time in front of a line.
const maxTime = len("2006-01-02T15:04:05.999999999+01:00")

// lineTime returns the time that a line begins with, 0 if it begins with none.
// Times without a zone are taken as UTC, those without a year as of 1970.
func lineTime(line []byte) int64 {
	head := string(line[:min(len(line), maxTime)])
	for _, layout := range [...]string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", time.Stamp} {
		if len(head) < len(layout) {
			continue
		}
		t, err := time.Parse(layout, head[:len(layout)])
		if err != nil {
			continue
		}
		if layout == time.Stamp {
			t = time.Date(1970, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		}
		return t.UnixNano() + fraction(head[len(layout):])
	}
	return 0
}

// fraction reads ".123456" as nanoseconds.
func fraction(text string) (nanos int64) {
	if text == "" || text[0] != '.' {
		return 0
	}
	unit := int64(time.Second)
	for _, c := range text[1:] {
		if c < '0' || c > '9' || unit == 1 {
			break
		}
		unit /= 10
		nanos += unit * int64(c-'0')
	}
	return nanos
}

// endpoint reads "192.0.2.1:500", or "192.0.2.1[500]" where open is '['.
func endpoint(text []byte, open byte) (netip.AddrPort, bool) {
	at, whole := bytes.LastIndexByte(text, open), true
	if open == '[' {
		text, whole = bytes.CutSuffix(text, []byte("]"))
	}
	if at < 0 || !whole {
		return netip.AddrPort{}, false
	}
	host, err1 := netip.ParseAddr(string(bytes.Trim(text[:at], "[]")))
	port, err2 := strconv.ParseUint(string(text[at+1:]), 10, 16)
	return netip.AddrPortFrom(host.WithZone("").Unmap(), uint16(port)), err1 == nil && err2 == nil
}
