package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
)

// key names a circuit: its S-box, from 0, and the inputs of its gates.
type key struct{ box, arity int }

// library has the smallest circuits found so far. In a file each is a line:
//
//	S4 3 table:a,b,c ... > out out ~out out
//
// S-box, inputs of a gate, the gates from signal 6 on with their tables in
// hexadecimal, and the signals of the four outputs, "~" before a complement.
type library map[key]circuit

func (k key) String() string { return fmt.Sprintf("S%d %d", k.box+1, k.arity) }

func (c circuit) String() string {
	var b strings.Builder
	for _, g := range c.gates {
		fmt.Fprintf(&b, "%x:%s ", g.table, strings.Trim(strings.ReplaceAll(fmt.Sprint(g.in[:c.arity]), " ", ","), "[]"))
	}
	b.WriteString(">")
	for o, s := range c.out {
		mark := ""
		if c.not[o] {
			mark = "~"
		}
		fmt.Fprintf(&b, " %s%d", mark, s)
	}
	return b.String()
}

// parse reads a line of the file and checks that it is a circuit of its S-box.
func parse(line string) (k key, c circuit, err error) {
	fields := strings.Fields(line)
	if len(fields) < 2+1+outputs {
		return k, c, fmt.Errorf("too few fields: %q", line)
	}
	if _, err = fmt.Sscanf(line, "S%d %d", &k.box, &k.arity); err != nil {
		return k, c, err
	}
	k.box--
	c.arity = k.arity
	if k.box < 0 || k.box > 7 || k.arity < 2 || k.arity > 3 {
		return k, c, fmt.Errorf("no such S-box or arity: %q", line)
	}
	tail := len(fields) - outputs
	for _, f := range fields[2 : tail-1] {
		if err = c.parseGate(f); err != nil {
			return k, c, err
		}
	}
	for o, f := range fields[tail:] {
		f, c.not[o] = strings.CutPrefix(f, "~")
		if _, err = fmt.Sscan(f, &c.out[o]); err != nil || int(c.out[o]) >= inputs+len(c.gates) {
			return k, c, fmt.Errorf("output %q", f)
		}
	}
	if !c.computes(target(k.box)) {
		return k, c, fmt.Errorf("%v: the circuit is wrong", k)
	}
	return k, c, nil
}

func (c *circuit) parseGate(f string) (err error) {
	var g gate
	if c.arity == 2 {
		_, err = fmt.Sscanf(f, "%x:%d,%d", &g.table, &g.in[0], &g.in[1])
	} else {
		_, err = fmt.Sscanf(f, "%x:%d,%d,%d", &g.table, &g.in[0], &g.in[1], &g.in[2])
	}
	for _, in := range g.in[:c.arity] {
		if err == nil && int(in) >= inputs+len(c.gates) {
			err = fmt.Errorf("gate %q reads a signal behind it", f)
		}
	}
	if err == nil && len(c.gates) >= maxSignals-inputs {
		err = fmt.Errorf("too many gates")
	}
	c.gates = append(c.gates, g)
	return err
}

// load reads a library. Only right circuits get in.
func load(path string) (library, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	l := library{}
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		k, c, err := parse(s.Text())
		if err != nil {
			return nil, err
		}
		l[k] = c
	}
	return l, nil
}

func (l library) save(path string) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Circuits of the S-boxes of DES, found by go run ./gen -search; see store.go.\n")
	for _, arity := range []int{3, 2} {
		for box := range 8 {
			if c, ok := l[key{box, arity}]; ok {
				fmt.Fprintf(&b, "%v %v\n", key{box, arity}, c)
			}
		}
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
