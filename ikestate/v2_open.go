package ikestate

import (
	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// openSealed decrypts the Encrypted payload or fragment of a message
// with the first keys that fit.
func openSealed(all [][2]keymat.SKProtection, m *Message) (plain []byte, verified bool, err error) {
	at := m.sealed.Offset + genericHeaderLen
	if m.sealed.Type == isakmp.PayloadEncryptedFragment {
		at += ikev2.FragmentHeaderLen
	}
	end := m.sealed.Offset + len(m.sealed.Raw)
	if at > end || end > len(m.Raw) {
		return nil, false, keymat.ErrSealedShort
	}
	err = keymat.ErrICV
	for _, p := range all {
		if plain, verified, err = p[speaker(m.FromInitiator)].Open(m.Raw[:end], at); err == nil {
			break
		}
	}
	return plain, verified, err
}

// genericHeaderLen is the length of a payload's generic header in octets.
const genericHeaderLen = 4

// openV2 decrypts every message; fragments are joined first (RFC 7383).
func (c *Conversation) openV2() {
	var parts fragmentsV2
	for _, m := range c.Messages {
		if m.sealed.Raw == nil || m.Missing > 0 {
			continue
		}
		plain, verified, err := openSealed(c.IKEv2.protections, m)
		if err != nil {
			continue
		}
		m.Verified = Unchecked
		if verified {
			m.Verified = Verified
		}
		if m.sealed.Type == isakmp.PayloadEncryptedFragment {
			parts.add(m, plain)
			continue
		}
		m.readSealed(m.sealed.Next, plain)
	}
	parts.join()
}

// readSealed reads the chain inside an Encrypted payload, which takes the place of
// that payload.
func (m *Message) readSealed(first isakmp.PayloadType, plain []byte) {
	ps, _, err := isakmp.ParsePayloads(first, plain, isakmp.HeaderLen)
	outer := m.Payloads[:len(m.Payloads)-1]
	m.Payloads = append(outer[:len(outer):len(outer)], ps...)
	m.Plain, m.Decrypted = plain, true
	if err != nil {
		m.Problem = err
	}
}

// fragmentsV2 collects the opened fragments of messages.
type fragmentsV2 struct {
	order []fragmentKey
	parts map[fragmentKey][]*fragmentV2
}

type fragmentKey struct {
	mid               uint32
	fromI, isResponse bool
	total             uint16
}

type fragmentV2 struct {
	number uint16
	m      *Message
	plain  []byte
}

func (f *fragmentsV2) add(m *Message, plain []byte) {
	head, err := ikev2.ParseFragment(m.sealed.Body)
	if err != nil {
		return
	}
	if f.parts == nil {
		f.parts = map[fragmentKey][]*fragmentV2{}
	}
	k := fragmentKey{m.Header.MessageID, m.FromInitiator, m.Header.Flags&isakmp.FlagResponse != 0, head.Total}
	if f.parts[k] == nil {
		f.order = append(f.order, k)
	}
	for _, p := range f.parts[k] {
		if p.number == head.Number {
			return
		}
	}
	m.Decrypted, m.Plain = true, plain
	f.parts[k] = append(f.parts[k], &fragmentV2{head.Number, m, plain})
}

// join reads each complete message; its first fragment stands for it (RFC 7383,
// section 2.6.2: the first payload's type is in fragment 1).
func (f *fragmentsV2) join() {
	for _, k := range f.order {
		parts := f.parts[k]
		if len(parts) != int(k.total) {
			for _, p := range parts {
				p.m.Note = "other fragments of this message are missing"
			}
			continue
		}
		byNumber := make([]*fragmentV2, k.total)
		for _, p := range parts {
			byNumber[p.number-1] = p
		}
		var whole []byte
		for _, p := range byNumber {
			whole = append(whole, p.plain...)
		}
		byNumber[0].m.readSealed(byNumber[0].m.sealed.Next, whole)
	}
}
