package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"ikescope/diagnose"
	"ikescope/pcaps/samples"
)

// The finding names the address that the side behind the NAT believes to have, and
// the one that its peer sees.
func TestNATNamesTheAddresses(t *testing.T) {
	for _, c := range []struct {
		sample, file, summary string
		detail                []string
	}{
		{"natt-masquerade", "outer.pcap", "10.99.0.2 is behind a NAT", []string{"its address is 10.99.0.2:500", "the address that 192.0.2.2 sees is none of those tried", "between the capture and 192.0.2.2"}},
		{"natt-masquerade", "outer-public.pcap", "192.0.2.254 is behind a NAT and believes to be 10.99.0.2:500", []string{"its address is 10.99.0.2:500", "192.0.2.2 sees it as 192.0.2.254:500", "between 10.99.0.2 and the capture"}},
		{"natt-forced-aes128-sha1", "outer.pcap", "192.0.2.1 and 192.0.2.2 are treated as if behind NATs: an end forces ESP into UDP, or both are", []string{"Packets 5 and 6"}},
	} {
		got := findings(t, samples.ByName(c.sample).Path(c.file), nil)
		i := slices.IndexFunc(got, func(f diagnose.Finding) bool { return f.Code == diagnose.NATDetected })
		if i < 0 || !strings.HasPrefix(got[i].Summary, c.summary) {
			t.Errorf("%s: no %q in %v", c.file, c.summary, got)
			continue
		}
		for _, want := range c.detail {
			if !strings.Contains(got[i].Detail, want) {
				t.Errorf("%s: no %q in %q", c.file, want, got[i].Detail)
			}
		}
	}
}
