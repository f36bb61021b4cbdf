package isakmp

import (
	"strconv"
	"strings"
)

// number is the set of types that carry a wire number.
type number interface {
	~uint8 | ~uint16 | ~uint32
}

// names gives registered numbers their names.
type names[N number] map[N]string

// of returns the name of n, or n in decimal digits.
func (t names[N]) of(n N) string {
	if s, ok := t[n]; ok {
		return s
	}
	return decimal(n)
}

// decimal writes n in decimal digits.
func decimal[N number](n N) string { return strconv.FormatUint(uint64(n), 10) }

// named writes name and number, "notify (11)", or the number alone where it has no name.
func named[N interface {
	number
	String() string
}](n N) string {
	return withNumber(n.String(), uint64(n))
}

// withNumber writes "name (n)", or the name alone where it tells the number already.
func withNumber(name string, n uint64) string {
	digits := strconv.FormatUint(n, 10)
	if name == "" || name == digits {
		return digits
	}
	if strings.HasSuffix(name, " "+digits) {
		return name
	}
	return name + " (" + digits + ")"
}

// plural writes "1 proposal" or "3 proposals".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
