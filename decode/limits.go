package decode

import "time"

// Limits bounds what a decoder spends on hostile input. Fields that are zero
// take the value of [DefaultLimits].
type Limits struct {
	// Nesting is the number of levels of a frame in all: VLAN tags, PPPoE,
	// IP headers, tunnels, and a datagram joined from fragments.
	Nesting int

	// Extensions is the number of IPv6 extension headers of one datagram.
	Extensions int

	// FragmentBytes bounds the memory for fragments that wait for others,
	// bookkeeping included.
	FragmentBytes int

	// FragmentDatagrams is the number of datagrams that may wait at once.
	FragmentDatagrams int

	// FragmentPieces is the number of fragments of one datagram.
	FragmentPieces int

	// FragmentAge is how long, in capture time, a datagram waits.
	FragmentAge time.Duration

	// Flows is the number of UDP flows remembered because IKE was seen in
	// them, so that ESP on unusual ports is found.
	Flows int

	// Streams is the number of directions of TCP connections that are followed, and
	// StreamBytes what they may hold in all.
	Streams     int
	StreamBytes int
}

// DefaultLimits returns the limits of ordinary use.
func DefaultLimits() Limits {
	return Limits{
		Nesting:           8,
		Extensions:        16,
		FragmentBytes:     32 << 20,
		FragmentDatagrams: 65535,
		FragmentPieces:    2048,
		FragmentAge:       60 * time.Second,
		Flows:             65536,
		Streams:           4096,
		StreamBytes:       32 << 20,
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct{ v, def *int }{
		{&l.Nesting, &d.Nesting},
		{&l.Extensions, &d.Extensions},
		{&l.FragmentBytes, &d.FragmentBytes},
		{&l.FragmentDatagrams, &d.FragmentDatagrams},
		{&l.FragmentPieces, &d.FragmentPieces},
		{&l.Flows, &d.Flows},
		{&l.Streams, &d.Streams},
		{&l.StreamBytes, &d.StreamBytes},
	} {
		if *f.v <= 0 {
			*f.v = *f.def
		}
	}
	if l.FragmentAge <= 0 {
		l.FragmentAge = d.FragmentAge
	}
	return l
}
