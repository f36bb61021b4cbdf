package secrets

import "ikescope/keymat"

// ikeSAKeys is what a log or file says of the keys of one IKE SA (RFC 7296 section 2.14).
type ikeSAKeys struct {
	line int // of the first key
	keys IKEv2
}

// hand hands over a set, if there is one.
func (k ikeSAKeys) hand(c *collector) {
	if k.line == 0 || k.keys.SKEYSEED.IsZero() && k.keys.SKd.IsZero() && k.keys.SKei.IsZero() && k.keys.SKer.IsZero() {
		return
	}
	c.ikev2(k.line, k.keys)
}

// key is the place of a key by the name that RFC 7296 gives it, nil if it gives it to none.
func (i *IKEv2) key(name string) *keymat.Secret {
	switch name {
	case "SKEYSEED":
		return &i.SKEYSEED
	case "SK_d":
		return &i.SKd
	case "SK_ai":
		return &i.SKai
	case "SK_ar":
		return &i.SKar
	case "SK_ei":
		return &i.SKei
	case "SK_er":
		return &i.SKer
	case "SK_pi":
		return &i.SKpi
	case "SK_pr":
		return &i.SKpr
	}
	return nil
}
