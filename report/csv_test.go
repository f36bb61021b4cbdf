package report

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
)

// table reads a CSV report; a row is a map by column.
func csvRows(t *testing.T, r *analysis.Result, o Options) (rows []map[string]string, text string) {
	t.Helper()
	var b bytes.Buffer
	if err := CSV(&b, r, o); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, c := range cells {
			row[all[0][i]] = c
		}
		rows = append(rows, row)
	}
	return rows, b.String()
}

// The kernels' SAs, from ip xfrm state, and the packets as tcpdump counts them.
func TestCSVOfATunnel(t *testing.T) {
	rows, text := csvRows(t, recorded(t, "mm-psk-3des-sha1-modp1024", 0), Options{})
	if len(rows) != 2 || strings.Count(text, "\r\n") != 3 || strings.Count(text, "\n") != 3 {
		t.Fatalf("%d rows:\n%s", len(rows), text)
	}
	for key, want := range map[string]string{
		"spi": "0xc7a8cc9e", "source": "192.0.2.1", "destination": "192.0.2.2", "encryption": "3des-cbc", "integrity": "hmac-sha1-96", "mode": "tunnel",
		"source_selector": "10.1.0.0/24", "packets": "43", "decrypted": "43", "lost": "0", "lifetime_seconds": "3960", "deleted_in": "",
	} {
		i := slices.IndexFunc(rows, func(r map[string]string) bool { return r["spi"] == "0xc7a8cc9e" })
		if got := rows[max(i, 0)][key]; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if _, there := rows[0]["encryption_key"]; there {
		t.Error("keys were not asked for")
	}
	if rows, _ := csvRows(t, recorded(t, "mm-psk-3des-sha1-modp1024", 0), Options{ShowKeys: true}); len(rows[0]["encryption_key"]) != 48 {
		t.Error("keys were asked for")
	}
}

func TestCSVOfUnknownSAs(t *testing.T) {
	for _, o := range []Options{{}, {ShowKeys: true}} {
		rows, _ := csvRows(t, recorded(t, "mm-psk-3des-sha1-modp1024", -1), o)
		if len(rows) != 2 || rows[0]["id"] != "" || rows[0]["packets"] == "" || rows[0]["encryption"] != "" {
			t.Errorf("%v", rows)
		}
	}
}

func TestFormulasAreGuarded(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", " =1": "' =1",
		"\u00a0=1": "'\u00a0=1", "\n=1": "'\n=1", "\n\t=1": "'\n\t=1", "＝1": "'＝1", "＠x": "'＠x", "a=1": "a=1", "10.1.0.0/24": "10.1.0.0/24", "": "", "'=1": "'=1",
	} {
		if got := guard(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestHostileTextsInCSV(t *testing.T) {
	for _, s := range append(hostile, "=cmd|' /C calc'!A0", " @x", "a,b\"c\r\n=d") {
		r := withHostile(s)
		r.SAs[0].SrcSelector = &isakmp.ID{Type: isakmp.IDFQDN, Data: []byte(s)}
		rows, text := csvRows(t, r, Options{})
		if len(rows) != 1 {
			t.Fatalf("%q makes %d rows", s, len(rows))
		}
		for name, cell := range rows[0] {
			if guard(cell) != cell || !isClean(cell, visible) {
				t.Errorf("%q: %s is %q", s, name, cell)
			}
		}
		if strings.ContainsAny(text, "\x1b\x00\u202e") {
			t.Errorf("%q is in the file as it is", s)
		}
	}
}
