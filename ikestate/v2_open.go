package ikestate

import (
	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
)

// suppliedV2 starts from keys that the user supplied.
func suppliedV2(s *secrets.IKEv2, under *Proposal) attemptV2 {
	l := Ladder{Rung: RungSKEYIDe, DHSource: s.Source}
	if !s.SKd.IsZero() {
		l.Rung = RungSKEYID
	}
	return attemptV2{under: under, ladder: l, keys: keymat.IKEv2Keys{
		D:  keymat.SKdFrom(s.SKd),
		Ai: keymat.SKaFrom(s.SKai), Ar: keymat.SKaFrom(s.SKar),
		Ei: keymat.SKeFrom(s.SKei), Er: keymat.SKeFrom(s.SKer),
	}}
}

// testV2 tries keys on the first encrypted messages of either side.
func (c *Conversation) testV2(a attemptV2) score {
	protection := a.protection()
	tested := false
	for i, m := range c.Messages {
		if m.sealed.Raw == nil || m.Missing > 0 || i > maxTestedMessages {
			continue
		}
		tested = true
		switch _, verified, err := openSealed(protection, m); {
		case err == nil && verified:
			return proved
		case err == nil:
			return readable
		}
	}
	if tested {
		return hopeless
	}
	return untested
}

// maxTestedMessages bounds the work that one wrong key costs.
const maxTestedMessages = 64

// openSealed decrypts the Encrypted payload or fragment of a message.
func openSealed(p [2]keymat.SKProtection, m *Message) (plain []byte, verified bool, err error) {
	at := m.sealed.Offset + genericHeaderLen
	if m.sealed.Type == isakmp.PayloadEncryptedFragment {
		at += ikev2.FragmentHeaderLen
	}
	end := m.sealed.Offset + len(m.sealed.Raw)
	if at > end || end > len(m.Raw) {
		return nil, false, keymat.ErrSealedShort
	}
	return p[speaker(m.FromInitiator)].Open(m.Raw[:end], at)
}

// genericHeaderLen is the length of a payload's generic header in octets.
const genericHeaderLen = 4

// openV2 decrypts every message; fragments are joined first (RFC 7383).
func (c *Conversation) openV2() {
	if c.IKEv2.Keys.Ei.IsZero() && c.IKEv2.Keys.Er.IsZero() {
		return
	}
	var parts fragmentsV2
	for _, m := range c.Messages {
		if m.sealed.Raw == nil || m.Missing > 0 {
			continue
		}
		plain, verified, err := openSealed(c.IKEv2.protection, m)
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
