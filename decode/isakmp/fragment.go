package isakmp

// Fragment is the body of a fragment payload, Cisco's IKE fragmentation, which others
// took over: a slice of a whole message, its header included.
//
//	+-------------------------------+---------------+---------------+
//	|          Fragment ID          |    Number     | Flags: 1 last |
//	+-------------------------------+---------------+---------------+
//	|                             data                              |
//
// There is no RFC; the layout is the one that implementations share. The same is used in
// [MS-IKEE] section 2.2.3.
type Fragment struct {
	ID     uint16 // the same in all fragments of a message
	Number uint8  // from 1
	Flags  uint8  // bit 0: last fragment
	Data   []byte
}

// Last reports whether no fragment with a higher number follows.
func (f Fragment) Last() bool { return f.Flags&1 != 0 }

// ParseFragment reads the body of a fragment payload. Number 0 is [ErrValue], a fragment
// without data [ErrLength].
func ParseFragment(body []byte) (Fragment, error) {
	r := reader{layer: "fragment", b: body}
	f := Fragment{ID: r.u16("id"), Number: r.u8("number"), Flags: r.u8("flags"), Data: r.rest()}
	switch {
	case f.Number == 0:
		r.note("number", 2, detail(ErrValue, "0"))
	case len(f.Data) == 0:
		r.note("data", payloadHeaderLen, detail(ErrLength, "empty"))
	}
	return f, r.failure()
}
