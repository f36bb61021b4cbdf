package main

import (
	"fmt"

	"ikescope/pcaps"
)

// judgeCaptures warns of damage in the captures. It is an error if one of them is
// damaged and none held a packet.
func (a *app) judgeCaptures(captures []pcaps.CaptureInfo) error {
	var packets int64
	var first *pcaps.Problem
	for i := range captures {
		c := &captures[i]
		packets += c.Packets
		for j := range c.Problems {
			if p := &c.Problems[j]; p.Kind.Incomplete() && first == nil {
				first = p
			}
		}
	}
	if packets == 0 && first != nil {
		return fmt.Errorf("%s: %s", captureName(first.Path), first.Text)
	}
	for i := range captures {
		a.warnOfDamage(&captures[i])
	}
	return nil
}

// captureName is what a capture is called in messages.
func captureName(path string) string {
	if path == stdinName {
		return "standard input"
	}
	return path
}

// warnOfDamage prints the first problem of each kind, and how many there are.
func (a *app) warnOfDamage(c *pcaps.CaptureInfo) {
	for _, p := range c.Kinds() {
		text := p.Text
		if p.Kind.Incomplete() {
			text += "; everything before it was read"
		}
		a.warn("%s: %s", captureName(c.Path), text)
	}
}
