package html

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ikescope/ikestate"
	"ikescope/report"
)

// Geometry of a ladder, in units of its drawing.
const (
	ladderWidth = 400.0
	leftLane    = 80.0
	rightLane   = 392.0
	topRoom     = 52.0
	leastGap    = 27.0 // between two messages: room for a label
	usualGap    = 38.0 // for the median time between two messages
	mostGap     = 90.0
	pauseGap    = 58.0  // for a pause that is longer than mostGap
	labelRoom   = 292.0 // for a label and its packet number
)

// ladder is a diagram of the messages of a conversation, drawn to time: the
// initiator on the left, the responder on the right.
type ladder struct {
	ID            string
	Width, Height float64
	Left, Right   float64
	Foot          float64 // where the lanes end
	Initiator     string
	Responder     string
	Rungs         []rung
	Breaks        []pause
	Summary       string
	Omitted       int
}

// rung is a message.
type rung struct {
	*message
	Y, X1, X2  float64
	Head       string // points of the arrow's head
	Label      string
	LabelY     float64
	Cross      string // path of the cross of one that seems lost
	Lost       bool
	Ghost      bool // not in the capture
	Hit        float64
	TitleAdded string
}

// pause is a time without messages that is longer than it is drawn.
type pause struct {
	Y    float64
	Text string
}

// ladder draws messages; rows and ms belong together.
func (b *builder) ladder(c *ikestate.Conversation, rows []report.Row, ms []*message) *ladder {
	n := take(&b.left.arrows, min(len(rows), arrowsEach))
	b.left.omit("the arrows of %s messages in the ladder diagrams", len(rows)-n)
	l := &ladder{
		ID: fmt.Sprintf("l%d", b.place), Width: ladderWidth, Left: leftLane, Right: rightLane,
		Initiator: c.Initiator.Addr().String(), Responder: c.Responder.Addr().String(), Omitted: len(rows) - n,
	}
	if n == 0 {
		return nil
	}
	rows = rows[:n]
	scale := scaleOf(rows)
	y := topRoom
	for i, r := range rows {
		if i > 0 {
			y += l.gap(b, r.Nanos-rows[i-1].LastAt, scale, y)
		}
		y += l.ghosts(c, r, y)
		l.Rungs = append(l.Rungs, b.rung(c, r, ms[i], y, lost(rows, i)))
	}
	l.Foot, l.Height = y+16, y+24
	l.Summary = fmt.Sprintf("%s between %s, the initiator, and %s, the responder, in %s.",
		b.Many(int64(n), "message"), l.Initiator, l.Responder, b.Apart(rows[n-1].LastAt-rows[0].Nanos))
	return l
}

// scaleOf is units for a nanosecond: the median time between messages takes the
// usual gap.
func scaleOf(rows []report.Row) float64 {
	var gaps []int64
	for i := 1; i < len(rows); i++ {
		if d := rows[i].Nanos - rows[i-1].LastAt; d > 0 {
			gaps = append(gaps, d)
		}
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return usualGap / float64(gaps[len(gaps)/2])
}

// gap is the room for the time since the message before; a long one is cut.
func (l *ladder) gap(b *builder, nanos int64, scale, y float64) float64 {
	room := float64(nanos) * scale
	if room <= mostGap {
		return math.Round(max(room, leastGap))
	}
	l.Breaks = append(l.Breaks, pause{y + (pauseGap-leastGap)/2 - 2, b.Apart(nanos)})
	return pauseGap
}

// ghosts draws the messages of phase 1 that should stand before r and are not in
// the capture. It returns the room that they take.
func (l *ladder) ghosts(c *ikestate.Conversation, r report.Row, y float64) (room float64) {
	p := c.Phase1
	if p == nil || r.Repeats > 0 {
		return 0
	}
	at := slices.Index(p.Flights, r.Message)
	for i := at - 1; i >= 0 && p.Flights[i] == nil; i-- {
		room += leastGap
	}
	for k, i := 0, at-int(room/leastGap); i < at; i, k = i+1, k+1 {
		g := rung{Ghost: true, Label: fmt.Sprintf("message %d is not in the capture", i+1), message: &message{Sender: p.Script.Flights[i].Speaker.String()}}
		g.place(y + float64(k)*leastGap)
		l.Rungs = append(l.Rungs, g)
	}
	return room
}

// lost reports whether a message was sent again before the other side said
// anything.
func lost(rows []report.Row, i int) bool {
	r := rows[i]
	if r.Repeats > 1 {
		return true
	}
	for _, later := range rows[i+1:] {
		if later.Message == r.Message {
			return true
		}
		if later.Message.FromInitiator != r.Message.FromInitiator {
			return false
		}
	}
	return r.Repeats > 0
}

func (b *builder) rung(c *ikestate.Conversation, r report.Row, m *message, y float64, lost bool) rung {
	g := rung{message: m, Lost: lost}
	switch {
	case r.Repeats > 1:
		g.Label = fmt.Sprintf("%s repeated, %s", b.Place(r.Message), b.Many(int64(r.Repeats), "time"))
	case r.Repeats == 1:
		g.Label = b.Place(r.Message) + " repeated"
	default:
		g.Label = b.Place(r.Message) + " " + b.Chain(r.Message)
	}
	g.Label = cut(brief.Replace(g.Label), labelRoom-extent(" "+m.Packet))
	if lost {
		g.TitleAdded = "; it was sent again before an answer came"
	}
	g.place(y)
	return g
}

// place draws the arrow at a height. One that seems lost ends before the other
// lane, with a cross.
func (g *rung) place(y float64) {
	from, to, back := leftLane, rightLane, -1.0
	if g.Sender == ikestate.Responder.String() {
		from, to, back = rightLane, leftLane, 1
	}
	g.Y, g.X1, g.X2, g.LabelY, g.Hit = y, from-back*3, to+back*3, y-5, y-18
	if g.Lost {
		g.X2 = to + back*34
		g.Cross = fmt.Sprintf("M%.0f %.0fl8 8m0-8l-8 8", g.X2-4, y-4)
		return
	}
	g.Head = fmt.Sprintf("%.0f,%.0f %.0f,%.1f %.0f,%.1f", g.X2, y, g.X2+back*8, y-4.5, g.X2+back*8, y+4.5)
}

// brief has the long names of version 2 as people say them.
var brief = strings.NewReplacer("IKE_SA_INIT ", "INIT ", "IKE_AUTH ", "AUTH ", "CREATE_CHILD_SA ", "CHILD ", "INFORMATIONAL ", "INFO ")

// extent is how much room a text takes at most, by what wide fonts need at the size
// of the labels.
func extent(s string) (w float64) {
	const wide = '\u2e80' // from here on scripts have characters as wide as high
	for _, r := range s {
		switch {
		case strings.ContainsRune("Iil []().,", r):
			w += 4.4
		case r >= 'A' && r <= 'Z', r == 'm', r == 'w', r == '…':
			w += 8.4
		case r >= wide:
			w += 11
		default:
			w += 7.1
		}
	}
	return w
}

// cut shortens a label to the room there is.
func cut(s string, room float64) string {
	if extent(s) <= room {
		return s
	}
	end := 0
	for i := range s {
		if extent(s[:i]+"…") > room {
			break
		}
		end = i
	}
	return s[:end] + "…"
}
