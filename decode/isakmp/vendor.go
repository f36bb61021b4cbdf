package isakmp

// VendorID is the body of a Vendor ID payload. RFC 2408 section 3.16.
type VendorID struct {
	Data []byte
}

// ParseVendorID reads the body of a Vendor ID payload; an empty one is [ErrLength].
func ParseVendorID(body []byte) (VendorID, error) {
	data, err := value("vendor", body)
	return VendorID{data}, err
}
