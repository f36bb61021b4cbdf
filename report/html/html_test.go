package html

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/pcaps/samples"
	"ikescope/report"
)

// elements and attributes are all that a report is made of. What is missing here
// (img, iframe, object, link, on..., src, style) could load or run something.
var elements = words(`html head meta title style body a header main section article footer form label input select option
	button output h1 h2 h3 ul ol li p div span strong b code br details summary table thead tbody tr th td figure figcaption
	svg desc dl dt dd text tspan line rect path polygon g script`)

var attributes = words(`lang charset http-equiv content name class id href role aria-label aria-labelledby aria-hidden
	aria-live hidden tabindex type placeholder autocomplete spellcheck value for scope colspan open data-t data-find data-s data-x data-row
	viewbox preserveaspectratio width height x y dx dy x1 y1 x2 y2 rx d points`)

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// onlyWhatIsAllowed checks every element and attribute of a page, and that links
// stay within it.
func onlyWhatIsAllowed(t *testing.T, name, page string) {
	t.Helper()
	scripts := 0
	ids := map[string]bool{}
	var links []string
	for n := range parse(t, page).Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !elements[n.Data] {
			t.Errorf("%s: element %s", name, n.Data)
		}
		if n.Data == "script" {
			scripts++
		}
		for _, a := range n.Attr {
			key := strings.ToLower(a.Key)
			if !attributes[key] {
				t.Errorf("%s: attribute %s of %s", name, a.Key, n.Data)
			}
			switch key {
			case "href":
				links = append(links, a.Val)
			case "id":
				if ids[a.Val] {
					t.Errorf("%s: two elements with id %s", name, a.Val)
				}
				ids[a.Val] = true
			}
		}
	}
	if scripts != 1 {
		t.Errorf("%s: %d scripts", name, scripts)
	}
	for _, l := range links {
		if id, inside := strings.CutPrefix(l, "#"); !inside || !ids[id] {
			t.Errorf("%s: link to %s", name, l)
		}
	}
}

func TestEverySampleIsWellFormed(t *testing.T) {
	for _, s := range slices.Concat(samples.All(), samples.Partial()) {
		for _, known := range []bool{true, false} {
			page := render(t, recorded(t, s.Name, known), report.Options{})
			onlyWhatIsAllowed(t, s.Name, page)
			if strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "%!") {
				t.Errorf("%s: a value was refused by its template", s.Name)
			}
		}
	}
}

func TestPolicyAllowsOnlyWhatIsThere(t *testing.T) {
	page := render(t, recorded(t, "mm-psk-3des-sha1-modp1024", true), report.Options{})
	root := parse(t, page)
	metas := find(root, "meta", "http-equiv", "Content-Security-Policy")
	if len(metas) != 1 {
		t.Fatalf("%d policies", len(metas))
	}
	policy := attr(metas[0], "content")
	for _, part := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page, "<"+part+">")
		inline, _, _ := strings.Cut(rest, "</"+part+">")
		sum := sha256.Sum256([]byte(inline))
		if want := part + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("policy %q lacks %s", policy, want)
		}
	}
	for _, part := range strings.Split(policy, ";") {
		if strings.Contains(part, "unsafe") || strings.Contains(part, "http") || strings.Contains(part, "data:") || strings.Contains(part, "*") {
			t.Errorf("policy allows %s", part)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") {
		t.Errorf("policy %q", policy)
	}
}

