package secrets

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"

	"ikescope/keymat"
)

// ip xfrm state add sets an SA by hand. Scripts have such commands, and "ikescope keys --format xfrm" writes them:
//
//	ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0xc7fa94e8 mode tunnel enc 'cbc(aes)' 0x4d4e... auth-trunc 'hmac(sha1)' 0xc7c5... 96

type xfrmCommand struct{ c *collector }

func newXfrmCommand(c *collector) LineReader { return xfrmCommand{c} }

func (xfrmCommand) Close() {}

var xfrmStateAdd = [][]byte{[]byte("xfrm state add "), []byte("xfrm state update "), []byte("x s a ")}

func (r xfrmCommand) Line(n int, text []byte) {
	for _, command := range xfrmStateAdd {
		if _, words, ok := bytes.Cut(text, command); ok && len(text) <= maxDump {
			r.command(n, shellWords(string(words)))
			return
		}
	}
}

// command reads the words behind "add". A key in quotes or in hex follows the name of its algorithm.
func (r xfrmCommand) command(n int, f []string) {
	s := xfrmState{line: n, encLine: n, authLine: n}
	for i := 0; i+1 < len(f); i++ {
		switch f[i] {
		case "src":
			s.esp.Src = plainAddr(f[i+1])
		case "dst":
			s.esp.Dst = plainAddr(f[i+1])
		case "proto":
			s.esp.Protocol = map[string]uint8{"esp": 50, "50": 50, "ah": 51, "51": 51}[f[i+1]]
		case "spi":
			spi, err := strconv.ParseUint(f[i+1], 0, 32)
			s.mine = err == nil && s.esp.Protocol != 0
			s.esp.SPI = uint32(spi)
		case "enc":
			s.enc = xfrmCommandKey(f[i+1:], false)
		case "auth":
			s.auth = xfrmCommandKey(f[i+1:], false)
		case "auth-trunc":
			s.auth = xfrmCommandKey(f[i+1:], true)
		case "aead":
			s.aead = xfrmCommandKey(f[i+1:], true)
		case "flag":
			s.esp.ESN = s.esp.ESN || f[i+1] == "esn"
		}
	}
	x := &xfrm{c: r.c, open: true, state: s}
	x.Close()
}

func plainAddr(text string) netip.Addr {
	a, _ := netip.ParseAddr(text)
	return a.WithZone("").Unmap()
}

// xfrmCommandKey reads name and key, and the length of the ICV in bits if one has to follow.
func xfrmCommandKey(f []string, icv bool) xfrmAlgorithm {
	a := xfrmAlgorithm{name: f[0]}
	if len(f) < 2 {
		return a
	}
	text := f[1]
	if strings.HasPrefix(text, "0x") {
		key, err := parseHex(text)
		if a.key = key; err != nil {
			a.fault = err.Error()
		}
	} else if text != "" && a.name != "ecb(cipher_null)" {
		a.key = keymat.NewSecret([]byte(text))
	}
	if icv && len(f) > 2 {
		a.icv, _ = strconv.Atoi(f[2])
	}
	return a
}

// shellWords splits a line at blanks that are not in quotes, which it takes away.
func shellWords(line string) (words []string) {
	var word strings.Builder
	var quote byte
	open := false // a word, even an empty one
	for i := range len(line) {
		switch c := line[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, open = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteByte(c)
			open = true
		}
	}
	if open {
		words = append(words, word.String())
	}
	return words
}
