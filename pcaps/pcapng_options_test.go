package pcaps

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listed walks through options.
func listed(o order, b []byte) (out []string, bad bool) {
	w := options{order: o, rest: b}
	for {
		opt, ok := w.next()
		if !ok {
			return out, w.bad
		}
		out = append(out, fmt.Sprintf("%d=%s", opt.code, opt.value))
	}
}

func TestOptions(t *testing.T) {
	for name, c := range map[string]struct {
		octets string
		want   []string
		bad    bool
	}{
		"none":                {"", nil, false},
		"end":                 {"\x00\x00\x00\x00", nil, false},
		"one":                 {"\x02\x00\x03\x00abc\x00\x00\x00\x00\x00", []string{"2=abc"}, false},
		"without end":         {"\x02\x00\x04\x00abcd", []string{"2=abcd"}, false},
		"without padding":     {"\x02\x00\x03\x00abc", []string{"2=abc"}, false},
		"empty":               {"\x02\x00\x00\x00\x03\x00\x01\x00x\x00\x00\x00", []string{"2=", "3=x"}, false},
		"rubbish after end":   {"\x00\x00\x00\x00\x02\x00\xff\xff", nil, false},
		"end with a length":   {"\x00\x00\x09\x00\x02\x00", nil, false},
		"header cut":          {"\x02\x00\x01", nil, true},
		"value cut":           {"\x02\x00\x05\x00abcd", nil, true},
		"second too long":     {"\x02\x00\x01\x00a\x00\x00\x00\x03\x00\x01\x00", []string{"2=a"}, true},
		"length 65,535":       {"\x02\x00\xff\xffabcd", nil, true},
		"cut inside of a pad": {"\x02\x00\x01\x00a\x00", []string{"2=a"}, false},
	} {
		got, bad := listed(false, []byte(c.octets))
		if d := cmp.Diff(c.want, got); d != "" || bad != c.bad {
			t.Errorf("%s: bad %v, %s", name, bad, d)
		}
	}
	got, bad := listed(true, []byte("\x00\x02\x00\x03abc\x00\x00\x00\x00\x00"))
	if d := cmp.Diff([]string{"2=abc"}, got); d != "" || bad {
		t.Errorf("big-endian: %s", d)
	}
}

// Each byte order reads what the other has turned around.
func TestOrders(t *testing.T) {
	for _, c := range []struct {
		o order
		b []byte
	}{{false, join(little, uint64(0x0102030405060708))}, {true, join(big, uint64(0x0102030405060708))}} {
		if v := c.o.u64(c.b); v != 0x0102030405060708 {
			t.Errorf("%v: %#x", c.o, v)
		}
	}
	for _, c := range []struct {
		o   order
		u16 uint16
		u32 uint32
	}{{false, 0x0201, 0x04030201}, {true, 0x0102, 0x01020304}} {
		b := []byte{1, 2, 3, 4}
		if c.o.u16(b) != c.u16 || c.o.u32(b) != c.u32 {
			t.Errorf("%v: %#x %#x", c.o, c.o.u16(b), c.o.u32(b))
		}
	}
}
