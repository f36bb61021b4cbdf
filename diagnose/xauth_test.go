package diagnose_test

import (
	"encoding/binary"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
)

// asks plays one question for name and password, and its answer.
func (k *talk) asks(name string) {
	e := k.begin(isakmp.ExchangeTransaction)
	e.send(sideB, nil, transaction(isakmp.ConfigRequest, isakmp.ConfigXAUTHUserName, nil, false))
	e.send(sideA, nil, transaction(isakmp.ConfigReply, isakmp.ConfigXAUTHUserName, []byte(name), false))
}

var xauthScenes = []scene{
	{
		name: "a wrong password, asked for three times",
		play: func(k *talk) {
			k.auth = isakmp.AuthXAUTHInitPSK
			k.main(6)
			for range 3 {
				k.asks("carol")
				k.wait(2000)
			}
			e := k.begin(isakmp.ExchangeTransaction)
			e.send(sideB, nil, transaction(isakmp.ConfigSet, isakmp.ConfigXAUTHStatus, binary.BigEndian.AppendUint16(nil, 0), true))
			e.send(sideA, nil, transaction(isakmp.ConfigAck, isakmp.ConfigXAUTHStatus, nil, false))
			k.informs(sideB, k.deletes())
		},
		outside: []want{{diagnose.XAUTHFailed, failure, likely, nil}},
		inside:  []want{{diagnose.XAUTHFailed, failure, proved, nil}},
	},
	{
		name: "a wrong password, answered by a Delete alone",
		play: func(k *talk) {
			k.auth = isakmp.AuthXAUTHInitPSK
			k.main(6)
			k.asks("carol")
			k.informs(sideB, k.deletes())
		},
		outside:  []want{{diagnose.XAUTHFailed, failure, likely, []int{7, 8, 9}}},
		sameBoth: true,
	},
	{
		name: "a wrong password the first time",
		play: func(k *talk) {
			k.auth = isakmp.AuthXAUTHInitPSK
			k.main(6)
			k.asks("carol")
			k.wait(3000)
			k.login(1)
			k.quick(usual(sideA, 0x1000))
			k.traffic(usual(sideA, 0x1000), 3)
		},
	},
	{
		name: "a question for a password without an answer",
		play: func(k *talk) {
			k.auth = isakmp.AuthXAUTHInitPSK
			k.main(6)
			e := k.begin(isakmp.ExchangeTransaction)
			f := e.send(sideB, nil, transaction(isakmp.ConfigRequest, isakmp.ConfigXAUTHUserName, nil, false))
			k.again(f, 4000)
			k.again(f, 7000)
		},
		outside:  []want{{diagnose.XAUTHFailed, failure, likely, []int{7, 8, 9}}},
		sameBoth: true,
	},
}

func TestXAUTH(t *testing.T) {
	for _, s := range xauthScenes {
		s.run(t)
	}
}
