package diagnose_test

import (
	"slices"
	"testing"

	"ikescope/diagnose"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// ringOf is everything that the initiator of a sample knew.
func ringOf(t testing.TB, s samples.Sample) *secrets.Ring {
	t.Helper()
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	ring := &secrets.Ring{}
	for i, p := range known.PSK {
		ring.PSKs = append(ring.PSKs, secrets.PSK{Secret: keymat.NewSecret([]byte(p)), Source: secrets.Source{File: "psk", Line: i + 1}})
	}
	dhs := known.OtherDH
	for _, k := range known.IKE {
		dhs = append(dhs, k.DH)
	}
	for i, k := range dhs {
		private := k.Private.A
		if len(private) == 0 {
			private = k.Private.B
		}
		if len(private) > 0 {
			ring.DHs = append(ring.DHs, secrets.DH{Private: keymat.NewSecret(private), Source: secrets.Source{File: "dh", Line: i + 1}})
		}
	}
	return ring
}

// truth is what the daemons' logs tell of a sample, as findings: without secrets
// and with them.
var truth = map[string]struct{ outside, inside []want }{
	"fail-no-answer": {
		// "peer not responding" after 3 retransmissions.
		[]want{{diagnose.Phase1NoAnswer, failure, proved, []int{4, 5, 6, 7}}},
		[]want{{diagnose.Phase1NoAnswer, failure, proved, []int{4, 5, 6, 7}}},
	},
	"fail-no-proposal-phase1": {
		[]want{{diagnose.Phase1NoProposalChosen, failure, proved, []int{3, 4}}},
		[]want{{diagnose.Phase1NoProposalChosen, failure, proved, []int{3, 4}}},
	},
	"fail-proxy-id-mismatch": {
		[]want{{diagnose.Phase2NoProposalChosen, failure, likely, []int{10, 11}}},
		[]want{{diagnose.SelectorMismatch, failure, proved, []int{10, 11}}},
	},
	"fail-wrong-psk": {
		[]want{{diagnose.PSKMismatch, failure, likely, []int{7, 8, 9, 10, 11, 12, 13, 14}}},
		[]want{{diagnose.PSKMismatch, failure, proved, []int{7, 8}}},
	},
	"net-loss-20": {
		// The second ping got no answer: b never had the third message.
		[]want{
			{diagnose.ESPLost, warning, proved, []int{21, 165}},
			{diagnose.ESPOneWay, warning, likely, []int{169, 198}},
			{diagnose.Retransmissions, notice, proved, []int{8, 9, 10, 15}},
		},
		[]want{
			{diagnose.ESPLost, warning, proved, []int{21, 165}},
			{diagnose.ESPOneWay, warning, likely, []int{169, 198}},
			{diagnose.Retransmissions, notice, proved, []int{8, 9, 10, 15}},
			{diagnose.RekeyOverlap, notice, proved, []int{166, 168}},
		},
	},
	"capture-snaplen-200": {
		[]want{{diagnose.CaptureTruncated, warning, proved, []int{3, 4, 5, 6, 9, 10}}},
		[]want{{diagnose.CaptureTruncated, warning, proved, []int{3, 4, 5, 6, 9, 10}}},
	},
	"capture-late-quick-mode": {
		[]want{
			{diagnose.CaptureStartsLate, warning, proved, []int{7}},
			{diagnose.ESPUnknownSPI, warning, likely, []int{1, 2}},
		},
		[]want{
			{diagnose.CaptureStartsLate, warning, proved, []int{7}},
			{diagnose.ESPUnknownSPI, warning, likely, []int{1, 2}},
		},
	},
	"dpd": {
		// "DPD check timed out, enforcing DPD action" after two probes.
		[]want{{diagnose.DPDTimeout, failure, likely, []int{35, 36}}},
		[]want{{diagnose.DPDTimeout, failure, proved, []int{35, 36}}},
	},
	"rekey-isakmp-sa": {
		[]want{{diagnose.RekeyOverlap, notice, proved, []int{38, 66}}},
		[]want{{diagnose.RekeyOverlap, notice, proved, []int{38, 66, 87}}, {diagnose.RekeyOverlap, notice, proved, []int{88, 90}}},
	},
	"rekey-quick-modes-pfs": {
		nil,
		[]want{{diagnose.RekeyOverlap, notice, proved, []int{33, 35, 58, 60, 81, 83}}},
	},
	"libreswan-mm-psk-3des-sha1-pfs": {
		[]want{{diagnose.Retransmissions, notice, proved, []int{10, 11}}},
		[]want{{diagnose.Retransmissions, notice, proved, []int{10, 11}}, {diagnose.RekeyOverlap, notice, proved, []int{81, 83}}},
	},
	"format-pcapng": {
		[]want{{diagnose.CaptureDoubled, notice, proved, nil}},
		[]want{{diagnose.CaptureDoubled, notice, proved, nil}},
	},
	"aggressive-psk-aes128-sha1-modp1536": {
		[]want{{diagnose.AggressivePSKExposed, warning, proved, []int{7}}},
		[]want{{diagnose.AggressivePSKExposed, warning, proved, []int{7}}},
	},
	"vpnc-strongswan-xauth": {
		[]want{{diagnose.AggressivePSKExposed, warning, proved, []int{5}}, {diagnose.MalformedMessage, notice, proved, []int{4}}},
		[]want{{diagnose.AggressivePSKExposed, warning, proved, []int{5}}, {diagnose.MalformedMessage, notice, proved, []int{4}}},
	},
}

// Every sample gives the findings of the table and no other; one that is not in
// the table is a healthy tunnel and gives none but quiet ones.
func TestRecordedTunnels(t *testing.T) {
	for _, s := range append(samples.All(), samples.Partial()...) {
		t.Run(s.Name, func(t *testing.T) {
			want := truth[s.Name]
			t.Run("outside", func(t *testing.T) { check(t, findings(t, s.Capture(), nil), want.outside) })
			t.Run("inside", func(t *testing.T) { check(t, findings(t, s.Capture(), ringOf(t, s)), want.inside) })
		})
	}
}

// Where a NAT stands is told from either side of it.
func TestNAT(t *testing.T) {
	for _, c := range []struct {
		sample, file string
		frames       []int
	}{
		{"natt-masquerade", "outer.pcap", []int{6}},
		{"natt-masquerade", "outer-public.pcap", []int{5}},
		{"natt-forced-aes128-sha1", "outer.pcap", []int{5}},
	} {
		got := findings(t, samples.ByName(c.sample).Path(c.file), nil)
		w := want{diagnose.NATDetected, notice, proved, c.frames}
		if !slices.ContainsFunc(got, w.met) {
			t.Errorf("%s/%s: no %s in %v", c.sample, c.file, w, got)
		}
	}
}

func noErrors(t *testing.T, got []diagnose.Finding) {
	t.Helper()
	for _, f := range got {
		if f.Severity == diagnose.Error {
			t.Errorf("not expected: %s", describe(f))
		}
	}
}

func has(got []diagnose.Finding, c diagnose.Code) bool {
	return slices.ContainsFunc(got, func(f diagnose.Finding) bool { return f.Code == c })
}

func codes(got []diagnose.Finding) (cs []diagnose.Code) {
	for _, f := range got {
		cs = append(cs, f.Code)
	}
	return cs
}
