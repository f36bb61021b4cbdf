package analysis

import (
	"testing"

	"ikescope/esp"
	"ikescope/ikestate"
)

// A job finds the SAs that were known when it was given out, and a second reading all.
func TestTableKnowsWhen(t *testing.T) {
	ip := &ikestate.IPsecSA{SPI: 7}
	early, late := &SA{IPsecSA: ip, opener: &opener{sa: new(esp.SA)}}, &SA{IPsecSA: ip, opener: &opener{sa: new(esp.SA)}}
	early.opener.owner, late.opener.owner = early, late
	k := keyOfSA(ip)
	var all table
	all.jobs = 3
	all.add(early)
	all.jobs = 5
	all.add(late)
	for job, want := range map[int64]*opener{1: nil, 3: nil, 4: early.opener, 5: early.opener, 6: late.opener, 9: late.opener} {
		if all.find(k, job) != want {
			t.Errorf("job %d finds another SA", job)
		}
	}
	if all.finish(); all.find(k, 1) != late.opener || all.jobs != 0 {
		t.Error("a second reading does not find the SA")
	}
}
