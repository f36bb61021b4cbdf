package des

import (
	"bytes"
	"testing"
)

// FuzzDecrypt compares each kernel with the library. The octets of lengths
// are the numbers of blocks of chains, which text is repeated for.
func FuzzDecrypt(f *testing.F) {
	f.Add(bytes.Repeat([]byte{1}, 8), []byte{1, 2, 200}, []byte("ciphertext"))
	f.Add([]byte("0123456789abcdef01234567"), bytes.Repeat([]byte{9}, 60), []byte{0})
	f.Add([]byte("0123456789abcdef01234567"), []byte{255, 255, 0, 3}, []byte("\xff\x00\x80"))
	f.Fuzz(func(t *testing.T, key, lengths, text []byte) {
		if len(key) != 8 && len(key) != 24 || len(text) == 0 {
			t.Skip()
		}
		c := &chains{}
		end := 0
		for i, n := range lengths[:min(len(lengths), 100)] {
			start := end + i%9
			end = start + (int(n)+1)*BlockLen
			c.at = append(c.at, [2]int{start, end})
		}
		c.memory = bytes.Repeat(text, end/len(text)+1)
		for i := range kernels {
			if k := &kernels[i]; k.present {
				compare(t, newBatch(k), key, c.clone())
			}
		}
	})
}
