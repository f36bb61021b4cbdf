package ikestate_test

import (
	"encoding/binary"
	"testing"
	"time"

	"ikescope/bench/cputime"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

// What makes keys is solved at once, liveness checks wait for Solve.
func TestSolveKeys(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	e := ikestate.New(ring(t, s), ikestate.DefaultLimits)
	var last ikestate.Datagram
	for _, d := range datagrams(t, s) {
		if err := e.Add(d); err != nil {
			t.Fatal(err)
		}
		last = d
	}
	if h, err := isakmp.ParseHeader(last.Message); err != nil || h.Exchange != isakmp.ExchangeInformational {
		t.Fatalf("%+v, %v: the recorded conversation does not end with a Delete", h, err)
	}
	if !e.SolveKeys() || len(e.Conversations()[0].IPsecSAs) != 2 {
		t.Fatal("the SAs are not there")
	}
	if e.SolveKeys() || e.Solve() {
		t.Error("there is nothing to solve any more")
	}
	if err := e.Add(informational(last, 1)); err != nil {
		t.Fatal(err)
	}
	if e.SolveKeys() {
		t.Error("an Informational exchange was taken for one that makes keys")
	}
	if !e.Solve() || len(e.Conversations()[0].IPsecSAs) != 2 {
		t.Error("not solved")
	}
}

// informational is a message like d with a message ID of its own.
func informational(d ikestate.Datagram, id uint32) ikestate.Datagram {
	d.Message = append([]byte(nil), d.Message...)
	binary.BigEndian.PutUint32(d.Message[20:], id)
	return d
}

// Thousands of messages that may make keys, each followed by a call of SolveKeys,
// do not cost time by the square for ever.
func TestSolvingOftenIsBounded(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	e := ikestate.New(nil, ikestate.DefaultLimits)
	var quick ikestate.Datagram
	for _, d := range datagrams(t, s) {
		if h, _ := isakmp.ParseHeader(d.Message); h.Exchange == isakmp.ExchangeQuick {
			quick = d
		}
		if err := e.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	start, solved := cputime.Used(), 0
	const flood = 5000
	for i := range uint32(flood) {
		if err := e.Add(informational(quick, i+1)); err != nil {
			t.Fatal(err)
		}
		if e.SolveKeys() {
			solved++
		}
	}
	if solved > flood/2 || solved < flood/16 {
		t.Errorf("solved %d times", solved)
	}
	if d := cputime.Used() - start; d > time.Minute {
		t.Errorf("%v for %d messages", d, flood)
	}
}
