package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"ikescope/analysis"
	"ikescope/decode"
)

// csvColumn is a column of the CSV report: a name as in the JSON report, and a cell
// of text from outside, or of a number or word of ours.
type csvColumn struct {
	name string
	text func(j *jsonIPsec) *string
	own  func(j *jsonIPsec) string
}

var csvTable = []csvColumn{
	{name: "id", own: func(j *jsonIPsec) string { return j.ID }},
	{name: "isakmp_sa", text: func(j *jsonIPsec) *string { return j.ISAKMP }},
	{name: "message_id", text: func(j *jsonIPsec) *string { return j.MessageID }},
	{name: "protocol", own: func(j *jsonIPsec) string { return j.Protocol }},
	{name: "spi", own: func(j *jsonIPsec) string { return j.SPI }},
	{name: "source", text: func(j *jsonIPsec) *string { return j.Source }},
	{name: "destination", text: func(j *jsonIPsec) *string { return j.Destination }},
	{name: "mode", text: func(j *jsonIPsec) *string { return j.Mode }},
	{name: "encapsulation", own: func(j *jsonIPsec) string { return j.Encap }},
	{name: "encryption", text: func(j *jsonIPsec) *string { return j.Encryption }},
	{name: "integrity", text: func(j *jsonIPsec) *string { return j.Integrity }},
	{name: "pfs_group", text: func(j *jsonIPsec) *string { return j.PFSGroup }},
	{name: "esn", own: func(j *jsonIPsec) string { return strconv.FormatBool(j.ESN) }},
	{name: "lifetime_seconds", own: func(j *jsonIPsec) string { return number(j.LifetimeSeconds) }},
	{name: "lifetime_kilobytes", own: func(j *jsonIPsec) string { return number(j.LifetimeKilobytes) }},
	{name: "source_selector", text: func(j *jsonIPsec) *string { return j.SourceSelector }},
	{name: "destination_selector", text: func(j *jsonIPsec) *string { return j.DestSelector }},
	{name: "packets", own: func(j *jsonIPsec) string { return fmt.Sprint(j.Packets) }},
	{name: "bytes", own: func(j *jsonIPsec) string { return fmt.Sprint(j.Bytes) }},
	{name: "decrypted", own: func(j *jsonIPsec) string { return fmt.Sprint(j.Decrypted) }},
	{name: "unverified", own: func(j *jsonIPsec) string { return fmt.Sprint(j.Unverified) }},
	{name: "icv_failed", own: func(j *jsonIPsec) string { return fmt.Sprint(j.ICVFailed) }},
	{name: "not_decrypted", own: func(j *jsonIPsec) string { return fmt.Sprint(j.NotDecrypted) }},
	{name: "first_sequence", own: func(j *jsonIPsec) string { return number(j.FirstSequence) }},
	{name: "last_sequence", own: func(j *jsonIPsec) string { return number(j.LastSequence) }},
	{name: "lost", own: func(j *jsonIPsec) string { return fmt.Sprint(j.Lost) }},
	{name: "duplicates", own: func(j *jsonIPsec) string { return fmt.Sprint(j.Duplicates) }},
	{name: "out_of_order", own: func(j *jsonIPsec) string { return fmt.Sprint(j.OutOfOrder) }},
	{name: "deleted_in", own: func(j *jsonIPsec) string { return number(j.DeletedIn) }},
}

// csvKeys stand behind the others where secrets were asked for.
var csvKeys = []csvColumn{
	{name: "encryption_key", text: func(j *jsonIPsec) *string { return j.Keys.Encryption }},
	{name: "integrity_key", text: func(j *jsonIPsec) *string { return j.Keys.Integrity }},
}

// CSV writes one row for each IPsec SA, then one for each SPI of which no SA is
// known, below a row of names (RFC 4180). What is not known is empty. Cells that a
// spreadsheet would take for a formula begin with an apostrophe.
func CSV(w io.Writer, r *analysis.Result, o Options) error {
	columns := csvTable
	if o.ShowKeys {
		columns = append(columns[:len(columns):len(columns)], csvKeys...)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	row := make([]string, len(columns))
	for i := range columns {
		row[i] = columns[i].name
	}
	err := c.Write(row)
	sas := ipsecJSON(r, identify(r), o)
	for _, f := range r.Unknown {
		sas = append(sas, unknownRow(f))
	}
	for i := range sas {
		for k := range columns {
			row[k] = columns[k].cell(&sas[i])
		}
		if err == nil {
			err = c.Write(row)
		}
	}
	c.Flush()
	if err == nil {
		err = c.Error()
	}
	return err
}

func (c *csvColumn) cell(j *jsonIPsec) string {
	if c.own != nil {
		return c.own(j)
	}
	if s := c.text(j); s != nil {
		return guard(Clean(*s))
	}
	return ""
}

// unknownRow is a row about packets whose SA is not known.
func unknownRow(f *analysis.Flow) jsonIPsec {
	j := jsonIPsec{
		Protocol: protocolName(f.Key.Protocol), SPI: spi(f.Key.SPI), Source: addrJSON(f.Src), Destination: addrJSON(f.Key.Dst),
		Encap: f.Encap.String(), Packets: f.Packets, Bytes: f.Bytes, NotDecrypted: f.Packets, Keys: &jsonIPsecKeys{},
	}
	if j.Protocol != decode.KindIPComp.String() {
		seq := f.Numbers()
		j.FirstSequence, j.LastSequence = &seq.First, &seq.Last
		j.Lost, j.Duplicates, j.OutOfOrder = seq.Lost, seq.Duplicates, seq.OutOfOrder
	}
	return j
}

// number writes a number of ours, nothing where it is not known.
func number[T int64 | uint64](n *T) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

// guard puts an apostrophe before a text that a spreadsheet would run (CWE-1236),
// also where blanks or line ends stand in front of it.
func guard(s string) string {
	rest := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) && r != '\t' && r != '\r' })
	if strings.IndexAny(rest, "=+-@\t\r＝＋－＠") == 0 {
		return "'" + s
	}
	return s
}
