package main

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ikescope/analysis"
)

// selection is which packets a user asked for.
type selection struct {
	spis, hosts  []string
	since, until string
}

func (s *selection) flags(f *pflag.FlagSet) {
	f.StringArrayVar(&s.spis, "sa", nil, "only the SA with this `SPI`, as in 0xc7a8cc9e; may be given several times")
	f.StringArrayVar(&s.hosts, "host", nil, "only SAs from or to this outer `ADDRESS`; may be given several times")
	f.StringVar(&s.since, "since", "", "only packets from this `TIME` on: RFC 3339, or seconds since 1970")
	f.StringVar(&s.until, "until", "", "only packets up to this `TIME`")
}

// parse reads the flags; what is wrong is a usage error.
func (s *selection) parse() (out analysis.Selection, err error) {
	for _, text := range s.spis {
		spi, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(text), "0x"), 16, 32)
		if err != nil {
			return out, usagef("--sa %s: an SPI is up to 8 hex digits, as in 0xc7a8cc9e", text)
		}
		out.SPIs = append(out.SPIs, uint32(spi))
	}
	for _, text := range s.hosts {
		host, err := netip.ParseAddr(text)
		if err != nil {
			return out, usagef("--host %s: not an IP address", text)
		}
		out.Hosts = append(out.Hosts, host)
	}
	if out.Since, err = moment("--since", s.since); err != nil {
		return out, err
	}
	out.Until, err = moment("--until", s.until)
	return out, err
}

// moment reads a time as nanoseconds since 1970; none is 0.
func moment(flag, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UnixNano(), nil
	}
	whole, fraction, _ := strings.Cut(text, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || len(fraction) > 9 || seconds > 1<<33 {
		return 0, usagef("%s %s: a time is 2026-11-24T00:18:00Z or 1795479480.5", flag, text)
	}
	nanos, err := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	if err != nil {
		return 0, usagef("%s %s: a time is 2026-11-24T00:18:00Z or 1795479480.5", flag, text)
	}
	return seconds*1e9 + nanos, nil
}
