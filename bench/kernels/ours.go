package main

import "ikescope/esp"

// ours is package esp: a whole packet with its trailer.
func ours(l *load) (opener, error) {
	sa, err := esp.NewSA(l.params)
	if err != nil {
		return nil, err
	}
	var w esp.Worker
	packets := make([]esp.Packet, l.count)
	return func(b *batch) (right int) {
		for i := range packets {
			packets[i] = esp.Packet{Data: b.packet(i)}
		}
		w.Open(sa, packets)
		for i := range packets {
			if v := packets[i].Verdict; v == esp.OK || v == esp.NotVerified {
				right++
			}
		}
		return right
	}, nil
}
