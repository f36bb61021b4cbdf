package esp

import "ikescope/esp/kernel/aesgcm"

// gcmKernel is GCM for all packets of a batch at once.
type gcmKernel struct {
	key  *aesgcm.Key
	salt []byte
}

func (t gcmKernel) session(s *SA, x *scratch) session {
	o := &messagesOpener{combined: combined{sa: s, x: x}, key: t.key}
	copy(o.nonce0[:], t.salt)
	return session{o, o}
}

// messagesOpener gives the kernel all packets of a batch.
type messagesOpener struct {
	combined
	key    *aesgcm.Key
	nonce0 [aesgcm.NonceLen]byte // salt, IV 0
}

// verify decrypts in place: the kernel leaves packets whose ICV is wrong as
// they were.
func (o *messagesOpener) verify(batch []Packet) {
	if cap(o.x.messages) < len(batch) {
		o.x.messages = make([]aesgcm.Message, len(batch))
	}
	messages := o.x.messages[:len(batch)]
	n := 0
	for i := range batch {
		if p := &batch[i]; p.live {
			o.fill(&messages[n], p)
			n++
		}
	}
	o.key.Open(messages[:n])
	n = 0
	for i := range batch {
		if p := &batch[i]; p.live {
			o.settle(p, &messages[n])
			n++
		}
	}
}

func (o *messagesOpener) fill(m *aesgcm.Message, p *Packet) {
	m.Text, m.Tag = o.sa.body(p), o.sa.icv(p)
	m.Nonce = o.nonce0
	*(*[8]byte)(m.Nonce[4:]) = o.sa.iv8(p)
	m.AADLen = uint32(copy(m.AAD[:], o.aad(p)))
}

func (o *messagesOpener) settle(p *Packet, m *aesgcm.Message) {
	o.x.settle(p, m.OK)
	if p.live && !m.OK {
		o.key.Decrypt([]aesgcm.Message{*m})
	}
}
