package pcaps

import (
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The lines that users read, one for each kind.
func TestProblemTexts(t *testing.T) {
	want := map[Kind]string{
		Cut:             "cut off inside packet 7: the record at octet 99 has 11 octets, 22 are needed",
		Damaged:         "damaged at octet 99, after packet 6: the record says it has 11 octets; the rest of the file is not read",
		Unreadable:      "unreadable after packet 6, from octet 99 on",
		BadRecord:       "record at octet 99: 11 octets are needed, it has 22; passed over",
		Oversized:       "record at octet 99: 11 octets are more than 22; passed over",
		NoInterface:     "record at octet 99: interface 11 is not described (22 are); passed over",
		LengthMismatch:  "packet 7: 11 octets captured, at most 22 expected",
		EmptyRecord:     "packet 7: no octets captured",
		BadTime:         "packet 7: fraction of a second is 11, at most 22 expected",
		BadOption:       "block at octet 99: an option does not fit its block",
		TrailerMismatch: "block at octet 99: length 11 before and 22 after it",
		Unaligned:       "block at octet 99: length 11 is no multiple of 4; read nevertheless",
		BadHeader:       "header at octet 99: unknown version 11.22; read nevertheless",
		LimitReached:    "block at octet 99: more than 11 of its type; not kept",
	}
	for k := range kindCount {
		var l problemLog
		l.add(Problem{Kind: k, Path: "a.pcap", Offset: 99, Frame: 7}, nil, 11, 22)
		if d := cmp.Diff(want[k], l.kept[0].Text); d != "" {
			t.Errorf("%v: %s", k, d)
		}
		l.add(Problem{Kind: k, Path: "a.pcap", Offset: 99, Frame: 7}, io.ErrClosedPipe, 11, 22)
		if p := l.kept[1]; !errors.Is(p.Err, io.ErrClosedPipe) || !errors.Is(p.Err, k) || p.Text != want[k]+": io: read/write on closed pipe" {
			t.Errorf("%v with a cause: %q, %v", k, p.Text, p.Err)
		}
	}
}

func TestFormatErrorText(t *testing.T) {
	e := &FormatError{Path: "a.pcap", Offset: 24, Field: "captured length", Err: Damaged}
	if got := e.Error(); got != "pcaps: a.pcap: damaged (captured length, octet 24)" {
		t.Error(got)
	}
	if !errors.Is(e, Damaged) || errors.Is(e, Cut) || errors.Is(e, ErrNotCapture) {
		t.Error("wrong kind")
	}
}

// After these kinds packets may be missing, after the others not more than the
// one that was passed over.
func TestIncompleteKinds(t *testing.T) {
	for k := range kindCount {
		if want := k == Cut || k == Damaged || k == Unreadable; k.Incomplete() != want {
			t.Errorf("%v: %v", k, k.Incomplete())
		}
		info := CaptureInfo{}
		info.counts[k] = 1
		if info.Incomplete() != k.Incomplete() || info.Count(k) != 1 {
			t.Errorf("capture with %v: %v", k, info.Incomplete())
		}
	}
}

func TestKindsSayHowMany(t *testing.T) {
	c := CaptureInfo{}
	var l problemLog
	for n := range 30 {
		l.add(Problem{Kind: EmptyRecord, Frame: int64(n + 1)}, nil, 0, 0)
	}
	l.add(Problem{Kind: Cut, Frame: 31}, nil, 3, 16)
	c.Problems, c.counts = l.kept, l.counts
	var got []string
	for _, p := range c.Kinds() {
		got = append(got, p.Text)
	}
	want := []string{
		"packet 1: no octets captured (the first of 30 of this kind)",
		"cut off inside packet 31: the record at octet 0 has 3 octets, 16 are needed",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if c.Problems[0].Text != "packet 1: no octets captured" {
		t.Error("Kinds changed the problem")
	}
}
