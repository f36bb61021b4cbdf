package pcaps

import (
	"crypto/md5"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What tshark 4.0.17 reads of the real captures. The lists are the output of
//
//	tshark -r FILE -o frame.generate_md5_hash:TRUE -T fields -e frame.time_epoch
//	  -e frame.cap_len -e frame.len -e frame.interface_id -e frame.md5_hash
func TestRealCapturesAgainstTshark(t *testing.T) {
	for _, path := range realCaptures {
		want := string(readFile(t, path+".tshark.txt"))
		for _, size := range []int{0, 1, 5000} {
			frames, _ := readAll(t, readFile(t, path), size)
			var out strings.Builder
			for _, f := range frames {
				iface := ""
				if strings.HasSuffix(path, ".pcapng") {
					iface = strconv.Itoa(f.Interface)
				}
				at := time.Unix(0, f.Nanos)
				fmt.Fprintf(&out, "%d.%09d\t%d\t%d\t%s\t%x\n", at.Unix(), at.Nanosecond(), len(f.Data), f.WireLen, iface, md5.Sum([]byte(f.Data)))
			}
			if d := cmp.Diff(want, out.String()); d != "" {
				t.Errorf("%s in blocks of %d: %s", path, size, d)
			}
		}
	}
}
