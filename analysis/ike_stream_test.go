package analysis_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"

	"ikescope/analysis"
	"ikescope/pcaps/samples"
)

// spoken is a sink that notes the frames of IKE messages.
type spoken struct{ octets }

func (s *spoken) Append(dst []byte, p analysis.Inner) []byte {
	if p.IKE == nil {
		return dst
	}
	return fmt.Appendf(dst, "%d: %d octets\n", p.Frame, len(p.IKE.Plain))
}

// A stream that is hardly held back passes on the same messages as a file, liveness
// checks and what the capture ends with included.
func TestMessagesOfAStream(t *testing.T) {
	for _, name := range []string{"dpd", "rekey-isakmp-sa", "ikev2-rekey-pfs"} {
		s := samples.ByName(name)
		file, err := os.ReadFile(s.Capture())
		if err != nil {
			t.Fatal(err)
		}
		want, got := new(spoken), new(spoken)
		o := analysis.Options{Strict: true, Ring: ringOf(t, s), Sink: want, IKE: true, Workers: 2, Lookahead: 2}
		runOver(t, s.Capture(), nil, o)
		o.Sink = got
		runOver(t, "", io.MultiReader(bytes.NewReader(file)), o)
		if want.Len() == 0 || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Errorf("%s: a stream gives\n%s\na file\n%s", name, got, want)
		}
	}
}
