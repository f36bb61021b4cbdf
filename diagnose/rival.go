package diagnose

import (
	"bytes"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// maxRivals bounds how many pre-shared keys are tried on a refusal.
const maxRivals = 256

// rival looks for the pre-shared key under which a peer answered, where it is not
// the one of the message that it answers. HASH(1) of the answer proves it.
func (x *examiner) rival(st *stage, answers []*ikestate.Message) (r rivalAnswer, ok bool) {
	p := st.Phase1
	if x.Ring == nil || p.Chosen == nil || !p.Chosen.Computable() {
		return r, false
	}
	if r, ok = x.loggedRival(st, answers); ok || p.NonceI == nil || p.NonceR == nil {
		return r, ok
	}
	for _, g := range x.agreements(st.view) {
		for i := range x.Ring.PSKs[:min(len(x.Ring.PSKs), maxRivals)] {
			k := &x.Ring.PSKs[i]
			if !st.MayUse(k) {
				continue
			}
			keys := rivalKeys(st, k.Secret, g.secret)
			for _, m := range answers {
				if said, opened := keys.open(st, m); opened {
					return rivalAnswer{peerKey{source: k.Source}, []secrets.Source{k.Source, g.source}, m, said}, true
				}
			}
		}
	}
	return r, false
}

// rivalAnswer is an answer that another pre-shared key, or what came of it, opened.
type rivalAnswer struct {
	key     peerKey
	secrets []secrets.Source // the evidence
	msg     *ikestate.Message
	said    string
}

// loggedRival is rival with the keys that a peer's log says it derived.
func (x *examiner) loggedRival(st *stage, answers []*ikestate.Message) (r rivalAnswer, ok bool) {
	in := st.derivation()
	chosen := st.Phase1.Chosen
	for i := range x.Ring.ISAKMPs[:min(len(x.Ring.ISAKMPs), maxRivals)] {
		k := &x.Ring.ISAKMPs[i]
		if k.SKEYIDa.IsZero() || k.SKEYIDe.IsZero() || k.CookieI == nil || *k.CookieI != st.CookieI || k.CookieR != nil && *k.CookieR != st.CookieR {
			continue
		}
		keys := newRivalSet(in, chosen, keymat.Keys{A: keymat.SKEYIDaFrom(k.SKEYIDa), E: keymat.SKEYIDeFrom(k.SKEYIDe)})
		for _, m := range answers {
			if said, opened := keys.open(st, m); opened {
				return rivalAnswer{peerKey{k.Source, true}, append(x.madeOf(k, in), k.Source), m, said}, true
			}
		}
	}
	return r, false
}

// madeOf lists the shared secrets of the user from which logged keys follow (RFC
// 2409, section 5).
func (x *examiner) madeOf(k *secrets.ISAKMP, in keymat.Phase1) (from []secrets.Source) {
	if k.SKEYID.IsZero() {
		return nil
	}
	for _, d := range x.Ring.DHs[:min(len(x.Ring.DHs), maxRivals)] {
		if !d.Shared.IsZero() && keymat.SKEYIDFrom(k.SKEYID).Derive(in, d.Shared).A.Secret().Equal(k.SKEYIDa) {
			from = append(from, d.Source)
		}
	}
	return from
}

// agreement is a shared secret that is, or may be, that of a phase 1.
type agreement struct {
	secret keymat.Secret
	source secrets.Source
}

// agreements lists the shared secrets that may be that of a phase 1: the one that
// is known, else the one that a private value proves, else those of its length.
func (x *examiner) agreements(v *view) (gs []agreement) {
	p := v.Phase1
	if l := p.Ladder; !l.GXY.IsZero() {
		return []agreement{{l.GXY, l.DHSource}}
	}
	if p.Chosen == nil || !p.Chosen.Group.Computable() || len(p.GXI) == 0 || len(p.GXR) == 0 {
		return nil
	}
	for i := range x.Ring.DHs[:min(len(x.Ring.DHs), maxRivals)] {
		d := &x.Ring.DHs[i]
		if d.Private.IsZero() && d.Shared.Len() == p.Chosen.Group.SharedLen {
			gs = append(gs, agreement{d.Shared, d.Source})
		}
		peer := p.GXR
		switch own := x.public(i, p.Chosen.Group); {
		case own == nil:
			continue
		case bytes.Equal(own, p.GXI):
		case bytes.Equal(own, p.GXR):
			peer = p.GXI
		default:
			continue
		}
		if z, err := p.Chosen.Group.Shared(d.Private.Bytes(), peer); err == nil {
			return []agreement{{keymat.NewSecret(z), d.Source}}
		}
	}
	return gs
}

// publicKey names the public value of one of the user's private values in a group.
type publicKey struct {
	dh    int
	group string
}

// public returns that value, nil where there is none.
func (x *examiner) public(dh int, g suite.Group) []byte {
	private := x.Ring.DHs[dh].Private
	if private.IsZero() || !g.Computable() {
		return nil
	}
	k := publicKey{dh, g.Name}
	v, ok := x.publics[k]
	if !ok {
		v, _ = g.Public(private.Bytes())
		x.publics[k] = v
	}
	return v
}

// rivalSet is the ISAKMP SA as a peer with another pre-shared key sees it.
type rivalSet struct {
	hash   suite.Hash
	cipher suite.Cipher
	keys   keymat.Keys
	key    keymat.CipherKey
	prf    suite.PRF
	start  []byte // phase 1's first vector
}

func rivalKeys(st *stage, psk, gxy keymat.Secret) rivalSet {
	in := st.derivation()
	return newRivalSet(in, st.Phase1.Chosen, in.SKEYIDFromPSK(psk).Derive(in, gxy))
}

// derivation is what SKEYID and its keys are made of besides secrets.
func (st *stage) derivation() keymat.Phase1 {
	p := st.Phase1
	return keymat.Phase1{
		PRF: suite.HMAC(p.Chosen.Hash), Hash: p.Chosen.Hash, CookieI: st.CookieI, CookieR: st.CookieR,
		NiB: p.NonceI, NrB: p.NonceR, GXI: p.GXI, GXR: p.GXR,
	}
}

func newRivalSet(in keymat.Phase1, chosen *ikestate.Proposal, keys keymat.Keys) rivalSet {
	return rivalSet{
		hash: chosen.Hash, cipher: chosen.Cipher, prf: in.PRF, start: in.InitialIV(chosen.Cipher.BlockLen),
		keys: keys, key: keys.E.CipherKey(in.PRF, chosen.Cipher),
	}
}

// open decrypts an Informational message. Its vector chains to the last block of
// phase 1 that the peer took, which may be that of any message of it, or none
// (RFC 2409, appendix B).
func (r rivalSet) open(st *stage, m *ikestate.Message) (said string, ok bool) {
	if !m.Encrypted() || m.Missing > 0 {
		return "", false
	}
	blocks := [][]byte{r.start}
	for _, f := range st.Phase1.Flights {
		if f != nil && f.Encrypted() {
			blocks = append(blocks, keymat.LastBlock(body(f), r.cipher.BlockLen))
		}
	}
	for _, b := range blocks {
		if len(b) != r.cipher.BlockLen {
			continue
		}
		iv := keymat.Phase2IV(r.hash, b, m.Header.MessageID, r.cipher.BlockLen)
		plain, err := keymat.DecryptCBC(r.cipher, r.key, iv, body(m))
		if err != nil {
			continue
		}
		if said, ok := r.verify(m, plain); ok {
			return said, true
		}
	}
	return "", false
}

// verify checks HASH(1) and names what stands behind it.
func (r rivalSet) verify(m *ikestate.Message, plain []byte) (said string, ok bool) {
	ps, _, err := isakmp.ParsePayloads(m.Header.NextPayload, plain, isakmp.HeaderLen)
	if err != nil || len(ps) < 2 || ps[0].Type != isakmp.PayloadHash {
		return "", false
	}
	var rest [][]byte
	for _, p := range ps[1:] {
		rest = append(rest, p.Raw)
	}
	if !bytes.Equal(ps[0].Body, r.keys.A.Hash1(r.prf, m.Header.MessageID, slices.Concat(rest...))) {
		return "", false
	}
	if n, err := isakmp.ParseNotify(ps[1].Body); ps[1].Type == isakmp.PayloadNotify && err == nil {
		return n.Type.String(), true
	}
	return ps[1].Type.String(), true
}

// body is what follows a message's header, without octets behind its end.
func body(m *ikestate.Message) []byte {
	end := len(m.Raw)
	if n := int64(m.Header.Length); n >= isakmp.HeaderLen && n < int64(end) {
		end = int(n)
	}
	return m.Raw[min(isakmp.HeaderLen, end):end]
}
