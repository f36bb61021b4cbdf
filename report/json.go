package report

import (
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"ikescope/analysis"
	"ikescope/decode"
)

// Schema is the version of the JSON report.
const Schema = "ikescope/report/1"

// document is the JSON report. Arrays are never null; a value that is not known
// is null.
type document struct {
	Schema   string        `json:"schema"`
	Captures []jsonCapture `json:"captures"`
	ISAKMP   []jsonISAKMP  `json:"isakmp_sas"`
	IPsec    []jsonIPsec   `json:"ipsec_sas"`
	Unknown  []jsonUnknown `json:"unknown_sas"`
	TCP      *jsonTCP      `json:"tcp,omitempty"`
	Secrets  []jsonSecret  `json:"secrets"`
	Findings []jsonFinding `json:"findings"`
	Dropped  jsonDropped   `json:"dropped"`
}

// jsonTCP counts what became of TCP streams that carry IPsec (RFC 9329).
type jsonTCP struct {
	Segments  uint64 `json:"segments"`
	Messages  uint64 `json:"messages"`
	Repeated  uint64 `json:"repeated_segments"`
	Overlaps  uint64 `json:"overlapping_segments"`
	Early     uint64 `json:"early_segments"`
	Waiting   uint64 `json:"waiting_segments"`
	Gaps      uint64 `json:"gaps"`
	Lost      uint64 `json:"lost_octets"`
	Resyncs   uint64 `json:"resyncs"`
	Skipped   uint64 `json:"skipped_octets"`
	Malformed uint64 `json:"malformed_lengths"`
}

func tcpJSON(t decode.TCPStats) *jsonTCP {
	if t.Segments == 0 {
		return nil
	}
	return &jsonTCP{
		Segments: t.Segments, Messages: t.Messages, Repeated: t.Repeated, Overlaps: t.Overlaps, Early: t.Early, Waiting: t.Waiting,
		Gaps: t.Gaps, Lost: t.Lost, Resyncs: t.Resyncs, Skipped: t.Skipped, Malformed: t.Malformed,
	}
}

// jsonDropped counts what limits kept out of the report.
type jsonDropped struct {
	Conversations int64 `json:"half_open_conversations"`
	Messages      int64 `json:"messages"`
	Fragments     int64 `json:"message_fragments"`
	UnknownSAs    int64 `json:"unknown_sa_packets"`
	Datagrams     int64 `json:"ip_datagrams"` // of which fragments waited for others
	UDPFlows      int64 `json:"udp_flows"`
	TCPStreams    int64 `json:"tcp_streams"`
	TCPOctets     int64 `json:"tcp_octets"`
	Computations  int64 `json:"exponentiations"`
	Untried       int64 `json:"key_trials"`
	ICMP          int64 `json:"icmp_errors"`
	Faults        int64 `json:"internal_errors"` // packets lost to mistakes of this program
}

// JSON writes the result as one JSON object, indented.
func JSON(w io.Writer, r *analysis.Result, o Options) error {
	ids := identify(r)
	return writeJSON(w, document{
		Schema:   Schema,
		Captures: list(r.Captures, captureJSON),
		ISAKMP:   isakmpJSON(r, ids, o),
		IPsec:    ipsecJSON(r, ids, o),
		Unknown:  list(r.Unknown, unknownJSON),
		TCP:      tcpJSON(r.Decode.TCP),
		Secrets:  list(r.Secrets(), secretJSON),
		Findings: list(r.Findings, findingJSON),
		Dropped:  droppedJSON(r),
	}, "  ")
}

func droppedJSON(r *analysis.Result) jsonDropped {
	f, t := r.Decode.Fragments, r.Decode.TCP
	return jsonDropped{
		Conversations: r.Dropped.HalfOpen, Messages: r.Dropped.Messages, Fragments: r.Dropped.Fragments,
		UnknownSAs: r.UnknownMore, Datagrams: int64(f.Evicted + f.Dropped), UDPFlows: int64(r.Decode.FlowsDropped),
		TCPStreams: int64(t.Forgotten), TCPOctets: int64(t.Dropped), Computations: r.Dropped.Exponentiations,
		Untried: r.Untried, ICMP: r.ICMPMore, Faults: r.Faults.Count + int64(r.Decode.Contained),
	}
}

// list converts a slice; the result is never nil.
func list[A, B any](in []A, convert func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, a := range in {
		out = append(out, convert(a))
	}
	return out
}

// known returns a pointer to v, nil (JSON null) for the zero value.
func known[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// writeJSON writes a value and a line feed. Strings that are not UTF-8 would
// lose evidence in encoding/json, so callers pass them through utf8Text; what a
// terminal would not show is written as \u escapes, which any reader takes for
// the same characters.
func writeJSON(w io.Writer, v any, indent string) error {
	b, err := marshal(v, indent)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

func marshal(v any, indent string) ([]byte, error) {
	var b []byte
	var err error
	if indent == "" {
		b, err = json.Marshal(v)
	} else {
		b, err = json.MarshalIndent(v, "", indent)
	}
	return escapeJSON(b), err
}

// escapeJSON replaces characters that are not visible by \u escapes. In JSON
// text they stand in strings only; the white space between values is ASCII.
func escapeJSON(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r < 0x7f || visible(r):
			out = append(out, b[:n]...)
		case r > 0xffff:
			hi, lo := surrogates(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}

// surrogates splits a character beyond U+FFFF (RFC 8259, section 7).
func surrogates(r rune) (hi, lo rune) {
	r -= 0x10000
	return 0xd800 + r>>10, 0xdc00 + r&0x3ff
}

// utf8Text returns s, or where it is not UTF-8 its cleaned form.
func utf8Text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return Clean(s)
}
