package ikestate_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// XAUTH and Mode-Config of recorded tunnels are what the gateway was configured
// with: the user "alice", a pool of 10.3.0.0/24 with DNS, NBNS and a banner
// (attribute 28672).
func TestXAUTHRecorded(t *testing.T) {
	for _, name := range []string{"xauth-mm-psk-modecfg", "xauth-hybrid-rsa", "vpnc-strongswan-xauth"} {
		s := samples.ByName(name)
		known, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		r := ring(t, s)
		r.DHs = []secrets.DH{{Private: keymat.NewSecret(known.IKE[0].Private.B), Source: secrets.Source{File: "dh"}}}
		c := oneConversation(t, solve(t, datagrams(t, s), r))
		x := c.XAUTH()
		if x == nil {
			t.Fatalf("%s: no XAUTH", name)
		}
		if x.Gateway != ikestate.Responder || x.Kind != "generic" || x.User != known.XAUTH.User || len(x.Transactions) != 2 {
			t.Errorf("%s: %+v", name, x)
		}
		if got := string(x.Password().Bytes()); got != known.XAUTH.Password {
			t.Errorf("%s: password %q", name, got)
		}
		if x.Status != ikestate.XAUTHOK || !x.Acknowledged {
			t.Errorf("%s: %s, acknowledged %t", name, x.Status, x.Acknowledged)
		}
		configs := c.ModeConfigs()
		if len(configs) != 1 || configs[0].Push || configs[0].Gateway != ikestate.Responder {
			t.Fatalf("%s: %+v", name, configs)
		}
		var given []string
		for _, v := range configs[0].Given {
			given = append(given, v.Type.String()+" "+v.Text)
		}
		want := []string{"INTERNAL_IP4_ADDRESS 10.3.0.1", "INTERNAL_IP4_DNS 10.2.0.53", "INTERNAL_IP4_NBNS 10.2.0.54", "UNITY_BANNER Welcome to the lab"}
		if d := cmp.Diff(want, given); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		asked := "[INTERNAL_IP4_ADDRESS]"
		if strings.HasPrefix(name, "vpnc") {
			asked = "[INTERNAL_IP4_ADDRESS INTERNAL_IP4_NETMASK INTERNAL_IP4_DNS INTERNAL_IP4_NBNS UNITY_DEF_DOMAIN UNITY_FW_TYPE " +
				"UNITY_PFS UNITY_BANNER UNITY_SAVE_PASSWD UNITY_SPLIT_INCLUDE UNITY_SPLITDNS_NAME UNITY_DDNS_HOSTNAME APPLICATION_VERSION]"
		}
		if got := fmt.Sprint(configs[0].Asked); got != asked {
			t.Errorf("%s: asked for %s", name, got)
		}
		if said := fmt.Sprintf("%v %+v %#v", x, c.Transactions[0].Answer, c.Transactions[0].Answer); strings.Contains(said, known.XAUTH.Password) {
			t.Errorf("%s: a password prints itself", name)
		}
	}
}

// attributesPayload is an Attributes payload of basic (value below 65,536 and no
// text) and variable attributes.
func attributesPayload(kind isakmp.ConfigType, id uint16, list ...any) isakmp.Payload {
	b := binary.BigEndian.AppendUint16([]byte{byte(kind), 0}, id)
	for i := 0; i < len(list); i += 2 {
		n := uint16(list[i].(int))
		switch v := list[i+1].(type) {
		case int:
			b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, 0x8000|n), uint16(v))
		case string:
			b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, n), uint16(len(v)))
			b = append(b, v...)
		}
	}
	return payload(isakmp.PayloadAttributes, b)
}

// Numbers of draft-beaulieu-ike-xauth-02, section 4.1.
const (
	xType, xUser, xPassword, xPasscode = 16520, 16521, 16522, 16523
	xMessage, xDomain, xStatus         = 16524, 16526, 16527
	xNextPIN, xAnswer                  = 16528, 16529
)

// transact adds a transaction of one message by each side.
func (s *spoken) transact(mid uint32, by int, ask, answer isakmp.Payload) {
	s.protected(by, isakmp.ExchangeTransaction, mid, ask)
	s.protected(1-by, isakmp.ExchangeTransaction, mid, answer)
}

