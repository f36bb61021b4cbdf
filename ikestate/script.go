package ikestate

import (
	"slices"

	"ikescope/decode/isakmp"
)

// Speaker is the side that sends a message of an exchange.
type Speaker uint8

// The two sides of an exchange.
const (
	Initiator Speaker = iota
	Responder
)

func (s Speaker) String() string { return [...]string{"initiator", "responder"}[s&1] }

func speaker(fromInitiator bool) Speaker {
	if fromInitiator {
		return Initiator
	}
	return Responder
}

// Protection says whether a message's payloads are encrypted.
type Protection uint8

// Clear and Encrypted are fixed by the exchange; Either is the sender's choice
// (third message of Aggressive Mode: RFC 2409, section 5.4).
const (
	Clear Protection = iota
	Encrypted
	Either
)

func (p Protection) allows(encrypted bool) bool {
	return p == Either || (p == Encrypted) == encrypted
}

// Rule bounds how often a payload stands in a message.
type Rule struct {
	Payload  isakmp.PayloadType
	Min, Max int
}

// Flight is one message of an exchange.
type Flight struct {
	Speaker    Speaker
	Protection Protection
	Rules      []Rule
}

// Script is an exchange as its RFC draws it. Vendor ID, notify, certificate
// request, NAT-D and other informative payloads may stand in any message.
type Script struct {
	Name     string
	Exchange isakmp.ExchangeType
	Flights  []Flight
}

func one(t isakmp.PayloadType) Rule  { return Rule{t, 1, 1} }
func some(t isakmp.PayloadType) Rule { return Rule{t, 0, 1} }

// authenticated matches either proof of identity: HASH (RFC 2409, sections 5.2
// to 5.4) or SIG (section 5.1).
var authenticated = []Rule{some(isakmp.PayloadHash), some(isakmp.PayloadSignature)}

func authFlight(s Speaker, p Protection, rules ...Rule) Flight {
	return Flight{s, p, append(rules, authenticated...)}
}

// scripts holds the exchanges of RFC 2409 (Base Mode: draft-ietf-ipsec-ike-base-mode).
// Within the encrypted part, and with public key encryption, payloads are hidden
// from an observer, so the rules name what tells one message from another.
var scripts = []Script{
	// RFC 2409, sections 5.1 to 5.4:
	//
	//	HDR, SA                       -->
	//	                              <--    HDR, SA
	//	HDR, KE, Ni                   -->
	//	                              <--    HDR, KE, Nr
	//	HDR*, IDii, [CERT,] HASH_I    -->
	//	                              <--    HDR*, IDir, [CERT,] HASH_R
	{"Main Mode", isakmp.ExchangeMain, []Flight{
		{Initiator, Clear, []Rule{one(isakmp.PayloadSA)}},
		{Responder, Clear, []Rule{one(isakmp.PayloadSA)}},
		{Initiator, Clear, []Rule{one(isakmp.PayloadKE), one(isakmp.PayloadNonce)}},
		{Responder, Clear, []Rule{one(isakmp.PayloadKE), one(isakmp.PayloadNonce)}},
		authFlight(Initiator, Encrypted, some(isakmp.PayloadID)),
		authFlight(Responder, Encrypted, some(isakmp.PayloadID)),
	}},
	//	HDR, SA, KE, Ni, IDii         -->
	//	                              <--    HDR, SA, KE, Nr, IDir, HASH_R
	//	HDR, HASH_I                   -->
	{"Aggressive Mode", isakmp.ExchangeAggressive, []Flight{
		{Initiator, Clear, []Rule{one(isakmp.PayloadSA), one(isakmp.PayloadKE), one(isakmp.PayloadNonce), some(isakmp.PayloadID)}},
		authFlight(Responder, Clear, one(isakmp.PayloadSA), one(isakmp.PayloadKE), one(isakmp.PayloadNonce), some(isakmp.PayloadID)),
		authFlight(Initiator, Either),
	}},
	//	HDR, SA, IDii, Ni             -->
	//	                              <--    HDR, SA, IDir, Nr
	//	HDR, KE, HASH_I               -->
	//	                              <--    HDR, KE, HASH_R
	{"Base Mode", isakmp.ExchangeBase, []Flight{
		{Initiator, Clear, []Rule{one(isakmp.PayloadSA), one(isakmp.PayloadNonce), some(isakmp.PayloadID)}},
		{Responder, Clear, []Rule{one(isakmp.PayloadSA), one(isakmp.PayloadNonce), some(isakmp.PayloadID)}},
		authFlight(Initiator, Clear, one(isakmp.PayloadKE)),
		authFlight(Responder, Clear, one(isakmp.PayloadKE)),
	}},
	// RFC 2409, section 5.5:
	//
	//	HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr]  -->
	//	                <--    HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr]
	//	HDR*, HASH(3)                                -->
	{"Quick Mode", isakmp.ExchangeQuick, []Flight{
		{Initiator, Encrypted, []Rule{one(isakmp.PayloadHash), {isakmp.PayloadSA, 1, 16}, one(isakmp.PayloadNonce), some(isakmp.PayloadKE), {isakmp.PayloadID, 0, 2}}},
		{Responder, Encrypted, []Rule{one(isakmp.PayloadHash), {isakmp.PayloadSA, 1, 16}, one(isakmp.PayloadNonce), some(isakmp.PayloadKE), {isakmp.PayloadID, 0, 2}}},
		{Initiator, Encrypted, []Rule{one(isakmp.PayloadHash)}},
	}},
}

// ScriptOf returns the script of an exchange type; ok is false for exchanges
// without a fixed number of messages.
func ScriptOf(t isakmp.ExchangeType) (Script, bool) {
	for _, s := range scripts {
		if s.Exchange == t {
			return s, true
		}
	}
	return Script{}, false
}

// proves reports whether the message holds its sender's proof of identity.
func (f Flight) proves() bool {
	return slices.ContainsFunc(f.Rules, func(r Rule) bool { return r == authenticated[1] })
}

// fits reports whether m can be this flight, by sender, protection and payloads.
func (f Flight) fits(m *Message) bool {
	if f.Speaker != speaker(m.FromInitiator) || !f.Protection.allows(m.Encrypted()) {
		return false
	}
	if m.Encrypted() {
		return true
	}
	lacks := false
	for _, r := range f.Rules {
		n := len(m.All(r.Payload))
		if n > r.Max {
			return false
		}
		lacks = lacks || n < r.Min
	}
	return !lacks || m.Missing > 0 && f.begins(m.Header.NextPayload)
}

// begins reports whether the flight must hold a payload of type t. Of a message that
// the capture cut, the header names the first one (RFC 2408, section 3.1).
func (f Flight) begins(t isakmp.PayloadType) bool {
	return slices.ContainsFunc(f.Rules, func(r Rule) bool { return r.Payload == t && r.Min > 0 })
}

// Lacks reports whether a message, unencrypted, has not all that its position in the
// exchange requires, since the capture cut it.
func (s Script) Lacks(m *Message) bool {
	if m.Position < 1 || m.Position > len(s.Flights) || m.Missing == 0 || m.Encrypted() {
		return false
	}
	return slices.ContainsFunc(s.Flights[m.Position-1].Rules, func(r Rule) bool { return len(m.All(r.Payload)) < r.Min })
}

// place returns the 1-based position of m in the exchange, 0 if it fits nowhere.
func (s Script) place(m *Message) int {
	for i, f := range s.Flights {
		if f.fits(m) {
			return i + 1
		}
	}
	return 0
}
