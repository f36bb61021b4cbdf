package des

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"testing"
)

// known are ciphertexts of one block under single DES or triple DES.
var known = []struct{ source, key, plain, cipher string }{
	// NIST SP 500-20 (1980), appendix B; in NIST SP 800-17, appendix A: variable plaintext,
	{"table 1", "0101010101010101", "8000000000000000", "95f8a5e5dd31d900"},
	{"table 1", "0101010101010101", "4000000000000000", "dd7f121ca5015619"},
	{"table 1", "0101010101010101", "2000000000000000", "2e8653104f3834ea"},
	{"table 1", "0101010101010101", "0000000000000001", "166b40b44aba4bd6"},
	// variable key,
	{"table 2", "8001010101010101", "0000000000000000", "95a8d72813daa94d"},
	{"table 2", "4001010101010101", "0000000000000000", "0eec1487dd8c26d5"},
	{"table 2", "2001010101010101", "0000000000000000", "7ad16ffb79c45926"},
	// permutation operation,
	{"table 3", "1046913489980131", "0000000000000000", "88d55e54f54c97b4"},
	{"table 3", "1007103489988020", "0000000000000000", "0c0cc00c83ea48fd"},
	// substitution tables: together they use every entry of the S-boxes.
	{"table 4", "7ca110454a1a6e57", "01a1d6d039776742", "690f5b0d9a26939b"},
	{"table 4", "0131d9619dc1376e", "5cd54ca83def57da", "7a389d10354bd271"},
	{"table 4", "07a1133e4a0b2686", "0248d43806f67172", "868ebb51cab4599a"},
	{"table 4", "3849674c2602319e", "51454b582ddf440a", "7178876e01f19b2a"},
	{"table 4", "04b915ba43feb5b6", "42fd443059577fa2", "af37fb421f8c4095"},
	{"table 4", "0113b970fd34f2ce", "059b5e0851cf143a", "86a560f10ec6d85b"},
	{"table 4", "0170f175468fb5e6", "0756d8e0774761d2", "0cd3da020021dc09"},
	{"table 4", "43297fad38e373fe", "762514b829bf486a", "ea676b2cb7db2b7a"},
	{"table 4", "07a7137045da2a16", "3bdd119049372802", "dfd64a815caf1a0f"},
	{"table 4", "04689104c2fd3b2f", "26955f6835af609a", "5c513c9c4886c088"},
	{"table 4", "37d06bb516cb7546", "164d5e404f275232", "0a2aeeae3ff4ab77"},
	{"table 4", "1f08260d1ac2465e", "6b056e18759f5cca", "ef1bf03e5dfa575a"},
	{"table 4", "584023641aba6176", "004bd6ef09176062", "88bf0db6d70dee56"},
	{"table 4", "025816164629b007", "480d39006ee762f2", "a1f9915541020b56"},
	{"table 4", "49793ebc79b3258f", "437540c8698f3cfa", "6fbf1cafcffd0556"},
	{"table 4", "4fb05e1515ab73a7", "072d43a077075292", "2f22e49bab7ca1ac"},
	{"table 4", "49e95d6d4ca229bf", "02fe55778117f12a", "5a6b612cc26cce4a"},
	{"table 4", "018310dc409b26d6", "1d9d5c5018f728c2", "5f4c038ed12b2e41"},
	{"table 4", "1c587f1c13924fef", "305532286d6f295a", "63fac0d034d9f793"},
	// NIST SP 800-67, revision 1, appendix B.1.
	{"B.1", "0123456789abcdef23456789abcdef01456789abcdef0123", "5468652071756663", "a826fd8ce53b855f"},
	{"B.1", "0123456789abcdef23456789abcdef01456789abcdef0123", "6b2062726f776e20", "cce21c8112256fe6"},
	{"B.1", "0123456789abcdef23456789abcdef01456789abcdef0123", "666f78206a756d70", "68d5c05dd9b6b900"},
}

func fromHex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A block stands at each place of a slice, behind an IV of zero.
func TestKnownAnswers(t *testing.T) {
	onEach(t, func(t *testing.T, k *kernel) {
		for _, v := range known {
			b := newBatch(k)
			want, block := fromHex(t, v.plain), fromHex(t, v.cipher)
			var chains [][]byte
			for range k.blocks {
				chains = append(chains, slices.Concat(make([]byte, BlockLen), block))
			}
			b.decryptAll(mustNew(t, fromHex(t, v.key)), chains)
			for i, c := range chains {
				if got := c[BlockLen:]; !slices.Equal(got, want) {
					t.Fatalf("%s, key %s, place %d: %x, want %x", v.source, v.key, i, got, want)
				}
			}
		}
	})
}

// The keys of the rounds that J. Orlin Grabbe computes step by step in "The
// DES Algorithm Illustrated" (1992).
func TestSchedule(t *testing.T) {
	s := encryption(0x133457799bbcdff1)
	for _, k := range []struct {
		round int
		want  uint64
	}{
		{1, 0b000110_110000_001011_101111_111111_000111_000001_110010},
		{2, 0b011110_011010_111011_011001_110110_111100_100111_100101},
		{3, 0b010101_011111_110010_001010_010000_101100_111110_011001},
		{16, 0b110010_110011_110110_001011_000011_100001_011111_110101},
	} {
		if got := s[k.round-1]; got != k.want {
			t.Errorf("round %d: %048b, want %048b", k.round, got, k.want)
		}
	}
}

func TestReversed(t *testing.T) {
	s := encryption(0x133457799bbcdff1)
	d := s.reversed()
	if d[0] != s[15] || d[15] != s[0] || d.reversed() != s {
		t.Error("reversed is wrong")
	}
}

// The four weak keys of FIPS 74 have the same key in each round.
func TestWeakKeys(t *testing.T) {
	for _, key := range []string{"0101010101010101", "fefefefefefefefe", "1f1f1f1f0e0e0e0e", "e0e0e0e0f1f1f1f1"} {
		s := encryption(binary.BigEndian.Uint64(fromHex(t, key)))
		if s != s.reversed() {
			t.Errorf("key %s: %x", key, s)
		}
	}
}