// Several rounds: a message, a one-time password, a new PIN, and a refusal.
func TestXAUTHOfEveryKind(t *testing.T) {
	s := newSpoken(t, isakmp.ExchangeAggressive, isakmp.AuthXAUTHInitPSK)
	s.speak()
	s.transact(1, 1, attributesPayload(isakmp.ConfigRequest, 7, xType, 2, xMessage, "Token?", xUser, "", xPasscode, ""),
		attributesPayload(isakmp.ConfigReply, 7, xType, 2, xUser, "bob", xDomain, "CORP", xPasscode, "123456"))
	s.transact(2, 1, attributesPayload(isakmp.ConfigRequest, 8, xMessage, "New PIN?", xNextPIN, "", xAnswer, ""),
		attributesPayload(isakmp.ConfigReply, 8, xNextPIN, "9999", xAnswer, "yes"))
	s.transact(3, 1, attributesPayload(isakmp.ConfigSet, 9, xStatus, 0), attributesPayload(isakmp.ConfigAck, 9, xStatus, 0))
	c := oneConversation(t, solve(t, s.sent, s.ring()))
	x := c.XAUTH()
	if x == nil || x.Kind != "otp" || x.User != "bob" || x.Domain != "CORP" || x.Status != ikestate.XAUTHFailed || !x.Acknowledged {
		t.Fatalf("%+v", x)
	}
	if got := fmt.Sprint(x.Says); got != "[Token? New PIN?]" {
		t.Errorf("says %s", got)
	}
	var sent []string
	for _, v := range x.Secrets {
		sent = append(sent, v.Type.String()+" "+string(v.Secret.Bytes()))
	}
	if got := fmt.Sprint(sent); got != "[XAUTH-PASSCODE 123456 XAUTH-NEXT-PIN 9999 XAUTH-ANSWER yes]" {
		t.Errorf("secrets %s", got)
	}
	if got := string(x.Password().Bytes()); got != "123456" {
		t.Errorf("password %q", got)
	}
	if c.State() != ikestate.Established || len(c.ModeConfigs()) != 0 {
		t.Errorf("%s, %d configurations", c.State(), len(c.ModeConfigs()))
	}
}

// A gateway that pushes, in messages of one exchange and out of order; a reply
// whose request is lost; a request without reply.
func TestModeConfigPushed(t *testing.T) {
	s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
	s.speak()
	address := string([]byte{10, 9, 0, 1})
	s.transact(1, 1, attributesPayload(isakmp.ConfigSet, 1, 1, address, 3, string([]byte{10, 9, 0, 53})), attributesPayload(isakmp.ConfigAck, 1, 1, "", 3, ""))
	s.protected(0, isakmp.ExchangeTransaction, 2, attributesPayload(isakmp.ConfigReply, 5, 28674, "corp.example"))
	s.protected(0, isakmp.ExchangeTransaction, 3, attributesPayload(isakmp.ConfigRequest, 6, 1, ""))
	n := len(s.sent)
	s.transact(4, 1, attributesPayload(isakmp.ConfigSet, 9, 1, address), attributesPayload(isakmp.ConfigAck, 9))
	s.sent[n], s.sent[n+1] = s.sent[n+1], s.sent[n]
	configs := oneConversation(t, solve(t, s.sent, s.ring())).ModeConfigs()
	if len(configs) != 4 {
		t.Fatalf("%d configurations", len(configs))
	}
	push := configs[0]
	if !push.Push || push.Gateway != ikestate.Responder || len(push.Given) != 2 || push.Given[0].Text != "10.9.0.1" || len(push.Accepted) != 2 {
		t.Errorf("push: %+v", push)
	}
	if lost := configs[1]; lost.Push || lost.Gateway != ikestate.Initiator || len(lost.Given) != 1 || lost.Transaction.Ask != nil || lost.Given[0].Text != "corp.example" {
		t.Errorf("reply alone: %+v", lost)
	}
	if alone := configs[2]; alone.Push || alone.Gateway != ikestate.Responder || len(alone.Asked) != 1 || alone.Transaction.Answer != nil {
		t.Errorf("request alone: %+v", alone)
	}
	if late := configs[3]; late.Transaction.Ask == nil || late.Transaction.Answer == nil || !late.Push {
		t.Errorf("out of order: %+v", late)
	}
}

// Damaged and empty Attributes payloads cost nothing but themselves.
func TestTransactionsDamaged(t *testing.T) {
	whole := attributesPayload(isakmp.ConfigReply, 7, xType, 0, xUser, "bob", xPassword, "secret").Body
	for n := range whole {
		s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthPSK)
		s.speak()
		s.transact(1, 1, attributesPayload(isakmp.ConfigRequest, 7, xUser, ""), payload(isakmp.PayloadAttributes, whole[:n]))
		c := oneConversation(t, solve(t, s.sent, s.ring()))
		if x := c.XAUTH(); x == nil || x.Status != ikestate.XAUTHUnknown {
			t.Errorf("%d octets: %+v", n, x)
		}
	}
	if c := (&ikestate.Conversation{}); c.XAUTH() != nil || c.ModeConfigs() != nil || c.Probes() != nil || c.Certificates() != nil {
		t.Error("values of an empty conversation")
	}
}
