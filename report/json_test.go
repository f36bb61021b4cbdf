package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
)

// contract lists the names that scripts rely on, by the object that has them.
var contract = map[string]string{
	"":             "schema captures isakmp_sas ipsec_sas unknown_sas findings",
	"captures":     "path format packets first last truncated_packets",
	"isakmp_sas":   "id version initiator_cookie responder_cookie initiator responder exchange state proposal offered initiator_id responder_id secrets messages decrypted_messages keys",
	"proposal":     "encryption hash group auth lifetime_seconds lifetime_kilobytes",
	"offered":      "encryption hash group auth lifetime_seconds lifetime_kilobytes",
	"initiator_id": "type value",
	"secrets":      "rung psk missing",
	"isakmp keys":  "dh_shared skeyid skeyid_d skeyid_a skeyid_e encryption_key",
	"ipsec_sas": "id isakmp_sa message_id protocol spi source destination mode encapsulation encryption integrity pfs_group esn " +
		"lifetime_seconds lifetime_kilobytes source_selector destination_selector packets bytes decrypted icv_failed not_decrypted " +
		"first_sequence last_sequence lost duplicates out_of_order keys",
	"ipsec keys":  "encryption_key integrity_key",
	"unknown_sas": "protocol spi source destination packets",
	"findings":    "code severity certainty summary detail advice frames sa",
}

type object = map[string]any

func parse(t *testing.T, text string) object {
	t.Helper()
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func first(t *testing.T, o object, list string) object {
	t.Helper()
	all, ok := o[list].([]any)
	if !ok || len(all) == 0 {
		t.Fatalf("%s: no element", list)
	}
	return all[0].(object)
}

func hasNames(t *testing.T, what string, o object) {
	t.Helper()
	for _, name := range strings.Fields(contract[what]) {
		if _, ok := o[name]; !ok {
			t.Errorf("%s: no %q", what, name)
		}
	}
}

func TestJSONHasTheNamesOfTheContract(t *testing.T) {
	r := recorded(t, "mm-psk-3des-sha1-modp1024", 0)
	r.Findings = []diagnose.Finding{{Code: "weak-hash", Summary: "SHA-1"}}
	r.Unknown = []*analysis.Flow{r.SAs[0].Flow}
	d := parse(t, output{"json", JSON}.render(t, r, Options{ShowKeys: true}))
	hasNames(t, "", d)
	if d["schema"] != "ikescope/report/1" {
		t.Errorf("schema %v", d["schema"])
	}
	for _, list := range []string{"captures", "isakmp_sas", "ipsec_sas", "unknown_sas", "findings"} {
		hasNames(t, list, first(t, d, list))
	}
	isakmp, ipsec := first(t, d, "isakmp_sas"), first(t, d, "ipsec_sas")
	hasNames(t, "proposal", isakmp["proposal"].(object))
	hasNames(t, "offered", first(t, isakmp, "offered"))
	hasNames(t, "initiator_id", isakmp["initiator_id"].(object))
	hasNames(t, "secrets", isakmp["secrets"].(object))
	hasNames(t, "isakmp keys", isakmp["keys"].(object))
	hasNames(t, "ipsec keys", ipsec["keys"].(object))
}

// What the daemons and kernels of the samples knew is what JSON says.
func TestJSONAgreesWithTheDaemons(t *testing.T) {
	for _, s := range samples.All() {
		if s.ESP > 1000 {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			known, err := s.Secrets()
			if err != nil {
				t.Fatal(err)
			}
			d := parse(t, output{"json", JSON}.render(t, recorded(t, s.Name, int(samples.Shared)), Options{ShowKeys: true}))
			for _, i := range d["isakmp_sas"].([]any) {
				checkISAKMP(t, i.(object), known)
			}
			packets, decrypted := 0.0, 0.0
			for _, e := range d["ipsec_sas"].([]any) {
				packets += e.(object)["packets"].(float64)
				decrypted += e.(object)["decrypted"].(float64)
				checkIPsec(t, e.(object), known)
			}
			if int(packets) != s.ESP || int(decrypted) != s.ESP || len(d["ipsec_sas"].([]any)) != s.SAs {
				t.Errorf("%d SAs, %v packets, %v decrypted; want %d, %d, all", len(d["ipsec_sas"].([]any)), packets, decrypted, s.SAs, s.ESP)
			}
		})
	}
}

func checkISAKMP(t *testing.T, o object, known samples.Secrets) {
	t.Helper()
	i := slices.IndexFunc(known.IKE, func(i samples.IKE) bool { return i.CookieI.String() == o["initiator_cookie"] })
	if i < 0 {
		t.Fatalf("cookie %v is not one of the daemon's", o["initiator_cookie"])
	}
	k := known.IKE[i]
	keys := o["keys"].(object)
	for name, want := range map[string]samples.Hex{
		"dh_shared": k.Shared, "skeyid": k.SKEYID, "skeyid_d": k.SKEYIDd, "skeyid_a": k.SKEYIDa, "skeyid_e": k.SKEYIDe, "encryption_key": k.CipherKey,
	} {
		if len(want) > 0 && keys[name] != want.String() {
			t.Errorf("%s is %v, the daemon's %v", name, keys[name], want)
		}
	}
	psk := "verified"
	if len(known.PSK) == 0 {
		psk = "unused"
	}
	if o["state"] != "established" || o["secrets"].(object)["psk"] != psk || o["secrets"].(object)["rung"] != "dh-shared" {
		t.Errorf("state %v, secrets %v", o["state"], o["secrets"])
	}
}

