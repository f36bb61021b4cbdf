package analysis

import (
	"encoding/binary"
	"testing"

	"ikescope/esp"
	"ikescope/suite"
)

// The high half of extended sequence numbers counts packets that are not selected, too
// (RFC 4303, appendix A).
func TestSkippedPacketsCount(t *testing.T) {
	null, _ := suite.CipherByName("null")
	sha1, _ := suite.IntegrityByName("hmac-sha1-96")
	sa, err := esp.NewSA(esp.Params{SPI: 1, Cipher: null, Integrity: sha1, IntegrityKey: make([]byte, sha1.KeyLen), ESN: true})
	if err != nil {
		t.Fatal(err)
	}
	f := &Flow{Key: FlowKey{SPI: 1, Protocol: protocolESP}, sa: new(SA), opener: &opener{sa: sa}}
	j := newJob()
	for i, seq := range []uint32{1, 1 << 31, 1<<31 + 1, 1<<32 - 2, 1<<32 - 1, 5, 6} {
		data := binary.BigEndian.AppendUint32([]byte{0, 0, 0, 1}, seq)
		j.packets = append(j.packets, sealed{flow: f, nanos: int64(i), run: -1, next: -1, packet: esp.Packet{Data: data}})
	}
	j.group(&Selection{Since: 6})
	if p := &j.packets[6]; p.run < 0 || p.packet.SeqHi != 1 || f.skipped != 6 {
		t.Errorf("run %d, high half %d, %d skipped", p.run, p.packet.SeqHi, f.skipped)
	}
}
