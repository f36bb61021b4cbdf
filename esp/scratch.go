package esp

import (
	"ikescope/esp/kernel/aesctr"
	"ikescope/esp/kernel/aesgcm"
	"ikescope/esp/kernel/des"
	"ikescope/esp/kernel/hmac"
)

// maxTag is the longest ICV of a combined mode in octets; sealing writes that
// many octets behind the text.
const maxTag = 16

// scratch is the memory of one worker that its sessions share.
type scratch struct {
	unverified bool // packets whose ICV failed are decrypted too

	nonce [16]byte
	aad   [HeaderLen + 4]byte
	seqHi [4]byte
	sum   []byte // an untruncated ICV
	text  []byte // a packet's plaintext before it is known to be good, or what is authenticated
	again []byte // a second one

	engines [hmac.Hashes]*hmac.Engine // made when first needed
	jobs    []hmac.Job
	des     *des.Batch // made when first needed

	// What a kernel gets of a batch.
	chains   [][]byte
	texts    []aesctr.Text
	messages []aesgcm.Message
}

// room returns n octets of b, which grows to the longest packet seen.
func room(b *[]byte, n int) []byte {
	if cap(*b) < n {
		*b = make([]byte, n, n+n/2)
	}
	return (*b)[:n]
}

// settle records whether a packet's ICV verified.
func (x *scratch) settle(p *Packet, verified bool) {
	if verified {
		p.Verdict = OK
		return
	}
	p.Verdict = ICVFailed
	p.live = x.unverified
}
