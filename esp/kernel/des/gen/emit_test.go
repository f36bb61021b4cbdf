package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// generated is made once.
var generated = sync.OnceValues(func() (map[string][]byte, error) {
	l, err := load("circuits.txt")
	if err != nil {
		return nil, err
	}
	return l.kernels()
})

func TestKernelsAreThoseOfTheCircuits(t *testing.T) {
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what go generate writes", name)
		}
	}
}

func TestKernelsNeedAllCircuits(t *testing.T) {
	l := mustLoad(t)
	delete(l, key{5, 2})
	if _, err := l.kernels(); err == nil || err.Error() != "no circuit for S6 2" {
		t.Error(err)
	}
}

func TestLayout(t *testing.T) {
	e := []int{32, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9}
	for i, want := range e {
		if got := expansion(i/6, i%6) + 1; got != want {
			t.Errorf("E, bit %d: %d, want %d", i+1, got, want)
		}
	}
	if expansion(7, 5) != 0 {
		t.Error("E does not wrap")
	}
	places := map[int]bool{}
	for box := range 8 {
		for o := range outputs {
			places[destination(box, o)] = true
		}
	}
	for i := range 32 {
		at := planeBytes(i, 1)
		if at%2 != 0 || initialPermutation[i+32] != initialPermutation[i]-1 {
			t.Errorf("bit %d of the left half is in plane %d", i, at)
		}
		places[100+at] = true
	}
	if len(places) != 64 {
		t.Errorf("%d places", len(places))
	}
}

// machine runs the assembly of a round on planes of 64 blocks: a model of the
// few instructions that it has, so that it is tested on any processor.
type machine struct {
	t           *testing.T
	plane       int         // its length in octets, in the assembly
	left, right *[64]uint64 // the even ones are used of both
	mask        []int32
	reg         map[string]uint64 // registers, and words on the stack
}

func (m *machine) operand(s string) uint64 {
	at, base, memory := strings.Cut(s, "(")
	if !memory {
		v, ok := m.reg[s]
		if !ok {
			m.t.Fatalf("%s is read before it is written", s)
		}
		return v
	}
	offset, err := strconv.Atoi(at)
	if err != nil {
		m.t.Fatal(err)
	}
	switch base {
	case "SI)":
		return m.left[offset/m.plane]
	case "DI)":
		return m.right[offset/m.plane]
	case "DX)":
		return uint64(int64(m.mask[offset/4]))
	}
	return m.reg[s]
}

func (m *machine) store(s string, v uint64) {
	if at, ok := strings.CutSuffix(s, "(SI)"); ok {
		offset, err := strconv.Atoi(at)
		if err != nil || offset%m.plane != 0 {
			m.t.Fatalf("store to %s", s)
		}
		m.left[offset/m.plane] = v
		return
	}
	if strings.HasSuffix(s, "(DI)") || strings.HasSuffix(s, "(DX)") {
		m.t.Fatalf("store to %s", s)
	}
	m.reg[s] = v
}

func (m *machine) run(line string) {
	name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	f := strings.Split(rest, ", ")
	to := f[len(f)-1]
	switch strings.TrimSuffix(name, ".BCST") {
	case "VMOVDQU64", "VMOVDQA64", "VMOVDQU", "VPBROADCASTD":
		m.store(to, m.operand(f[0]))
	case "VPXORD", "VPXOR":
		m.store(to, m.operand(f[0])^m.operand(f[1]))
	case "VPAND":
		m.store(to, m.operand(f[0])&m.operand(f[1]))
	case "VPOR":
		m.store(to, m.operand(f[0])|m.operand(f[1]))
	case "VPANDN":
		m.store(to, m.operand(f[0])&^m.operand(f[1]))
	case "VPTERNLOGD":
		table, err := strconv.ParseUint(strings.TrimPrefix(f[0], "$0x"), 16, 8)
		if err != nil {
			m.t.Fatal(err)
		}
		m.store(to, lut3(uint8(table), m.operand(to), m.operand(f[2]), m.operand(f[1])))
	default:
		m.t.Fatalf("unknown instruction %q", line)
	}
}

// roundOf is the round of FIPS 46-3 on planes, but for the key: the result of
// the S-boxes for inputs that are XORed with it already.
func roundOf(in *[48]uint64) (f [32]uint64) {
	for block := range 64 {
		for box := range 8 {
			var b [inputs]int
			for i := range b {
				b[i] = int(in[6*box+i] >> block & 1)
			}
			value := sbox(box, b)
			for o := range outputs {
				f[destination(box, o)] |= uint64(value>>(3-o)&1) << block
			}
		}
	}
	return f
}

func instructions(t *testing.T, text []byte) []string {
	t.Helper()
	_, rest, ok := strings.Cut(string(text), "\nround:\n")
	body, _, end := strings.Cut(rest, "\tADDQ  $192, DX\n")
	if !ok || !end {
		t.Fatal("no round")
	}
	lines := slices.Collect(strings.Lines(body))
	return slices.DeleteFunc(lines, func(l string) bool {
		l = strings.TrimSpace(l)
		return l == "" || strings.HasPrefix(l, "//")
	})
}

func TestRoundsInAssembly(t *testing.T) {
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(48, 32))
	for range 20 {
		testRound(t, rng, files["rounds512_amd64.s"], zmm, true)
		testRound(t, rng, files["rounds256_amd64.s"], ymm, false)
	}
}

func testRound(t *testing.T, rng *rand.Rand, text []byte, plane int, folded bool) {
	t.Helper()
	var left, right [64]uint64
	var mask [48]int32
	for i := range 64 {
		left[i], right[i] = rng.Uint64(), rng.Uint64()
	}
	for i := range mask {
		mask[i] = -int32(rng.Uint32() & 1)
	}
	var in [48]uint64
	for i := range in {
		in[i] = right[planeBytes(expansion(i/6, i%6), 1)]
		switch {
		case !folded:
			in[i] ^= uint64(int64(mask[i]))
		case i%6 == 0 || i%6 == 5:
			in[i] ^= uint64(int64(mask[32+i/6*2+i%6/5]))
		}
	}
	want := left
	f := roundOf(&in)
	boxes := [8]positive{}
	l := mustLoad(t)
	for box := range boxes {
		boxes[box] = makePositive(l[key{box, 2}])
	}
	for box, p := range boxes {
		for o, not := range p.not {
			i := destination(box, o)
			at := planeBytes(i, 1)
			want[at] ^= f[i]
			switch {
			case folded:
				want[at] ^= uint64(int64(mask[i]))
			case not:
				want[at] = ^want[at]
			}
		}
	}
	m := &machine{t: t, plane: plane, left: &left, right: &right, mask: mask[:], reg: map[string]uint64{}}
	for _, line := range instructions(t, text) {
		m.run(line)
	}
	if left != want {
		t.Errorf("planes of %d octets: the round is wrong", plane)
	}
}

func TestComplementedBits(t *testing.T) {
	l := mustLoad(t)
	var boxes [8]positive
	for box := range boxes {
		boxes[box] = makePositive(l[key{box, 2}])
	}
	text := string(golang(boxes))
	if want := fmt.Sprintf("complemented = %#012x\n", complemented(boxes)); !strings.Contains(text, want) {
		t.Errorf("no %q", want)
	}
}
