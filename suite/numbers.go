package suite

import "strconv"

// number is one line of a registry: the value and the name that this program
// uses for it. A name without a row elsewhere is known by name only.
type number struct {
	id   uint16
	name string
}

// nameOf returns the name of a number, "" when nobody registered it.
func nameOf(table []number, id uint16) string {
	for _, n := range table {
		if n.id == id {
			return n.name
		}
	}
	return ""
}

// nameOr returns the name of a number or, for an unknown one, what it is and
// its value: "encryption 65001".
func nameOr(table []number, what string, id uint16) string {
	if s := nameOf(table, id); s != "" {
		return s
	}
	return what + " " + strconv.Itoa(int(id))
}
