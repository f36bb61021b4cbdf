package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

func mustLoad(t *testing.T) library {
	t.Helper()
	l, err := load("circuits.txt")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// sbox reads the table as FIPS 46-3 tells it: bits 1 and 6 are the row, bits 2
// to 5 the column.
func sbox(box int, b [inputs]int) int {
	row := 2*b[0] + b[5]
	column := 8*b[1] + 4*b[2] + 2*b[3] + b[4]
	return int(substitution[box][16*row+column])
}

// outputOf evaluates a circuit gate by gate for one input.
func outputOf(c circuit, in [inputs]int) (value int) {
	signals := in[:]
	for _, g := range c.gates {
		index := 0
		for _, s := range g.in[:c.arity] {
			index = 2*index + signals[s]
		}
		signals = append(signals, int(g.table>>index&1))
	}
	for o, s := range c.out {
		bit := signals[s]
		if c.not[o] {
			bit = 1 - bit
		}
		value = 2*value + bit
	}
	return value
}

func allInputs() (all [64][inputs]int) {
	for p := range all {
		for i := range inputs {
			all[p][i] = p >> (5 - i) & 1
		}
	}
	return all
}

func TestCircuitsForAllInputs(t *testing.T) {
	l := mustLoad(t)
	for box := range 8 {
		for _, arity := range []int{2, 3} {
			k := key{box, arity}
			c, ok := l[k]
			if !ok {
				t.Errorf("no circuit for %v", k)
				continue
			}
			for _, in := range allInputs() {
				if got, want := outputOf(c, in), sbox(box, in); got != want {
					t.Fatalf("%v: %v gives %d, want %d", k, in, got, want)
				}
			}
		}
	}
}

// Each row of an S-box is a permutation of 0 to 15: a slip in the tables would
// most likely show here.
func TestRowsArePermutations(t *testing.T) {
	for box := range 8 {
		for row := range 4 {
			values := slices.Clone(substitution[box][16*row : 16*row+16])
			slices.Sort(values)
			for i, v := range values {
				if int(v) != i {
					t.Errorf("S%d, row %d", box+1, row)
					break
				}
			}
		}
	}
}

func TestMuxTree(t *testing.T) {
	for box := range 8 {
		for _, arity := range []int{2, 3} {
			if c := muxTree(arity, target(box)); !c.computes(target(box)) {
				t.Errorf("%v is wrong", key{box, arity})
			}
		}
	}
}

func TestSwapAndComplementInputs(t *testing.T) {
	for table := range 256 {
		for j := range 3 {
			for k := range 3 {
				g := gate{in: [3]uint8{10, 11, 12}, table: uint8(table)}
				g.swapInputs(j, k)
				for i := range 8 {
					v := [3]int{i >> 2 & 1, i >> 1 & 1, i & 1}
					at := 0
					for _, s := range g.in {
						at = 2*at + v[s-10]
					}
					if g.table>>at&1 != uint8(table)>>i&1 {
						t.Fatalf("table %02x, inputs %d and %d", table, j, k)
					}
				}
			}
			c := complementInput(uint8(table), j)
			for i := range 8 {
				if c>>i&1 != uint8(table)>>(i^1<<j)&1 {
					t.Fatalf("table %02x, input %d", table, j)
				}
			}
		}
	}
}

func TestLineRoundTrip(t *testing.T) {
	for k, c := range mustLoad(t) {
		line := fmt.Sprintf("%v %v", k, c)
		k2, c2, err := parse(line)
		if err != nil || k2 != k || c2.String() != c.String() {
			t.Errorf("%v: %v", k, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	text, err := os.ReadFile("circuits.txt")
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(string(text), "\n")[4]
	if _, _, err := parse(line); err != nil {
		t.Fatal(err)
	}
	for cut := range len(line) {
		if _, _, err := parse(line[:cut]); err == nil {
			t.Errorf("accepted %q", line[:cut])
		}
	}
	for _, bad := range []string{
		strings.Replace(line, "S4", "S3", 1),
		strings.Replace(line, "S4", "S9", 1),
		strings.Replace(line, "S4", "S0", 1),
		strings.Replace(line, "S4 3", "S4 4", 1),
		strings.Replace(line, " > ", " 69:0,1,99 > ", 1),
		strings.Replace(line, ":", ";", 1),
		line + " 6",
		"S4 3 > 6 7 8 9",
		"S4 3 > ~0 -1 2 3",
	} {
		if _, _, err := parse(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("S1 2 8:0,1 6:2,6 > 6 7 ~7 0")
	f.Add("S4 3 96:0,1,2 > 6 ~6 6 6")
	f.Fuzz(func(t *testing.T, line string) {
		k, c, err := parse(line)
		if err == nil && !c.computes(target(k.box)) {
			t.Error("a wrong circuit was accepted")
		}
	})
}

func TestPositive(t *testing.T) {
	l := mustLoad(t)
	for box := range 8 {
		p := makePositive(l[key{box, 2}])
		for i, in := range allInputs() {
			signals := in[:]
			for _, o := range p.ops {
				a, b := signals[o.a], signals[o.b]
				signals = append(signals, [...]int{a & b, a &^ b, a | b, a ^ b}[o.op])
			}
			if i == 0 && slices.Contains(signals, 1) {
				t.Errorf("S%d: a signal is 1 when all inputs are 0", box+1)
			}
			value := 0
			for o, s := range p.out {
				bit := signals[s]
				if p.not[o] {
					bit = 1 - bit
				}
				value = 2*value + bit
			}
			if want := sbox(box, in); value != want {
				t.Fatalf("S%d: %v gives %d, want %d", box+1, in, value, want)
			}
		}
	}
}

func TestOrdersPutInputsFirst(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for k, c := range mustLoad(t) {
		p := program{out: c.out}
		for i := range c.gates {
			p.reads = append(p.reads, c.gates[i].in[:c.arity])
		}
		for range 20 {
			made := map[uint8]bool{0: true, 1: true, 2: true, 3: true, 4: true, 5: true}
			for _, i := range p.order(rng) {
				for _, s := range p.reads[i] {
					if !made[s] {
						t.Fatalf("%v: signal %d is read before it is made", k, s)
					}
				}
				made[uint8(inputs+i)] = true
			}
			if len(made) != inputs+len(c.gates) {
				t.Fatalf("%v: %d signals were made", k, len(made))
			}
		}
	}
}