func checkIPsec(t *testing.T, o object, known samples.Secrets) {
	t.Helper()
	i := slices.IndexFunc(known.ESP, func(e samples.ESP) bool { return e.SPIText == o["spi"] })
	if i < 0 {
		t.Fatalf("SPI %v is not one of the kernel's", o["spi"])
	}
	e, keys := known.ESP[i], o["keys"].(object)
	mode := e.Mode
	if slices.ContainsFunc(known.ESP, func(e samples.ESP) bool { return e.Proto == "comp" }) {
		mode = "tunnel" // Linux has the inner SA of a bundle in tunnel mode, the outer one in transport mode
	}
	if text(keys["encryption_key"]) != e.EncKey.String() || text(keys["integrity_key"]) != e.AuthKey.String() || o["mode"] != mode {
		t.Errorf("SPI %v: keys or mode are not the kernel's: %v", o["spi"], o)
	}
}

// text is a value that may be null.
func text(v any) string {
	s, _ := v.(string)
	return s
}

// Lists of nothing are empty lists.
func TestJSONOfNothing(t *testing.T) {
	d := parse(t, output{"json", JSON}.render(t, &analysis.Result{}, Options{}))
	for _, list := range []string{"captures", "isakmp_sas", "ipsec_sas", "unknown_sas", "findings"} {
		if all, ok := d[list].([]any); !ok || len(all) != 0 {
			t.Errorf("%s is %v", list, d[list])
		}
	}
	bare := parse(t, output{"json", JSON}.render(t, result(conversation(message(1, true, isakmp.ExchangeMain))), Options{}))
	sa := first(t, bare, "isakmp_sas")
	if offered, ok := sa["offered"].([]any); !ok || len(offered) != 0 || sa["proposal"] != nil || sa["initiator_id"] != nil {
		t.Errorf("%v", sa)
	}
}

func TestJSONOfIKEv2(t *testing.T) {
	m := message(1, true, isakmp.ExchangeIKESAInit, payload(isakmp.PayloadSA2, "\x00"))
	m.Header.Major = 2
	c := conversation(m)
	c.Phase1 = nil
	sa := first(t, parse(t, output{"json", JSON}.render(t, result(c), Options{ShowKeys: true})), "isakmp_sas")
	if sa["version"] != 2.0 || sa["exchange"] != "ike_sa_init" || sa["state"] != "incomplete" || sa["keys"] != nil {
		t.Errorf("%v", sa)
	}
}

func TestMessagesJSON(t *testing.T) {
	names := "frame time source destination initiator_cookie responder_cookie version exchange message_id length payloads " +
		"encrypted decrypted verified retransmission_of note"
	var got []string
	for _, l := range lines(output{"messages json", MessagesJSON}.render(t, recorded(t, "mm-psk-3des-sha1-modp1024", 0), Options{})) {
		o := parse(t, l)
		for _, n := range strings.Fields(names) {
			if _, ok := o[n]; !ok {
				t.Errorf("no %q", n)
			}
		}
		got = append(got, strings.TrimSpace(fmt.Sprintln(o["frame"], o["exchange"], o["message_id"], o["payloads"], o["encrypted"], o["decrypted"], o["verified"])))
	}
	// Frames, exchanges and payloads as tshark 4.0 shows them with the daemon's key.
	want := []string{
		"3 main 00000000 [sa vendor vendor vendor vendor vendor] false true <nil>",
		"4 main 00000000 [sa vendor vendor vendor vendor] false true <nil>",
		"5 main 00000000 [ke nonce nat-d nat-d] false true <nil>",
		"6 main 00000000 [ke nonce nat-d nat-d] false true <nil>",
		"7 main 00000000 [id hash] true true true",
		"8 main 00000000 [id hash] true true true",
		"9 quick 48c69e1a [hash sa nonce id id] true true true",
		"10 quick 48c69e1a [hash sa nonce id id] true true true",
		"11 quick 48c69e1a [hash] true true true",
		"114 informational 0c59efc9 [hash delete] true true true",
		"115 informational 13692bd4 [hash delete] true true true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRetransmissionsInJSON(t *testing.T) {
	m := message(7, true, isakmp.ExchangeMain, payload(isakmp.PayloadVendor, "x"))
	m.Repeats = []ikestate.Repeat{{Frame: 12, Nanos: m.Nanos + 4e9, Src: m.Src, Dst: m.Dst}}
	all := lines(output{"messages json", MessagesJSON}.render(t, result(conversation(m)), Options{}))
	if len(all) != 2 || parse(t, all[0])["retransmission_of"] != nil || parse(t, all[1])["retransmission_of"] != 7.0 {
		t.Errorf("%s", all)
	}
}

// What IPComp compressed is counted with its SA, apart from the packets of the
// capture.
func TestIPCompInJSON(t *testing.T) {
	d := parse(t, output{"json", JSON}.render(t, recorded(t, "ipcomp-tunnel-aes128-sha1", int(samples.Shared)), Options{}))
	got := map[string]float64{}
	for _, e := range d["ipsec_sas"].([]any) {
		if o := e.(object); o["protocol"] == "ipcomp" {
			got[o["spi"].(string)], _ = o["inside_packets"].(float64)
		}
	}
	if got["0x0000ad01"] != 4 || got["0x00000515"] != 79 {
		t.Errorf("%v", got)
	}
}
