package report

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
)

// The story of phase 1 has the certificates and what their keys verified.
func TestCertificatesAreTold(t *testing.T) {
	r := recorded(t, "mm-rsa-ike-fragmentation", int(samples.Shared))
	contains(t, table(t, r, Options{Unicode: true}),
		"Certificate of the initiator: CN=big-a.lab,O=Lab,C=CH; issued by CN=Lab CA,O=Lab,C=CH; RSA 4096 bits; valid 2026-11-23 to 2031-11-22",
		"Signature of the initiator: verified (rsa) with the key of its certificate ✔",
		"Signature of the responder: verified")
	sa := first(t, parse(t, output{"json", JSON}.render(t, r, Options{})), "isakmp_sas")
	c := first(t, sa, "certificates")
	for name, want := range (object{"side": "initiator", "subject": "CN=big-a.lab,O=Lab,C=CH", "key": "rsa", "key_bits": 4096.0, "signed": true}) {
		if c[name] != want {
			t.Errorf("%s is %v, want %v", name, c[name], want)
		}
	}
	if p := first(t, sa, "proofs"); p["verdict"] != "verified" || p["payload"] != "signature" {
		t.Errorf("proof %v", p)
	}
}

func TestNATInJSON(t *testing.T) {
	r := recorded(t, "natt-masquerade", -1)
	got := first(t, parse(t, output{"json", JSON}.render(t, r, Options{})), "isakmp_sas")["nat"]
	want := object{
		"initiator": object{"status": "behind", "own": "10.99.0.2:500", "seen": nil, "unsure": false, "frames": []any{5.0, 6.0}},
		"responder": object{"status": "none", "own": "192.0.2.2:500", "seen": "192.0.2.2:500", "unsure": false, "frames": []any{6.0, 5.0}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// configuration is a conversation in which a user logs in, with what is pulled and
// pushed after it.
func configuration(password string) *ikestate.Conversation {
	value := func(t isakmp.ConfigAttribute, text string) ikestate.ConfigValue {
		return ikestate.ConfigValue{Type: t, Octets: []byte(text), Text: text}
	}
	var ms []*ikestate.Message
	say := func(fromInitiator bool, kind isakmp.ConfigType, vs ...ikestate.ConfigValue) *ikestate.ConfigMessage {
		m := message(int64(9+len(ms)), fromInitiator, isakmp.ExchangeTransaction)
		ms = append(ms, m)
		return &ikestate.ConfigMessage{Message: m, Type: kind, Attributes: vs}
	}
	name := isakmp.ConfigXAUTHUserName
	secret := ikestate.ConfigValue{Type: isakmp.ConfigXAUTHUserPassword, Secret: keymat.NewSecret([]byte(password))}
	ts := []*ikestate.Transaction{
		{By: ikestate.Responder, Ask: say(false, isakmp.ConfigRequest, value(name, "")), Answer: say(true, isakmp.ConfigReply, value(name, "alice"), secret)},
		{By: ikestate.Responder, Ask: say(false, isakmp.ConfigSet, ikestate.ConfigValue{Type: isakmp.ConfigXAUTHStatus, Octets: []byte{0, 1}, Text: "ok (1)"}),
			Answer: say(true, isakmp.ConfigAck, value(isakmp.ConfigXAUTHStatus, ""))},
		{By: ikestate.Initiator, Ask: say(true, isakmp.ConfigRequest, value(1, ""), value(3, "")), Answer: say(false, isakmp.ConfigReply, value(1, "10.3.0.1"))},
		{By: ikestate.Responder, Ask: say(false, isakmp.ConfigSet, value(1, "10.3.0.2"), value(3, "10.2.0.53")), Answer: say(true, isakmp.ConfigAck, value(1, ""))},
	}
	c := conversation(ms...)
	c.Exchanges = []*ikestate.Exchange{{Type: isakmp.ExchangeTransaction, Messages: ms}}
	c.Transactions = ts
	return c
}

func TestLoginAndConfigurationAreTold(t *testing.T) {
	const password = "hunter2-correct-horse"
	r := result(configuration(password))
	contains(t, table(t, r, Options{Unicode: true}),
		"XAUTH: user alice, XAUTH-USER-PASSWORD (hidden); accepted by the responder ✔.",
		"Configured by the responder, as asked: INTERNAL_IP4_ADDRESS 10.3.0.1; not given: INTERNAL_IP4_DNS.",
		"Configured by the responder, unasked: INTERNAL_IP4_ADDRESS 10.3.0.2, INTERNAL_IP4_DNS 10.2.0.53; not accepted: INTERNAL_IP4_DNS.")
	contains(t, table(t, r, Options{ShowKeys: true}), "XAUTH-USER-PASSWORD "+password)
	for _, w := range outputs {
		if form, found := leaks(w.render(t, r, Options{}), []byte(password)); found {
			t.Errorf("%s: the password in %s", w.name, form)
		}
	}
}

func TestLoginAndConfigurationInJSON(t *testing.T) {
	r := result(configuration("hunter2"))
	for _, o := range []Options{{}, {ShowKeys: true}} {
		sa := first(t, parse(t, output{"json", JSON}.render(t, r, o)), "isakmp_sas")
		x := sa["xauth"].(object)
		if x["user"] != "alice" || x["status"] != "ok" || x["acknowledged"] != true || x["gateway"] != "responder" {
			t.Errorf("xauth %v", x)
		}
		if _, shown := x["secrets"]; shown != o.ShowKeys {
			t.Errorf("secrets with keys %t: %v", o.ShowKeys, x["secrets"])
		}
		want := []any{
			object{"gateway": "responder", "push": false, "asked": []any{"INTERNAL_IP4_ADDRESS", "INTERNAL_IP4_DNS"},
				"given": []any{object{"name": "INTERNAL_IP4_ADDRESS", "value": "10.3.0.1"}}, "accepted": []any{}},
			object{"gateway": "responder", "push": true, "asked": []any{},
				"given":    []any{object{"name": "INTERNAL_IP4_ADDRESS", "value": "10.3.0.2"}, object{"name": "INTERNAL_IP4_DNS", "value": "10.2.0.53"}},
				"accepted": []any{"INTERNAL_IP4_ADDRESS"}},
		}
		if d := cmp.Diff(want, sa["mode_config"]); d != "" {
			t.Error(d)
		}
	}
}

// NULL encryption that only the packets show is said, with the way to the contents.
func TestNullEncryptionIsTold(t *testing.T) {
	r := recorded(t, "esp-null-sha1", -1)
	contains(t, table(t, r, Options{}), "62 of 62 ESP packets read without a key (NULL encryption)", "NULL  1-32", "decrypt", "--unverified -o inner.pcapng")
}

func TestProofsAreTold(t *testing.T) {
	p := newPage(nil, Options{Unicode: true})
	signature := isakmp.PayloadSignature
	for _, c := range []struct {
		proof ikestate.Proof
		want  string
	}{
		{ikestate.Proof{}, ""},
		{ikestate.Proof{Payload: isakmp.PayloadHash, Verdict: ikestate.Verified}, ""},
		{ikestate.Proof{Payload: isakmp.PayloadHash, Verdict: ikestate.Refuted}, "Proof of the responder: refuted ✘"},
		{ikestate.Proof{Payload: isakmp.PayloadHash, Why: "SKEYID is not known"}, "Proof of the responder: not checkable, SKEYID is not known"},
		{ikestate.Proof{Payload: signature, Why: "no certificate"}, "Signature of the responder: not checkable, no certificate"},
		{ikestate.Proof{Payload: signature, Verdict: ikestate.Verified, Form: "ecdsa", Certificate: &ikestate.Certificate{}},
			"Signature of the responder: verified (ecdsa) with the key of its certificate ✔"},
	} {
		if got := p.proved(ikestate.Responder, c.proof); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestCertificatesTellTheirFaults(t *testing.T) {
	p := newPage(nil, Options{Unicode: true})
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	x := &ikestate.Certificate{
		Subject: "CN=\x1b[31mgw", Issuer: "CN=\x1b[31mgw", KeyKind: "ecdsa", KeyBits: 256, CA: true,
		NotBefore: day(10), NotAfter: day(20), Message: &ikestate.Message{Nanos: day(25).UnixNano()},
	}
	contains(t, p.certified(x), "issued by itself", glued("ECDSA 256 bits"), "may issue others", "valid 2026-01-10 to 2026-01-20, ! expired when captured")
	if strings.Contains(p.certified(x), "\x1b") {
		t.Error("a subject reaches the terminal as it is")
	}
	x.Message.Nanos = day(5).UnixNano()
	contains(t, p.certified(x), "! not yet when captured")
	contains(t, p.certified(&ikestate.Certificate{Octets: 900, Err: errors.New("no X.509")}), "900 octets", "no X.509")
}
