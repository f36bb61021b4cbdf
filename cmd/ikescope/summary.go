package main

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"ikescope/analysis"
	"ikescope/decode"
)

// summary says, SA by SA, what became of the packets.
type summary struct {
	sas     []*analysis.SA // those with packets
	unknown []*analysis.Flow
	total   analysis.Totals
	packets int64    // of all SAs
	more    int64    // packets that were counted only
	others  int64    // flows of which no packet was selected
	unread  []string // on link types that are not read: "3 packets of link type 299"
}

func summarize(r *analysis.Result) summary {
	s := summary{total: r.Opened, more: r.UnknownMore, packets: r.UnknownMore}
	for _, sa := range r.SAs {
		switch {
		case sa.Flow == nil || sa.Flow.Inside(): // what is inside is told with the packets around it
		case sa.Flow.Unselected():
			s.others++
		default:
			s.sas = append(s.sas, sa)
			s.packets += sa.Flow.Selected()
		}
	}
	for _, f := range r.Unknown {
		if f.Unselected() {
			s.others++
			continue
		}
		s.unknown = append(s.unknown, f)
		if !f.Inside() {
			s.packets += f.Selected()
		}
	}
	for _, m := range r.Decode.Malformed {
		if errors.Is(m.Err, decode.ErrUnsupported) {
			s.unread = append(s.unread, counted(int64(min(m.Count, math.MaxInt64)), "packet")+" of "+m.Field)
		}
	}
	return s
}

// absent is an error if there were packets, and none was selected or none could
// be opened.
func (s summary) absent() error {
	switch {
	case s.packets == 0 && s.others > 0:
		return absentError{errors.New("no IPsec packet of the capture is selected by --sa, --host, --since and --until")}
	case s.packets == 0, s.total.Decrypted+s.total.Written > 0:
		return nil
	case s.total.Unverified > 0:
		return absentError{fmt.Errorf("none of %s could be verified; --unverified writes those that were opened", counted(s.packets, "IPsec packet"))}
	}
	return absentError{fmt.Errorf("none of %s could be opened; ikescope report says which secret is missing", counted(s.packets, "IPsec packet"))}
}

// protocolAH is the IP protocol number of AH (RFC 4302).
const protocolAH = 51

// maxSummaryLines is how many SAs are listed.
const maxSummaryLines = 50

// print writes a line for each SA, and one for all that are too many.
func (s summary) print(a *app, unverified bool) {
	if s.packets == 0 {
		s.printNone(a)
		return
	}
	known := s.sas[:min(len(s.sas), maxSummaryLines)]
	for _, sa := range known {
		a.tell(lineOfSA(sa, unverified))
	}
	unknown := s.unknown[:min(len(s.unknown), maxSummaryLines-len(known))]
	for _, f := range unknown {
		a.tell(lineOfUnknown(f))
	}
	if more := len(s.sas) + len(s.unknown) - len(known) - len(unknown); more > 0 {
		a.tell(fmt.Sprintf("and %s; in all %d of %d packets verified", counted(int64(more), "more SA"), s.total.Decrypted, s.packets))
	}
	if s.more > 0 {
		a.tell(fmt.Sprintf("%d packets of further unknown SAs were counted only", s.more))
	}
}

// printNone says that there is nothing of which a line could be written.
func (s summary) printNone(a *app) {
	switch {
	case s.others > 0:
	case len(s.unread) > 0:
		a.warn("there is no ESP in what can be read of this capture; not supported: " + strings.Join(s.unread, ", "))
	default:
		a.warn("there is no ESP in this capture")
	}
}

// lineOfUnknown tells of packets of which no SA is known.
func lineOfUnknown(f *analysis.Flow) string {
	where, hint := "", ""
	if f.Inside() {
		where = ", inside of other packets"
	}
	if f.Key.Protocol == protocolAH {
		hint = " (AH encrypts nothing: --unverified writes what it carries)"
	}
	return fmt.Sprintf("%s%s: 0 of %d opened: neither its negotiation nor a key for it is known%s",
		heading(f.Key.SPI, f.Src, f.Key.Dst), where, f.Packets, hint)
}

func heading(spi uint32, src, dst netip.Addr) string {
	arrow := "->"
	if speaksUnicode() {
		arrow = "→"
	}
	return fmt.Sprintf("0x%08x %s %s %s", spi, src, arrow, dst)
}

// lineOfSA tells how many packets of an SA were written, and what became of the
// others.
func lineOfSA(sa *analysis.SA, unverified bool) string {
	t := sa.Opened
	head := heading(sa.SPI, sa.Flow.Src, sa.Flow.Key.Dst)
	switch {
	case t.Written == sa.Flow.Packets && t.Decrypted == t.Written && t.Opaque == 0:
		return fmt.Sprintf("%s: %d of %d verified and written", head, t.Written, sa.Flow.Packets)
	case t.Decrypted == sa.Flow.Packets && t.Opaque == 0 && (t.Dummy == 0 || t.Written == 0):
		return fmt.Sprintf("%s: %d of %d verified", head, t.Decrypted, sa.Flow.Packets)
	case t.NoKey == sa.Flow.Packets:
		return fmt.Sprintf("%s: 0 of %d opened: %s", head, sa.Flow.Packets, missing(sa))
	}
	rest := t
	if rest.Decrypted = 0; t.Written == 0 && t.Decrypted > 0 && t.Opaque+t.Dummy == 0 { // nothing was to be written
		return fmt.Sprintf("%s: %d of %d verified, %s", head, t.Decrypted, sa.Flow.Packets, strings.Join(reasons(rest, sa.Flow, unverified), ", "))
	}
	return fmt.Sprintf("%s: %d of %d written: %s", head, t.Written, sa.Flow.Packets, strings.Join(reasons(t, sa.Flow, unverified), ", "))
}

// missing says why an SA has no key.
func missing(sa *analysis.SA) string {
	m := sa.Missing()
	if c := sa.Conversation; m == "" && c != nil {
		m = c.Missing()
	}
	if m == "" {
		return "no key for it could be derived"
	}
	return "no key; missing: " + m
}

// reasons lists what became of an SA's packets.
func reasons(t analysis.Totals, f *analysis.Flow, unverified bool) (out []string) {
	add := func(n int64, text string) {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, text))
		}
	}
	add(t.Decrypted, "verified")
	add(t.ICVFailed, "with a wrong ICV")
	if unverified {
		add(t.Unverified, "without an ICV that could be checked")
	} else {
		add(t.Unverified, "without an ICV that could be checked (--unverified writes them)")
	}
	cut := min(t.Damaged, f.Cut)
	add(cut, "cut off by the capture")
	add(t.Damaged-cut, "malformed")
	add(t.Opaque, "with something inside that could not be opened and was left as it is")
	add(t.Faulted, "lost to an error of this program")
	add(t.Dummy, "sent as dummy, without content")
	add(t.NoKey, "without a key")
	add(t.Skipped, "not selected")
	return out
}

// counted is a number and a noun in its plural form where needed.
func counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.FormatInt(n, 10) + " " + noun + "s"
}
