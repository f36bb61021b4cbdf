package ikestate

import (
	"cmp"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// Transaction is a question and its answer, or an announcement and its
// acknowledgement (draft-ietf-ipsec-isakmp-mode-cfg, section 3.1):
//
//	HDR*, HASH, ATTR1 (REQUEST or SET)  -->
//	                                    <--  HDR*, HASH, ATTR2 (REPLY or ACK)
type Transaction struct {
	MessageID  uint32
	Identifier uint16
	By         Speaker        // who asked or announced
	Ask        *ConfigMessage // REQUEST or SET; nil: not in the capture or not read
	Answer     *ConfigMessage // REPLY or ACK
}

// ConfigMessage is one Attributes payload.
type ConfigMessage struct {
	Message    *Message
	Type       isakmp.ConfigType
	Attributes []ConfigValue
}

// ConfigValue is an attribute of Mode-Config or XAUTH. A password is in Secret and
// nowhere else.
type ConfigValue struct {
	Type   isakmp.ConfigAttribute
	Octets []byte
	Text   string // "" for a secret, and where only the type was sent
	Secret keymat.Secret
}

// first returns the first attribute of type t.
func (m *ConfigMessage) first(t isakmp.ConfigAttribute) (ConfigValue, bool) {
	if m != nil {
		for _, v := range m.Attributes {
			if v.Type == t {
				return v, true
			}
		}
	}
	return ConfigValue{}, false
}

// IsXAUTH reports whether the transaction is about a user's authentication.
func (t *Transaction) IsXAUTH() bool {
	return slices.ContainsFunc([]*ConfigMessage{t.Ask, t.Answer}, func(m *ConfigMessage) bool {
		return m != nil && slices.ContainsFunc(m.Attributes, func(v ConfigValue) bool { return v.Type.IsXAUTH() })
	})
}

// readTransactions pairs questions with answers. It needs the exchanges opened.
func (c *Conversation) readTransactions() {
	c.Transactions = nil
	for _, x := range c.Exchanges {
		if x.Type != isakmp.ExchangeTransaction {
			continue
		}
		open := []*Transaction{}
		for _, m := range x.Messages {
			for _, p := range m.All(isakmp.PayloadAttributes) {
				a, _ := isakmp.ParseAttributes(p.Body) // what stands before damage counts
				open = pairTransaction(open, x.MessageID, configMessage(m, a), a.Identifier)
			}
		}
		c.Transactions = append(c.Transactions, open...)
	}
	slices.SortStableFunc(c.Transactions, func(a, b *Transaction) int { return cmp.Compare(a.frame(), b.frame()) })
}

func (t *Transaction) frame() int64 {
	if t.Ask != nil {
		return t.Ask.Message.Frame
	}
	return t.Answer.Message.Frame
}

// pairTransaction adds a message to the transaction that waits for it, or begins
// one. The draft wants the identifier repeated in the answer; Cisco counts on.
func pairTransaction(open []*Transaction, mid uint32, m *ConfigMessage, id uint16) []*Transaction {
	by := speaker(m.Message.FromInitiator)
	asks := m.Type == isakmp.ConfigRequest || m.Type == isakmp.ConfigSet
	for _, t := range slices.Backward(open) {
		switch {
		case asks && t.Ask == nil && t.By == by && t.Identifier == id:
			t.Ask = m // out of order
			return open
		case !asks && t.Answer == nil && t.By != by:
			t.Answer = m
			return open
		}
	}
	t := &Transaction{MessageID: mid, Identifier: id, By: by, Ask: m}
	if !asks {
		t.By, t.Ask, t.Answer = 1-by, nil, m
	}
	return append(open, t)
}

func configMessage(m *Message, a isakmp.Attributes) *ConfigMessage {
	out := &ConfigMessage{Message: m, Type: a.Type}
	for _, at := range a.List {
		v := ConfigValue{Type: isakmp.ConfigAttribute(at.Type)}
		switch {
		case len(at.Value) == 0:
		case v.Type.Secret():
			v.Secret = keymat.NewSecret(at.Value)
		default:
			v.Octets, v.Text = at.Value, at.ConfigText()
		}
		out.Attributes = append(out.Attributes, v)
	}
	return out
}

// XAUTHStatus is the outcome of an extended authentication.
type XAUTHStatus uint8

// The gateway said nothing, refused the user, or let it in.
const (
	XAUTHUnknown XAUTHStatus = iota
	XAUTHFailed
	XAUTHOK
)

func (s XAUTHStatus) String() string {
	return [...]string{"unknown", "failed", "ok"}[min(s, XAUTHOK)]
}

// XAUTH is the extended authentication of a user under an ISAKMP SA
// (draft-beaulieu-ike-xauth-02): rounds of questions, then a status.
type XAUTH struct {
	Gateway      Speaker // who asked
	Kind         string  // of the last question: "generic", "radius-chap", "otp", "s/key"
	User         string
	Domain       string
	Secrets      []ConfigValue // password, passcode, answer, next PIN, as sent
	Says         []string      // messages to the user
	Status       XAUTHStatus
	Acknowledged bool // the user's side answered the status
	Transactions []*Transaction
}

// Password returns the password or passcode that was sent last.
func (x *XAUTH) Password() keymat.Secret {
	for _, v := range slices.Backward(x.Secrets) {
		if v.Type == isakmp.ConfigXAUTHUserPassword || v.Type == isakmp.ConfigXAUTHPasscode {
			return v.Secret
		}
	}
	return keymat.Secret{}
}

// Numbers of draft-beaulieu-ike-xauth-02, section 4.1, that have no constant.
const (
	xauthDomain = 16526
	xauthPassed = 1
)

var xauthKinds = [...]string{"generic", "radius-chap", "otp", "s/key"}

// XAUTH sums up the extended authentication, nil where there was none to read.
func (c *Conversation) XAUTH() *XAUTH {
	var x *XAUTH
	for _, t := range c.Transactions {
		if !t.IsXAUTH() {
			continue
		}
		if x == nil {
			x = &XAUTH{Kind: xauthKinds[0]}
		}
		x.Gateway = t.By
		x.Transactions = append(x.Transactions, t)
		x.read(t.Ask)
		x.read(t.Answer)
		if v, ok := t.Ask.first(isakmp.ConfigXAUTHStatus); ok {
			x.Status = XAUTHFailed
			if n, _ := number(v.Octets); n == xauthPassed {
				x.Status = XAUTHOK
			}
			x.Acknowledged = t.Answer != nil
		}
	}
	return x
}

// read takes what a message says of the user.
func (x *XAUTH) read(m *ConfigMessage) {
	if m == nil {
		return
	}
	for _, v := range m.Attributes {
		switch {
		case v.Type == isakmp.ConfigXAUTHType:
			if n, ok := number(v.Octets); ok && n < uint64(len(xauthKinds)) {
				x.Kind = xauthKinds[n]
			}
		case v.Type == isakmp.ConfigXAUTHUserName && v.Text != "":
			x.User = v.Text
		case v.Type == xauthDomain && v.Text != "":
			x.Domain = v.Text
		case v.Type == isakmp.ConfigXAUTHMessage && v.Text != "":
			x.Says = append(x.Says, v.Text)
		case !v.Secret.IsZero():
			x.Secrets = append(x.Secrets, v)
		}
	}
}

func number(octets []byte) (uint64, bool) { return isakmp.Attribute{Value: octets}.Uint() }

// ModeConfig is what one side configured the other with: asked for (REQUEST and
// REPLY, pull) or given unasked (SET and ACK, push).
type ModeConfig struct {
	Gateway     Speaker // whose values count
	Push        bool
	Asked       []isakmp.ConfigAttribute // by a pull
	Given       []ConfigValue            // with a value
	Accepted    []isakmp.ConfigAttribute // by the answer to a push
	Transaction *Transaction
}

// ModeConfigs lists the configurations, in order.
func (c *Conversation) ModeConfigs() (all []ModeConfig) {
	for _, t := range c.Transactions {
		if t.IsXAUTH() {
			continue
		}
		m := ModeConfig{Gateway: 1 - t.By, Transaction: t}
		if t.Ask != nil && t.Ask.Type == isakmp.ConfigSet || t.Answer != nil && t.Answer.Type == isakmp.ConfigAck {
			m.Gateway, m.Push = t.By, true
			m.Given, m.Accepted = given(t.Ask), types(t.Answer)
		} else {
			m.Given, m.Asked = given(t.Answer), types(t.Ask)
		}
		all = append(all, m)
	}
	return all
}

func given(m *ConfigMessage) (vs []ConfigValue) {
	if m != nil {
		for _, v := range m.Attributes {
			if v.Text != "" || !v.Secret.IsZero() {
				vs = append(vs, v)
			}
		}
	}
	return vs
}

func types(m *ConfigMessage) (ts []isakmp.ConfigAttribute) {
	if m != nil {
		for _, v := range m.Attributes {
			ts = append(ts, v.Type)
		}
	}
	return ts
}