// What a reader of the recorded tunnel looks for, from the daemons' logs.
func TestPageOfAHealthyTunnel(t *testing.T) {
	page := render(t, recorded(t, "mm-psk-3des-sha1-modp1024", true), report.Options{})
	root := parse(t, page)
	said := text(root)
	for _, want := range []string{
		"115 packets", "both directions", "192.0.2.1 ⇄ 192.0.2.2", "102 of 102 ESP packets decrypted and verified",
		"tunnel 10.1.0.0/24 ⇄ 10.2.0.0/24 up after 812 ms", "Main Mode 73cc11d2349a360d:d97b5c488f49300c",
		"MM5", "ID 192.0.2.1; HASH_I ✔", "0xc7a8cc9e", "0xc9032330", "DH value of 192.0.2.1",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := len(find(root, "a", "data-row", "")); n != 11 {
		t.Errorf("%d arrows for 11 messages", n)
	}
	fold := find(root, "div", "id", "m1-7")
	if len(fold) != 1 || !strings.Contains(text(fold[0]), "192.0.2.1") || !strings.Contains(text(fold[0]), "hash") {
		t.Error("message 5 has no decrypted fields")
	}
	if n := len(find(root, "tr", "class", "chosen")); n != 2 {
		t.Errorf("%d accepted offers, one of each phase was", n)
	}
}

func TestPageOfVersion2(t *testing.T) {
	said := text(parse(t, render(t, recorded(t, "ikev2-rekey-pfs", true), report.Options{})))
	for _, want := range []string{"IKEv2 IKE SA", "rekeyed 3 times", "CREATE_CHILD_SA", "selector", "80 of 80 ESP packets"} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestPageWithoutSecrets(t *testing.T) {
	said := text(parse(t, render(t, recorded(t, "mm-psk-3des-sha1-modp1024", false), report.Options{})))
	for _, want := range []string{"What would open the rest", "strongSwan", "ip xfrm state", "Encrypted from packet 7 on.", "ciphertext", "unknown SAs"} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestPageOfNothing(t *testing.T) {
	for _, r := range []*struct{ cs []*ikestate.Conversation }{{}, {[]*ikestate.Conversation{talk()}}} {
		page := render(t, result(r.cs...), report.Options{})
		onlyWhatIsAllowed(t, "nothing", page)
	}
}

func TestPasswordsAreHidden(t *testing.T) {
	attributes := "\x02\x00\x00\x01" + "\x40\x89\x00\x05alice" + "\x40\x8a\x00\x0cs3cr3t-login"
	r := result(talk(made(3, true, isakmp.ExchangeTransaction, isakmp.Payload{Type: isakmp.PayloadAttributes, Body: []byte(attributes)})))
	if page := render(t, r, report.Options{}); strings.Contains(page, "s3cr3t") || !strings.Contains(page, "(hidden)") || !strings.Contains(page, "alice") {
		t.Error("the password is in the page, or nothing says that it is hidden")
	}
	if page := render(t, r, report.Options{ShowKeys: true}); !strings.Contains(page, "s3cr3t-login") || !strings.Contains(page, "keys and passwords in the clear") {
		t.Error("the password was asked for")
	}
}

// The keys of the daemons' logs, in the page only where they are asked for.
func TestKeysAreShownWhenAsked(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	sec, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	r := recorded(t, s.Name, true)
	hidden, shown := render(t, r, report.Options{}), render(t, r, report.Options{ShowKeys: true})
	keys := []string{sec.IKE[0].SKEYIDd.String(), r.SAs[0].Keys.Encryption.Hex(), r.SAs[0].Keys.Integrity.Hex()}
	for _, key := range keys {
		if key == "" || strings.Contains(strings.ToLower(hidden), key) {
			t.Errorf("a key is shown that was not asked for")
		}
		if !strings.Contains(shown, key) {
			t.Errorf("a key is missing that was asked for")
		}
	}
	onlyWhatIsAllowed(t, "with keys", shown)
	if psk := sec.PSK[0]; strings.Contains(hidden, psk) {
		t.Error("the pre-shared key is in the page")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestErrorsOfTheWriterComeOut(t *testing.T) {
	if err := Write(failing{}, result(), report.Options{}); err == nil {
		t.Error("no error")
	}
}

// The page says of each secret what the table and JSON say.
func TestPageOfSecrets(t *testing.T) {
	r := recorded(t, "mm-psk-3des-sha1-modp1024", true)
	said := text(parse(t, render(t, r, report.Options{})))
	for _, v := range r.Secrets() {
		for _, want := range []string{v.Source.String(), v.Kind.String(), v.Text} {
			if !strings.Contains(said, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
	}
}
