package html

import (
	"fmt"
	"math"
	"strings"

	"ikescope/analysis"
)

// Size of a chart in units of its drawing, which stretches.
const (
	chartWidth  = 1000.0
	chartHeight = 100.0
)

// charts show one SA over time.
type charts struct {
	Throughput, Loss, Sequence chart
	Period                     string // that a bucket covers
	Length                     string
}

// chart is a drawing with its highest and lowest value.
type chart struct {
	Path      string
	High, Low string
	Text      string // the same in words
}

func (b *builder) charts(f *analysis.Flow) *charts {
	s := f.Series
	c := &charts{Period: period(s.Width()), Length: b.Apart(int64(len(s.Buckets)) * s.Width())}
	c.Throughput, c.Loss, c.Sequence = b.throughput(s), b.loss(s), b.sequence(s)
	return c
}

// period writes the width of a bucket, which may be below the millisecond.
func period(nanos int64) string {
	switch ms := float64(nanos) / 1e6; {
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	case ms < 60_000:
		return fmt.Sprintf("%.1f s", ms/1000)
	default:
		return fmt.Sprintf("%.0f min", ms/60_000)
	}
}

// steps draws the values of buckets as an area of steps.
func steps(values []float64, top float64) string {
	var d strings.Builder
	w := chartWidth / float64(len(values))
	fmt.Fprintf(&d, "M0 %g", chartHeight)
	level := 0.0
	for i, v := range values {
		if v == level {
			continue
		}
		level = v
		fmt.Fprintf(&d, "H%gV%g", round(w*float64(i)), round(chartHeight*(1-v/max(top, 1e-9))))
	}
	fmt.Fprintf(&d, "H%gV%gZ", chartWidth, chartHeight)
	return d.String()
}

// round keeps a tenth of a unit.
func round(x float64) float64 { return math.Round(x*10) / 10 }

func (b *builder) throughput(s *analysis.Series) chart {
	values, top, sum := make([]float64, len(s.Buckets)), 0.0, 0.0
	for i, x := range s.Buckets {
		values[i] = float64(x.Bytes) * 8 / (float64(s.Width()) / 1e9)
		top, sum = max(top, values[i]), sum+values[i]
	}
	return chart{
		Path: steps(values, top), High: rate(top), Low: "0",
		Text: fmt.Sprintf("At most %s, %s on average.", rate(top), rate(sum/float64(len(values)))),
	}
}

// rate writes bits for a second.
func rate(bits float64) string {
	for _, unit := range []string{"bit/s", "kbit/s", "Mbit/s"} {
		if bits < 999.5 {
			return fmt.Sprintf("%.3g %s", bits, unit)
		}
		bits /= 1000
	}
	return fmt.Sprintf("%.3g Gbit/s", bits)
}

// loss draws which part of the sequence numbers of each bucket did not arrive.
func (b *builder) loss(s *analysis.Series) chart {
	values, top, sum := make([]float64, len(s.Buckets)), 0.0, int64(0)
	highest := int64(-1)
	for i, x := range s.Buckets {
		if x.Packets == 0 {
			continue
		}
		if highest < 0 {
			highest = int64(x.Low) - 1
		}
		due := int64(x.High) - highest
		if missing := due - x.Packets; missing > 0 {
			values[i], sum = float64(missing)/float64(due), sum+missing
			top = max(top, values[i])
		}
		highest = max(highest, int64(x.High))
	}
	if sum == 0 {
		return chart{Text: "No sequence number is missing."}
	}
	return chart{
		Path: steps(values, 1), High: "100 %", Low: "0",
		Text: fmt.Sprintf("Up to %.0f %% of the packets of one stretch of time are missing.", top*100),
	}
}

// sequence draws the lowest to the highest sequence number of each bucket.
func (b *builder) sequence(s *analysis.Series) chart {
	low, high := uint64(math.MaxUint64), uint64(0)
	for _, x := range s.Buckets {
		if x.Packets > 0 {
			low, high = min(low, x.Low), max(high, x.High)
		}
	}
	reach := max(float64(high)-float64(low), 1)
	y := func(seq uint64) float64 {
		return round(chartHeight - 4 - (chartHeight-8)*(float64(seq)-float64(low))/reach)
	}
	var d strings.Builder
	w := chartWidth / float64(len(s.Buckets))
	for i, x := range s.Buckets {
		if x.Packets > 0 {
			fmt.Fprintf(&d, "M%g %gV%gh%g", round(w*float64(i)), y(x.Low), y(x.High), round(max(w, 3)))
		}
	}
	return chart{
		Path: d.String(), High: b.Count(int64(high)), Low: b.Count(int64(low)),
		Text: fmt.Sprintf("Sequence numbers %s to %s.", b.Count(int64(low)), b.Count(int64(high))),
	}
}
