package isakmp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseAttributes(t *testing.T) {
	b := unhex(t,
		"02 00 1234",           // reply, identifier
		"c088 0000",            // XAUTH-TYPE generic
		"4089 0005 616c696365", // XAUTH-USER-NAME alice
		"0001 0004 0a030001",   // INTERNAL_IP4_ADDRESS
	)
	a, err := ParseAttributes(b)
	if err != nil || a.Type != ConfigReply || a.Identifier != 0x1234 || len(a.List) != 3 {
		t.Fatalf("%v, %v", a, err)
	}
	if user, ok := a.Get(ConfigXAUTHUserName); !ok || string(user.Value) != "alice" {
		t.Errorf("user %q, %v", user.Value, ok)
	}
	if _, ok := a.Get(ConfigXAUTHUserPassword); ok {
		t.Error("a password that is not there")
	}
	for n := range b {
		_, err := ParseAttributes(b[:n])
		if whole := n == 4 || n == 8 || n == 17; whole != (err == nil) {
			t.Errorf("cut to %d octets: %v", n, err)
		}
	}
	_, err = ParseAttributes(append(bytes.Clone(b), unhex(t, "408a 0009 00")...))
	wantError(t, err, "attribute", "value", 29, ErrTruncated)
}

func TestConfigValue(t *testing.T) {
	for _, tt := range []struct {
		t           ConfigAttribute
		value, want string
	}{
		{ConfigXAUTHType, "0000", "generic (0)"},
		{ConfigXAUTHType, "0001", "radius-chap (1)"},
		{ConfigXAUTHType, "0009", "9"},
		{ConfigXAUTHStatus, "0001", "ok (1)"},
		{ConfigXAUTHStatus, "00", "fail (0)"},
		{ConfigXAUTHStatus, "", ""},
		{ConfigXAUTHMessage, "48690a", "Hi\n"}, // escaping is the renderer's
		{ConfigXAUTHUserName, "ff00", "ff00"},
		{ConfigIP4Address, "0a030001", "10.3.0.1"},
		{ConfigIP4Address, "0a0300", "0a0300"},
		{3, "", ""},
		{5, "00000e10", "3600"},
		{8, "20010db8000000000000000000000001", "2001:db8::1"},
		{8, "20010db800000000000000000000000140", "2001:db8::1/64"},
		{13, "0a020000ffff0000", "10.2.0.0/16"},
		{13, "0a020000", "0a020000"},
		{14, "00010002408a", "INTERNAL_IP4_ADDRESS, INTERNAL_IP4_NETMASK, XAUTH-USER-PASSWORD"},
		{14, "000100", "000100"},
		{28672, "57656c636f6d65", "Welcome"},
		{28673, "0001", "1"},
		{28676, "0a020000ffffff00000000000000", "10.2.0.0/24"},
		{28676, "0a020000ffffff00000000000000 0a030000ffff0000001100000035", "10.2.0.0/24, 10.3.0.0/16 protocol 17 ports 0 53"},
		{28676, "0a020000ffffff000000000000", "0a020000ffffff000000000000"},
		{28680, "800100018002000180030002", "800100018002000180030002"},
		{20000, "41", "41"},
	} {
		if got := configValue(TreeContext{}, tt.t, Attribute{Value: unhex(t, tt.value)}); got != tt.want {
			t.Errorf("%s %s: %q, want %q", tt.t, tt.value, got, tt.want)
		}
	}
}

// TestPasswordsStaySecret: the password of a recorded XAUTH exchange is in the tree, marked,
// and in nothing that prints by itself.
func TestPasswordsStaySecret(t *testing.T) {
	const password = "Wonder-land 7"
	p := find(t, chain(t, "xauth-mm-psk-modecfg received by b, encrypted message 2"), PayloadAttributes)
	tree := p.Tree(TreeContext{})
	n := child(t, tree, "XAUTH-USER-PASSWORD")
	if !n.Secret || n.Value != password || n.Shown() == password {
		t.Errorf("secret %v, value %q, shown %q", n.Secret, n.Value, n.Shown())
	}
	if user := child(t, tree, "XAUTH-USER-NAME"); user.Secret || user.Value != "alice" {
		t.Errorf("user %+v", user)
	}
	a, err := ParseAttributes(p.Body)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	printed := strings.Join([]string{
		string(asJSON), p.Summary(), a.String(),
		fmt.Sprintf("%v %+v %#v %s %q", tree, tree, tree, n, n), fmt.Sprint([]Node{tree}, n.Children, &n),
		fmt.Sprintf("%v %+v %#v %s", a, a, a, a),
	}, "\n")
	octets := strings.Trim(fmt.Sprint([]byte(password)), "[]")
	for _, form := range []string{password, fmt.Sprintf("%x", password), fmt.Sprintf("%X", password), octets} {
		if strings.Contains(printed, form) {
			t.Errorf("the password shows:\n%s", printed)
		}
	}
	for _, secret := range []ConfigAttribute{ConfigXAUTHUserPassword, ConfigXAUTHPasscode, ConfigXAUTHNextPIN, ConfigXAUTHAnswer} {
		if !secret.Secret() {
			t.Errorf("%s is not secret", secret)
		}
	}
	if ConfigXAUTHUserName.Secret() || ConfigAttribute(20000).Secret() {
		t.Error("everything is secret")
	}
}

// TestPasswordOfDamagedPayload: a cut payload does not show the rest of a password in hex.
func TestPasswordOfDamagedPayload(t *testing.T) {
	p := find(t, chain(t, "xauth-mm-psk-modecfg received by b, encrypted message 2"), PayloadAttributes)
	for n := range p.Body {
		cut := p
		cut.Body = p.Body[:n]
		b, err := json.Marshal(cut.Tree(TreeContext{}))
		if err != nil || bytes.Contains(b, []byte("Wonder")) || bytes.Contains(b, []byte("576f6e646572")) {
			t.Fatalf("cut to %d octets: %s, %v", n, b, err)
		}
	}
}

func TestAttributesSummary(t *testing.T) {
	body := unhex(t, "01 00 0014")
	for i := range 10 {
		body = append(body, 0, byte(i+1), 0, 0)
	}
	a, err := ParseAttributes(body)
	if err != nil {
		t.Fatal(err)
	}
	want := "request 20: INTERNAL_IP4_ADDRESS, INTERNAL_IP4_NETMASK, INTERNAL_IP4_DNS, INTERNAL_IP4_NBNS, " +
		"INTERNAL_ADDRESS_EXPIRY, INTERNAL_IP4_DHCP, APPLICATION_VERSION, INTERNAL_IP6_ADDRESS and 2 more"
	if a.String() != want {
		t.Errorf("%q", a.String())
	}
	many := append(unhex(t, "01 00 0014"), bytes.Repeat([]byte{0, 1, 0, 0}, 1000)...)
	if a, err := ParseAttributes(many); !errors.Is(err, ErrLimit) || len(a.List) != MaxAttributes {
		t.Errorf("%d attributes, %v", len(a.List), err)
	}
}
