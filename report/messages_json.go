package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

type jsonMessage struct {
	Frame        int64       `json:"frame"`
	Time         string      `json:"time"`
	Source       string      `json:"source"`
	SourcePort   uint16      `json:"source_port"`
	Destination  string      `json:"destination"`
	DestPort     uint16      `json:"destination_port"`
	CookieI      string      `json:"initiator_cookie"`
	CookieR      string      `json:"responder_cookie"`
	Version      int         `json:"version"`
	Exchange     string      `json:"exchange"`
	MessageID    string      `json:"message_id"`
	Length       uint32      `json:"length"`
	Payloads     []string    `json:"payloads"`
	Encrypted    bool        `json:"encrypted"`
	Decrypted    bool        `json:"decrypted"`
	Verified     *bool       `json:"verified"`
	Retransmits  *int64      `json:"retransmission_of"`
	Note         string      `json:"note"`
	PayloadsTree []*TreeNode `json:"payload_tree,omitempty"` // with Options.Verbose
}

// MessagesJSON writes one JSON object a line for every IKE message in capture
// order, with Options.Verbose its payload tree too.
func MessagesJSON(w io.Writer, r *analysis.Result, o Options) error {
	for _, m := range messages(r) {
		j := messageJSON(m)
		if o.Verbose {
			for i := range m.Payloads {
				j.PayloadsTree = append(j.PayloadsTree, treeJSON(m, fields(m, m.Payloads[i], isakmp.TreeContext{}), o))
			}
		}
		if err := writeJSON(w, j, ""); err != nil {
			return err
		}
	}
	return nil
}

// messages lists the messages of all conversations in capture order. A message
// that opened two conversations (two responders answered it) is listed once.
func messages(r *analysis.Result) (all []*ikestate.Message) {
	for _, c := range r.Conversations {
		all = append(all, c.All()...)
	}
	slices.SortStableFunc(all, func(a, b *ikestate.Message) int { return cmp.Compare(a.Frame, b.Frame) })
	return slices.CompactFunc(all, func(a, b *ikestate.Message) bool { return a.Frame == b.Frame && sameOctets(a, b) })
}

func sameOctets(a, b *ikestate.Message) bool { return slices.Equal(a.Raw, b.Raw) }

func messageJSON(m *ikestate.Message) jsonMessage {
	j := jsonMessage{
		Frame: m.Frame, Time: rfc3339(m.Nanos),
		Source: m.Src.Addr().String(), SourcePort: m.Src.Port(),
		Destination: m.Dst.Addr().String(), DestPort: m.Dst.Port(),
		CookieI: m.Header.CookieI.String(), CookieR: m.Header.CookieR.String(),
		Version: int(m.Header.Major), Exchange: m.Header.Exchange.String(),
		MessageID: fmt.Sprintf("%08x", m.Header.MessageID), Length: m.Header.Length,
		Payloads:  list(m.Payloads, func(p isakmp.Payload) string { return p.Type.String() }),
		Encrypted: m.Encrypted(), Decrypted: m.Decrypted, Note: utf8Text(remark(m)),
	}
	if m.Verified != ikestate.Unchecked {
		ok := m.Verified == ikestate.Verified
		j.Verified = &ok
	}
	if m.RetransmissionOf != nil {
		j.Retransmits = &m.RetransmissionOf.Frame
	}
	return j
}

// remark is what else is to be said of a message: why it stayed closed, what is
// malformed, what was rebuilt.
func remark(m *ikestate.Message) string {
	var parts []string
	if m.Note != "" {
		parts = append(parts, m.Note)
	}
	if m.HealedOctets > 0 {
		parts = append(parts, fmt.Sprintf("the first %d octets were rebuilt, the initialization vector is not in the capture", m.HealedOctets))
	}
	switch {
	case m.Missing > 0 && m.Note == "":
		parts = append(parts, fmt.Sprintf("%d octets were not captured", m.Missing))
	case m.Missing == 0 && m.Problem != nil:
		parts = append(parts, m.Problem.Error())
	}
	if n := len(m.Fragments); n > 0 {
		parts = append(parts, fmt.Sprintf("joined from %d fragments", n))
	}
	if m.JoinedAs != nil {
		parts = append(parts, fmt.Sprintf("a fragment of the message that is whole in packet %d", m.JoinedAs.Frame))
	}
	return joinRemarks(parts)
}
