package isakmp

import "strconv"

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

// withNumber writes "name (n)", or n alone where the name is just the number.
func withNumber(name string, n uint64) string {
	digits := strconv.FormatUint(n, 10)
	if name == "" || name == digits {
		return digits
	}
	return name + " (" + digits + ")"
}
