package diagnose

import (
	"fmt"
	"slices"
	"strings"
)

// cut tells of packets that the capture did not keep whole.
func (x *examiner) cut() {
	var frames []int64
	for _, v := range slices.Concat(x.views, x.v2s) {
		for _, m := range v.Messages {
			if m.Missing > 0 {
				frames = append(frames, framesOf(m)...)
			}
		}
	}
	var esp int64
	for i := range x.SAs {
		esp += cutOf(x.SAs[i].Traffic)
	}
	for i := range x.Unknown {
		esp += x.Unknown[i].Cut
	}
	h := x.headersCut()
	if ike := int64(len(frames)); ike+esp+h.all() > 0 {
		d := about(CaptureTruncated, Proved, "", peers{}).on(frames...).
			says("the capture cut %s short%s", tallies{{ike + h.ike, "IKE message"}, {esp + h.ipsec, "IPsec packet"}, {h.other, "other packet"}}, x.snapLengths()).
			advise("Capture whole packets: tcpdump -s 0.")
		d.tidy()
		if ike > 0 {
			d.line("IKE: %s. What is cut off cannot be decrypted, nor what chains to it.", packets(d.Frames))
		}
		if esp > 0 {
			d.line("Of an IPsec packet that is not whole, the ICV is missing: it cannot be verified.")
		}
		h.tell(d)
		x.add(d)
	}
}

// ended tells of files that end in the middle.
func (x *examiner) ended() {
	for _, c := range x.Captures {
		if !c.Incomplete() {
			continue
		}
		for _, p := range c.Problems {
			if p.Kind.Incomplete() {
				x.add(about(CaptureTruncated, Proved, "", peers{}).on(p.Frame).
					says("%s is incomplete: %s", fileName(c.Path), quoted(p.Text)).
					advise("What comes before was read. Copy the file anew if that is not how it was captured."))
			}
		}
	}
}

// headersCut counts packets by how little of them the capture kept.
type headersCut struct {
	ike   int64 // on the ports of IKE, that end before the IKE header does
	ipsec int64 // of ESP, AH and IPComp, that end before the SPI
	other int64 // that end before it can be seen what they carry
}

func (h headersCut) all() int64 { return h.ike + h.ipsec + h.other }

// headersCut looks at the headers that the capture cut. What ends in a header of
// TCP or of ICMP is seldom IPsec, and says nothing here.
func (x *examiner) headersCut() (h headersCut) {
	for _, m := range x.Decode.Cut {
		n := int64(min(m.Count, 1<<40))
		switch m.Layer {
		case "isakmp":
			h.ike += n
		case "esp", "ah", "ipcomp", "udp-encap":
			h.ipsec += n
		case "tcp", "icmp":
		default:
			h.other += n
		}
	}
	return h
}

// ikeHidden reports whether messages of IKE may be among the packets that the capture
// cut too short to be told, so that what is not seen may well have been said.
func (x *examiner) ikeHidden() bool {
	h := x.headersCut()
	return h.ike+h.other > 0
}

// tell says what the packets lack.
func (h headersCut) tell(d *draft) {
	if h.ike > 0 {
		d.line("On the ports of IKE: %s without the whole IKE header.", many(h.ike, "packet"))
	}
	if h.ipsec > 0 {
		d.line("%s without SPI and sequence number: of which SA they are is unknown.", many(h.ipsec, "IPsec packet"))
	}
	if h.other > 0 {
		d.line("%s without the addresses, the protocol or the ports: whether they are IKE or IPsec is unknown.", many(h.other, "packet"))
	}
}

// tallies are counts with their nouns.
type tallies []struct {
	n    int64
	noun string
}

// String is "2 IKE messages and 1 IPsec packet": those that are not 0.
func (ts tallies) String() string {
	var all []string
	for _, t := range ts {
		if t.n > 0 {
			all = append(all, many(t.n, t.noun))
		}
	}
	return listed(all)
}

// fileName is a capture as a finding speaks of it.
func fileName(path string) string {
	if path == "-" {
		return "standard input"
	}
	return quoted(path)
}

func cutOf(t *Traffic) int64 {
	if t == nil {
		return 0
	}
	return t.Cut
}

// snapLengths names how much of packets was kept at most: less than what the file
// announces where it was cut later.
func (x *examiner) snapLengths() string {
	var all []string
	for _, c := range x.Captures {
		kept := c.LongestCut
		for _, i := range c.Interfaces {
			if n := int(i.SnapLen); n > 0 && kept == 0 {
				kept = n
			}
		}
		if s := fmt.Sprint(kept); c.Truncated > 0 && kept > 0 && !intersect(all, []string{s}) {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " (snap length " + strings.Join(all[:min(len(all), fewNamed)], ", ") + ")"
}
