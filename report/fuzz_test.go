package report

import (
	"encoding/binary"
	"testing"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/ikestate"
)

// replayed runs messages through the engine. Each is preceded by its length (two
// octets) and by an octet whose lowest bit is the direction.
func replayed(data []byte) *analysis.Result {
	e := ikestate.New(nil, ikestate.DefaultLimits)
	for frame := int64(1); len(data) >= 3; frame++ {
		n := min(int(binary.BigEndian.Uint16(data)), len(data)-3)
		d := ikestate.Datagram{Frame: frame, Nanos: start + frame*1e6, Src: peerA, Dst: peerB, Message: data[3 : 3+n]}
		if data[2]&1 != 0 {
			d.Src, d.Dst = peerB, peerA
		}
		_ = e.Add(d) // what has no header is no message
		data = data[3+n:]
	}
	e.Solve()
	r := result(e.Conversations()...)
	for _, c := range r.Conversations {
		for _, sa := range c.IPsecSAs {
			r.SAs = append(r.SAs, &analysis.SA{IPsecSA: sa})
		}
	}
	r.Findings = []diagnose.Finding{{Code: "x", Severity: diagnose.Warning, Summary: "x", SA: "isakmp-1"}}
	return r
}

// recordedMessages is the messages of a sample in the form of replayed.
func recordedMessages(f *testing.F, sample string) (data []byte) {
	for _, m := range messages(recorded(f, sample, -1)) {
		data = binary.BigEndian.AppendUint16(data, uint16(len(m.Raw)))
		data = append(append(data, byte(m.Dst.Addr().Compare(peerB.Addr())&1)), m.Raw...)
	}
	return data
}

// Whatever peers say, no renderer fails or lets anything through to a terminal.
func FuzzOutputs(f *testing.F) {
	f.Add([]byte{})
	f.Add(recordedMessages(f, "mm-psk-3des-sha1-modp1024"))
	f.Add(recordedMessages(f, "natt-masquerade"))
	m := message2(3, true, false, 0, 34, sa2(1, ""), notify2(natSource, "x"), notify2(14, ""), selectorsPayload())
	f.Add(append([]byte{byte(len(m.Raw) >> 8), byte(len(m.Raw)), 0}, m.Raw...))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 16<<10 {
			return
		}
		r := replayed(data)
		for _, w := range outputs {
			checkClean(t, w.name, w.render(t, r, Options{Unicode: true}))
		}
	})
}
