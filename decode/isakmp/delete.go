package isakmp

// Delete is the body of a Delete payload.
//
//	+---------------------------------------------------------------+
//	|              Domain of Interpretation (DOI)                   |
//	+---------------+---------------+-------------------------------+
//	|  Protocol-Id  |   SPI Size    |           # of SPIs           |
//	+---------------+---------------+-------------------------------+
//	|                             SPIs                              |
//
// RFC 2408 section 3.15.
type Delete struct {
	DOI      DOI
	Protocol Protocol
	SPISize  uint8    // 16 (both cookies) for ISAKMP, 4 for AH and ESP
	Count    uint16   // as announced
	SPIs     [][]byte // as many as are there
}

// ParseDelete reads the body of a Delete payload. SPIs are counted by the octets that are
// there and compared with the announced number afterwards ([ErrCount]).
func ParseDelete(body []byte) (Delete, error) {
	r := reader{layer: "delete", b: body}
	d := Delete{DOI: DOI(r.u32("doi")), Protocol: Protocol(r.u8("protocol")), SPISize: r.u8("spi size")}
	countAt := r.off
	d.Count = r.u16("spi count")
	if d.SPISize == 0 && len(r.b) > 0 {
		r.note("spi size", 5, detail(ErrLength, "0 octets, %d are there", len(r.b)))
		return d, r.failure()
	}
	for len(r.b) > 0 {
		if len(d.SPIs) == MaxSPIs {
			r.note("spis", r.off, detail(ErrLimit, "more than %d SPIs", MaxSPIs))
			break
		}
		if spi := r.octets("spi", int(d.SPISize)); spi != nil {
			d.SPIs = append(d.SPIs, spi)
		}
	}
	if int(d.Count) != len(d.SPIs) {
		r.note("spi count", countAt, detail(ErrCount, "%d announced, %d are there", d.Count, len(d.SPIs)))
	}
	return d, r.failure()
}
