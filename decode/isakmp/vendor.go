package isakmp

import (
	"encoding/hex"
	"slices"
	"strings"
	"sync"
)

// VendorID is the body of a Vendor ID payload: octets by which implementations of the same
// extension, or of the same product, recognise each other. RFC 2408 section 3.16.
type VendorID struct {
	Data []byte
}

// ParseVendorID reads the body of a Vendor ID payload; an empty one is [ErrLength].
func ParseVendorID(body []byte) (VendorID, error) {
	data, err := value("vendor", body)
	return VendorID{data}, err
}

// VendorKind is what a vendor ID announces.
type VendorKind uint8

// Kinds of vendor IDs.
const (
	VendorUnknown   VendorKind = iota
	VendorExtension            // something the sender can do: NAT-T, DPD, XAUTH
	VendorProduct              // who made the sender, perhaps with its version
)

// String is "unknown", "extension" or "product".
func (k VendorKind) String() string {
	return names[VendorKind]{VendorUnknown: "unknown", VendorExtension: "extension", VendorProduct: "product"}.of(k)
}

// Vendor is the meaning of a vendor ID.
type Vendor struct {
	Kind VendorKind
	Name string // "DPD", "NAT-T (RFC 3947)", "strongSwan"
	Info string // what the octets behind a known beginning say, perhaps a version; may be empty
}

// String is the name and, where there is more, the information behind it.
func (v Vendor) String() string { return strings.TrimSuffix(v.Name+" "+v.Info, " ") }

// vendorRow is one line of the table of vendor IDs.
type vendorRow struct {
	kind VendorKind
	id   []byte
	name string
	info vendorInfo // nil: the whole ID is known; otherwise id is its beginning
}

// vendorInfo tells what the octets behind a known beginning say. ok is false where they
// cannot stand there, so that the row does not apply.
type vendorInfo func(rest []byte) (info string, ok bool)

// vendorIndex finds rows by whole ID and by beginning, the longest beginning first.
type vendorIndex struct {
	whole  map[string]vendorRow
	begins []vendorRow
}

var vendors = sync.OnceValue(func() vendorIndex {
	ix := vendorIndex{whole: make(map[string]vendorRow)}
	for _, row := range vendorTable() {
		if row.info == nil {
			ix.whole[string(row.id)] = row
		} else {
			ix.begins = append(ix.begins, row)
		}
	}
	slices.SortStableFunc(ix.begins, func(a, b vendorRow) int { return len(b.id) - len(a.id) })
	return ix
})

// LookupVendor tells what is known about a vendor ID; ok is false for nothing.
func LookupVendor(id []byte) (v Vendor, ok bool) {
	ix := vendors()
	if row, ok := ix.whole[string(id)]; ok {
		return Vendor{Kind: row.kind, Name: row.name}, true
	}
	for _, row := range ix.begins {
		rest, found := strings.CutPrefix(string(id), string(row.id))
		if !found {
			continue
		}
		if info, ok := row.info([]byte(rest)); ok {
			return Vendor{row.kind, row.name, info}, true
		}
	}
	return Vendor{}, false
}

// VendorName is the meaning of a vendor ID as text. An unknown one is shown as itself, in
// quotes where it is printable text, in hex otherwise, and known is false.
func VendorName(id []byte) (name string, known bool) {
	if v, ok := LookupVendor(id); ok {
		return v.String(), true
	}
	if printable(id) {
		return `"` + string(id) + `"`, false
	}
	return hex.EncodeToString(id), false
}
