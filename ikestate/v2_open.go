package ikestate

import (
	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// unsealed is the content of an Encrypted payload or fragment.
type unsealed struct {
	m        *Message
	plain    []byte
	verified bool
	by       int // index of the keys that fit
}

// openSealed decrypts the Encrypted payload or fragment of a message
// with the first keys that fit.
func openSealed(all [][2]keymat.SKProtection, m *Message) (u unsealed, err error) {
	at := m.sealed.Offset + genericHeaderLen
	if m.sealed.Type == isakmp.PayloadEncryptedFragment {
		at += ikev2.FragmentHeaderLen
	}
	end := m.sealed.Offset + len(m.sealed.Raw)
	if at > end || end > len(m.Raw) {
		return u, keymat.ErrSealedShort
	}
	u.m, err = m, keymat.ErrICV
	for i, p := range all {
		if u.plain, u.verified, err = p[speaker(m.FromInitiator)].Open(m.Raw[:end], at); err == nil {
			u.by = i
			break
		}
	}
	return u, err
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
		u, err := openSealed(c.IKEv2.protections, m)
		if err != nil {
			continue
		}
		m.Verified, m.openedBy = Unchecked, u.by
		if u.verified {
			m.Verified = Verified
		}
		if m.sealed.Type != isakmp.PayloadEncryptedFragment {
			m.readSealed(u.plain)
		} else if parts.add(u) {
			m.Decrypted, m.Plain = true, u.plain
		}
	}
	for _, u := range parts.join() {
		u.m.readSealed(u.plain)
	}
	parts.noteMissing()
}

// readSealed reads the chain inside an Encrypted payload, which takes the place of
// that payload.
func (m *Message) readSealed(plain []byte) {
	ps, _, err := isakmp.ParsePayloads(m.sealed.Next, plain, isakmp.HeaderLen)
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
	parts map[fragmentKey][]fragmentV2
}

type fragmentKey struct {
	mid               uint32
	fromI, isResponse bool
	total             uint16
}

type fragmentV2 struct {
	unsealed
	number uint16
}

// add takes a fragment and reports whether it is one that was not there yet.
func (f *fragmentsV2) add(u unsealed) bool {
	m := u.m
	head, err := ikev2.ParseFragment(m.sealed.Body)
	if err != nil {
		return false
	}
	if f.parts == nil {
		f.parts = map[fragmentKey][]fragmentV2{}
	}
	k := fragmentKey{m.Header.MessageID, m.FromInitiator, m.Header.Flags&isakmp.FlagResponse != 0, head.Total}
	if f.parts[k] == nil {
		f.order = append(f.order, k)
	}
	for _, p := range f.parts[k] {
		if p.number == head.Number {
			return false
		}
	}
	f.parts[k] = append(f.parts[k], fragmentV2{u, head.Number})
	return true
}

// join returns each complete message; its first fragment stands for it (RFC 7383,
// section 2.6.2: the first payload's type is in fragment 1).
func (f *fragmentsV2) join() (whole []unsealed) {
	for _, k := range f.order {
		parts := f.parts[k]
		if len(parts) != int(k.total) {
			continue
		}
		byNumber := make([]fragmentV2, k.total)
		for _, p := range parts {
			byNumber[p.number-1] = p
		}
		u := byNumber[0].unsealed
		u.plain = nil
		for _, p := range byNumber {
			u.plain = append(u.plain, p.plain...)
		}
		whole = append(whole, u)
	}
	return whole
}

// noteMissing notes on fragments that others of their message are not there.
func (f *fragmentsV2) noteMissing() {
	for _, k := range f.order {
		if parts := f.parts[k]; len(parts) != int(k.total) {
			for _, p := range parts {
				p.m.Note = "other fragments of this message are missing"
			}
		}
	}
}
