package replay

// Leap holds a number back that is far ahead of all before it, until the next one
// shows whether the sender, or the capture, went on from there. Numbers are counted
// before their packets are verified: one that was forged would otherwise make all
// that follow look late.
type Leap struct {
	To   uint64 // what is held back
	Held bool
}

// Believes reports whether a number is taken. It is if it is no more than far ahead
// of the highest one so far, or as near to what is held back, which is then right as
// well. Else it is held back itself.
func (l *Leap) Believes(highest, n, far uint64) bool {
	if n <= highest || n-highest <= far {
		l.Held = false
		return true
	}
	if l.Held && max(n, l.To)-min(n, l.To) <= far {
		l.Held = false
		return true
	}
	l.To, l.Held = n, true
	return false
}
