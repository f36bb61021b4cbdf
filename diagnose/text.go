package diagnose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ikescope/ikestate"
)

// apart writes a time span as people say it: "19 ms", "4.8 s", "12 min 5 s".
func apart(nanos int64) string {
	d := time.Duration(max(nanos, -nanos))
	switch {
	case d < time.Millisecond:
		return "less than 1 ms"
	case d < time.Second:
		return strconv.FormatInt(int64(d.Round(time.Millisecond)/time.Millisecond), 10) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64) + " s"
	case d < time.Hour:
		return parts(d.Round(time.Second), time.Minute, " min", time.Second, " s")
	default:
		return parts(d.Round(time.Minute), time.Hour, " h", time.Minute, " min")
	}
}

// parts writes a span in two units; the second only where there is some of it.
func parts(d, big time.Duration, bigName string, small time.Duration, smallName string) string {
	s := strconv.FormatInt(int64(d/big), 10) + bigName
	if rest := d % big / small; rest > 0 {
		s += " " + strconv.FormatInt(int64(rest), 10) + smallName
	}
	return s
}

// grouped writes a number with its thousands apart: "18,204".
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// many writes a count with its noun: "1 packet", "3 packets", "2 retries".
func many(n int64, noun string) string {
	if n != 1 {
		if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.HasSuffix(noun, "ay") {
			noun = stem + "ie"
		}
		noun += "s"
	}
	return grouped(n) + " " + noun
}

// fewNamed is how many packets a list names before it only counts.
const fewNamed = 6

// packets names frames: "packet 7", "packets 7, 9 and 11", "packets 1 to 9" where
// they are without gaps, "packets 1, 3, 5, 8, 9, 12 and 40 more".
func packets(frames []int64) string {
	n := len(frames)
	switch {
	case n == 0:
		return "no packet"
	case n == 1:
		return "packet " + grouped(frames[0])
	case n > 2 && frames[n-1]-frames[0] == int64(n-1):
		return "packets " + grouped(frames[0]) + " to " + grouped(frames[n-1])
	}
	var names []string
	for _, f := range frames[:min(n, fewNamed)] {
		names = append(names, grouped(f))
	}
	if n > fewNamed {
		return "packets " + strings.Join(names, ", ") + fmt.Sprintf(" and %s more", grouped(int64(n-fewNamed)))
	}
	return "packets " + listed(names)
}

// capital begins a sentence.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// listed joins words: "a", "a and b", "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// maxQuoted bounds, in octets, what a text repeats of the capture.
const maxQuoted = 120

// quoted shortens a text that a stranger wrote.
func quoted(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	return strings.ToValidUTF8(s[:maxQuoted], "") + "..."
}

// hex32 writes an SPI.
func hex32(spi uint32) string { return fmt.Sprintf("0x%08x", spi) }

// framesOf lists the packets of messages, fragments and retransmissions included,
// in capture order.
func framesOf(ms ...*ikestate.Message) (frames []int64) {
	for _, m := range ms {
		if m == nil {
			continue
		}
		frames = append(frames, m.Frame)
		for _, f := range m.Fragments {
			frames = append(frames, f.Frame)
		}
		for _, r := range m.Repeats {
			frames = append(frames, r.Frame)
		}
	}
	slices.Sort(frames)
	return slices.Compact(frames)
}
