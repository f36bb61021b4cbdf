package secrets

import (
	"ikescope/keymat"
	"ikescope/suite"
)

// Daemons print the keys of phase 1 without the cookies to which they belong; those stand elsewhere in the log, or
// nowhere. SKEYID_d tells, since it is a function of both (RFC 2409 section 5).

// cookiePair identifies an ISAKMP SA.
type cookiePair struct{ i, r [8]byte }

// phase1Keys is what a log says of the keys of one ISAKMP SA.
type phase1Keys struct {
	line int // of the first key
	gxy  keymat.Secret
	keys ISAKMP
}

// Names of the keys of phase 1 that RFC 2409 describes but gives no name.
const (
	cipherKeyName = "cipher key" // appendix B
	initialIVName = "initial IV"
)

// key is the place of a key by the name that RFC 2409 or a constant above gives it, nil if they give it to none.
func (i *ISAKMP) key(name string) *keymat.Secret {
	switch name {
	case "SKEYID":
		return &i.SKEYID
	case "SKEYID_d":
		return &i.SKEYIDd
	case "SKEYID_a":
		return &i.SKEYIDa
	case "SKEYID_e":
		return &i.SKEYIDe
	case cipherKeyName:
		return &i.CipherKey
	case initialIVName:
		return &i.InitialIV
	}
	return nil
}

// binder finds the cookies of the key sets of one file. What it holds is bounded; a set whose cookies do not turn up is
// handed over without them.
type binder struct {
	c       *collector
	pairs   []cookiePair // the latest, without order
	next    int          // place of the oldest of pairs, once there are maxPairs
	known   map[cookiePair]struct{}
	waiting []phase1Keys
}

const (
	maxPairs   = 1 << 10
	maxWaiting = 64
)

func newBinder(c *collector) *binder { return &binder{c: c, known: map[cookiePair]struct{}{}} }

// saw notes the cookies of an ISAKMP SA, once both are there.
func (b *binder) saw(p cookiePair) {
	if p.i == ([8]byte{}) || p.r == ([8]byte{}) {
		return
	}
	if _, old := b.known[p]; old {
		return
	}
	b.known[p] = struct{}{}
	if len(b.pairs) < maxPairs {
		b.pairs = append(b.pairs, p)
	} else {
		delete(b.known, b.pairs[b.next])
		b.pairs[b.next] = p
		b.next = (b.next + 1) % maxPairs
	}
	for i, k := range b.waiting {
		if k.belongsTo(p) {
			b.waiting = append(b.waiting[:i], b.waiting[i+1:]...)
			b.hand(k, &p)
			return
		}
	}
}

// add takes a key set. Without g^xy or SKEYID nothing can be computed, and it is handed over at once.
func (b *binder) add(k phase1Keys) {
	i := k.keys
	if i.SKEYID.IsZero() && i.SKEYIDd.IsZero() && i.SKEYIDa.IsZero() && i.SKEYIDe.IsZero() && i.CipherKey.IsZero() {
		return
	}
	if k.gxy.IsZero() || i.SKEYID.IsZero() || i.SKEYIDd.IsZero() {
		b.hand(k, nil)
		return
	}
	for i := len(b.pairs) - 1; i >= 0; i-- { // the latest are the likeliest
		if p := b.pairs[i]; k.belongsTo(p) {
			b.hand(k, &p)
			return
		}
	}
	if len(b.waiting) == maxWaiting {
		b.hand(b.waiting[0], nil)
		b.waiting = append(b.waiting[:0], b.waiting[1:]...)
	}
	b.waiting = append(b.waiting, k)
}

// close hands over what is left.
func (b *binder) close() {
	for _, k := range b.waiting {
		b.hand(k, nil)
	}
	b.waiting = nil
}

func (b *binder) hand(k phase1Keys, p *cookiePair) {
	if p != nil {
		k.keys.CookieI, k.keys.CookieR = &p.i, &p.r
	}
	b.c.isakmp(k.line, k.keys)
}

// belongsTo computes SKEYID_d from SKEYID, g^xy and the cookies.
func (k phase1Keys) belongsTo(p cookiePair) bool {
	prf, ok := prfOfSize(k.keys.SKEYID.Len())
	if !ok {
		return false
	}
	d := keymat.SKEYIDFrom(k.keys.SKEYID).Derive(keymat.Phase1{PRF: prf, CookieI: p.i, CookieR: p.r}, k.gxy).D
	return d.Secret().Equal(k.keys.SKEYIDd)
}

// prfOfSize is the HMAC whose output has n octets: phase 1 has one hash of each length.
func prfOfSize(n int) (suite.PRF, bool) {
	for id := uint16(1); id <= 6; id++ {
		if h, ok := suite.Phase1Hash(id); ok && h.Size == n && h.Computable() {
			return suite.HMAC(h), true
		}
	}
	return suite.PRF{}, false
}
