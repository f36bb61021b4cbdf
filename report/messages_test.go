package report

import (
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

func listed(t *testing.T, o Options, ms ...*ikestate.Message) string {
	t.Helper()
	name := "messages"
	if o.Verbose {
		name += " v"
	}
	return output{name, Messages}.render(t, result(conversation(ms...)), o)
}

func TestMessageLines(t *testing.T) {
	quick := message(9, true, isakmp.ExchangeQuick, payload(isakmp.PayloadHash, "h"), payload(isakmp.PayloadID, "i"), payload(isakmp.PayloadID, "j"))
	quick.Header.MessageID, quick.Position, quick.Verified = 0x5f0c31a7, 1, ikestate.Verified
	quick.Header.Flags = isakmp.FlagEncryption
	refusal := message(10, false, isakmp.ExchangeInformational, payload(isakmp.PayloadNotify, body(0, 0, 0, 1, 1, 0, 0, 18)))
	closed := sealed(11, isakmp.ExchangeQuick)
	closed.Header.Length, closed.Note = 172, noKey+"the pre-shared key"
	cut := sealed(12, isakmp.ExchangeQuick)
	cut.Note = "30 octets were not captured"
	part := message(13, true, isakmp.ExchangeMain, payload(isakmp.PayloadFragment, body(0, 1, 1, 0, "data")))
	part.JoinedAs = message(14, true, isakmp.ExchangeMain, payload(isakmp.PayloadNonce, "12345678"))
	part.JoinedAs.Fragments = []*ikestate.Message{part}
	whole := part.JoinedAs
	contains(t, listed(t, Options{}, quick, refusal, closed, cut, part, whole),
		"# time from -> to message", "9 00:18:00.009 192.0.2.1 -> 192.0.2.2 QM1 5f0c31a7 [HASH 2xID] ok",
		"10 00:18:00.010 192.0.2.2 -> 192.0.2.1 INFO N(INVALID-ID-INFORMATION)",
		"11 00:18:00.011", "encrypted, 172 octets", "30 octets were not captured", "FRAGMENT, part of 14", "NONCE - joined from 1 fragments",
		"[ ] decrypted", "To read what is encrypted: the pre-shared key.")
}

func TestMessagesOfNothing(t *testing.T) {
	if got := (output{"messages", Messages}).render(t, result(), Options{}); got != "No IKE message in the capture.\n" {
		t.Errorf("%q", got)
	}
}

// The tree names every field with how it became known.
func TestMessageTrees(t *testing.T) {
	plain := message(3, true, isakmp.ExchangeMain, payload(isakmp.PayloadNonce, "12345678"))
	open := message(9, true, isakmp.ExchangeQuick, payload(isakmp.PayloadHash, "0123456789"), payload(isakmp.PayloadNonce, "12345678"))
	open.Header.Flags, open.HealedOctets = isakmp.FlagEncryption, 8
	closed := sealed(11, isakmp.ExchangeQuick)
	closed.Raw = append(closed.Raw, make([]byte, 100)...)
	out := listed(t, Options{Verbose: true}, plain, open, closed)
	contains(t, out,
		"o observed d derived by decryption r rebuilt u unavailable",
		"packet 3 00:18:00.003 192.0.2.1 -> 192.0.2.2", "o header: main", "o initiator cookie: 0100000000000000", "o nonce: 8 octets", "o nonce: 3132333435363738",
		"packet 9", "o header: quick", "r hash: 10 octets", "d nonce: 8 octets", "the first 8 octets were rebuilt",
		"packet 11", "u payloads: 100 octets of ciphertext")
}

func TestTreesInJSON(t *testing.T) {
	open := message(9, true, isakmp.ExchangeQuick, payload(isakmp.PayloadNonce, "12345678"))
	open.Header.Flags = isakmp.FlagEncryption
	text := output{"messages json v", MessagesJSON}.render(t, result(conversation(open)), Options{})
	tree := parse(t, text)["payload_tree"].([]any)[0].(object)
	if tree["name"] != "nonce" || tree["known"] != "derived" || tree["offset"] != 28.0 {
		t.Errorf("%v", tree)
	}
	if strings.Contains(output{"messages json", MessagesJSON}.render(t, result(conversation(open)), Options{}), "payload_tree") {
		t.Error("trees without being asked")
	}
}
