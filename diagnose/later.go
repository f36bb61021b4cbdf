package diagnose

import (
	"cmp"

	"ikescope/ikestate"
)

// success is the last time that something worked between two peers: a phase 1
// (traffic ""), any Quick Mode (traffic "*"), or one for certain selectors.
type success struct {
	between peers
	traffic string
}

// successes finds the first messages of what worked last.
func (x *examiner) successes() map[success]*ikestate.Message {
	if x.worked != nil {
		return x.worked
	}
	x.worked = map[success]*ikestate.Message{}
	note := func(k success, m *ikestate.Message) {
		if have := x.worked[k]; have == nil || have.Frame < m.Frame {
			x.worked[k] = m
		}
	}
	for _, v := range x.views {
		if v.proceeded() && v.Phase1.State == ikestate.Established {
			note(success{v.between, ""}, v.Messages[0])
		}
		for _, q := range v.quicks {
			if q.msg == nil || q.State != ikestate.Established {
				continue
			}
			note(success{v.between, "*"}, q.msg)
			if len(q.Offered) > 0 {
				note(success{v.between, q.traffic()}, q.msg)
			}
		}
	}
	for _, v := range x.v2s {
		if v.Phase1.State == ikestate.Established && v.upV2() {
			note(success{v.between, ""}, v.Messages[0])
		}
	}
	return x.worked
}

// fail adds a finding about a phase 1. It is a warning where one of the same
// peers worked later.
func (x *examiner) fail(v *view, d *draft) {
	x.addUnless(x.successes()[success{v.between, ""}], v.Messages[0], d)
}

// failQuick adds a finding about a Quick Mode. It is a warning where one for the
// same selectors worked later, or one that may have been for the same.
func (x *examiner) failQuick(q *quick, d *draft) {
	k := success{q.between, "*"}
	if len(q.Offered) > 0 {
		k.traffic = q.traffic()
	}
	at := q.msg
	if at == nil {
		at = q.last()
	}
	x.addUnless(x.successes()[k], at, d)
}

func (x *examiner) addUnless(later, failed *ikestate.Message, d *draft) {
	if later != nil && later.Frame > failed.Frame && d.Severity == Error {
		d.as(Warning).line("Later it worked: see %s.", packets([]int64{later.Frame}))
		d.same = cmp.Or(d.same, d.Summary) + ", at first"
	}
	x.add(d)
}
