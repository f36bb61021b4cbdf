package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// count writes a number with commas between thousands: "18,204".
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// many writes a number with its noun: "1 packet", "2 packets", "3 entries".
func many(n int64, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "y"):
		noun = noun[:len(noun)-1] + "ies"
	default:
		noun += "s"
	}
	return count(n) + " " + noun
}

// apart writes the time between two events: "812 ms", "1.02 s", "12.4 s", "3 min 05 s",
// "2 h 05 min".
func apart(nanos int64) string {
	d := time.Duration(nanos)
	if d < 0 {
		return strings.Replace("-"+apart(-nanos), "-0 ms", "0 ms", 1)
	}
	switch {
	case d < 999500*time.Microsecond:
		return strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	case d < 100*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min %02d s", d/time.Minute, d%time.Minute/time.Second)
	default:
		return fmt.Sprintf("%s h %02d min", count(int64(d/time.Hour)), d%time.Hour/time.Minute)
	}
}

// clock and day are how a capture's times are written, in UTC.
const (
	clock = "15:04:05"
	day   = "2006-01-02 "
)

// period writes the time from first to last: the day once where it is the same.
func period(first, last int64) string {
	a, b := time.Unix(0, first).UTC(), time.Unix(0, last).UTC()
	end := b.Format(clock)
	if a.Format(day) != b.Format(day) {
		end = b.Format(day + clock)
	}
	return a.Format(day+clock) + " to " + end + " UTC"
}

// instant writes a time of day with milliseconds, in UTC.
func instant(nanos int64) string { return time.Unix(0, nanos).UTC().Format(clock + ".000") }

// rfc3339 is a time as JSON has it: UTC, nine digits behind the second.
func rfc3339(nanos int64) string {
	return time.Unix(0, nanos).UTC().Format("2006-01-02T15:04:05.000000000Z")
}

// frames writes packet numbers: "packet 7", "packets 7, 9 and 12", with "and 40
// more" behind the first ones.
func frames(ns []int64) string {
	const shown = 6
	switch len(ns) {
	case 0:
		return ""
	case 1:
		return "packet " + count(ns[0])
	}
	var b strings.Builder
	b.WriteString("packets ")
	for i, n := range ns {
		switch {
		case i == shown && len(ns) > shown+1:
			return b.String() + " and " + count(int64(len(ns)-shown)) + " more"
		case i == len(ns)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(count(n))
	}
	return b.String()
}
