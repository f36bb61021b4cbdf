package analysis

import (
	"fmt"
	"strings"

	"ikescope/pcaps"
	"ikescope/secrets"
)

// learnEmbedded takes the keys that captures hold in decryption secrets blocks and
// that it has not seen yet.
func (r *runner) learnEmbedded() {
	count := map[int]int{}
	ring := new(secrets.Ring)
	for _, b := range r.set.Secrets() {
		n := count[b.Capture]
		count[b.Capture]++
		if n < r.embedded[b.Capture] {
			continue
		}
		keys, warnings, err := secrets.ReadSecretsBlock(r.blockName(b), uint32(b.Type), b.Data)
		r.warn(warnings...)
		if err != nil {
			r.warn(secrets.Warning{Source: secrets.Source{File: r.blockName(b)}, Text: err.Error()})
			continue
		}
		ring.Merge(keys)
	}
	for capture, n := range count {
		r.embedded[capture] = max(r.embedded[capture], n)
	}
	if ring.Len() > 0 {
		r.resolve.learn(ring)
		flows := r.collect.flows
		flows.fresh = append(flows.fresh[:0], flows.order...) // to be tried again
	}
}

// maxWarnings bounds the warnings about secrets that captures hold.
const maxWarnings = 20

func (r *runner) warn(ws ...secrets.Warning) {
	room := min(len(ws), maxWarnings-len(r.warnings))
	r.warnings = append(r.warnings, ws[:room]...)
	r.unwarned += len(ws) - room
}

// told are the warnings, the last of which counts those that are left out.
func (r *runner) told() []secrets.Warning {
	if r.unwarned == 0 {
		return r.warnings
	}
	return append(r.warnings, secrets.Warning{Source: secrets.Source{File: "captures" + embeddedMark}, Text: fmt.Sprintf("%d more warnings", r.unwarned)})
}

// embeddedMark ends the name of secrets that stood in a capture.
const embeddedMark = " (embedded keys)"

// Embedded reports whether a secret stood in a capture, so that no file is to be
// named with -k.
func Embedded(s secrets.Source) bool { return strings.HasSuffix(s.File, embeddedMark) }

// blockName is what messages call a block's secrets.
func (r *runner) blockName(b pcaps.SecretsBlock) string {
	return r.set.Captures()[b.Capture].Path + embeddedMark
}

// learn adds IPsec keys to those that the user supplied.
func (r *resolver) learn(more *secrets.Ring) {
	old := r.ring
	ring := new(secrets.Ring)
	*ring = *old
	ring.ESPs = append([]secrets.ESP(nil), old.ESPs...)
	ring.Merge(&secrets.Ring{ESPs: more.ESPs})
	place := make(map[*secrets.ESP]int, len(old.ESPs))
	for i := range old.ESPs {
		place[&old.ESPs[i]] = i
	}
	moved := func(s *SA) {
		if i, ok := place[s.Given]; ok {
			s.Given = &ring.ESPs[i]
		}
	}
	for _, s := range r.every() {
		moved(s)
	}
	r.table.learn(ring, moved)
	trials, missed := r.given.trials, r.given.missed
	r.ring, r.given = ring, newKeyring(ring)
	r.given.trials, r.given.missed = trials, missed
}
