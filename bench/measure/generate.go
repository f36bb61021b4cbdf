package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"ikescope/bench/traffic"
	"ikescope/secrets"
)

// files are the names that the captures of a run have, one after the other.
type files struct{ capture, secrets, out string }

func filesIn(dir string) files {
	return files{filepath.Join(dir, "capture.pcap"), filepath.Join(dir, "secrets"), filepath.Join(dir, "out.pcapng")}
}

// Formats of secrets.
const (
	asTOML = "toml"
	asXfrm = "xfrm" // read several times faster, where keys are many
)

// What stands in front of the arguments of generateMain.
const (
	generateWord = "generate"
	generateArgs = 5
)

// generate writes what a plan says and returns the octets of the capture. Another
// process does it: what this one had resident would count among the memory of the
// programs that it starts (getrusage(2), ru_maxrss).
func (f files) generate(p traffic.Plan, format string) (octets int64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	plan, err := json.Marshal(p)
	if err != nil {
		return 0, err
	}
	if _, err := timed(self, generateWord, string(plan), f.capture, f.secrets, format); err != nil {
		return 0, err
	}
	fi, err := os.Stat(f.capture)
	if err != nil {
		return 0, err
	}
	return fi.Size(), nil
}

// generateMain is given a plan, the names of both files, and a format.
func generateMain(args []string) error {
	var p traffic.Plan
	if err := json.Unmarshal([]byte(args[0]), &p); err != nil {
		return err
	}
	c, err := os.Create(args[1])
	if err != nil {
		return err
	}
	defer c.Close()
	var keys strings.Builder
	if err := p.Write(c, &keys); err != nil {
		return err
	}
	if args[3] == asXfrm {
		ring, err := p.Keys()
		if err != nil {
			return err
		}
		keys.Reset()
		writeXfrm(&keys, ring)
	}
	if err := os.WriteFile(args[2], []byte(keys.String()), 0o600); err != nil {
		return err
	}
	return c.Sync()
}

// writeXfrm lists SAs of AES-CBC with HMAC-SHA1 as ip xfrm state does.
func writeXfrm(w io.Writer, r *secrets.Ring) {
	for _, e := range r.ESPs {
		fmt.Fprintf(w, "src %s dst %s\n\tproto esp spi 0x%08x mode tunnel\n\tauth-trunc hmac(sha1) 0x%s 96\n\tenc cbc(aes) 0x%s\n",
			e.Src, e.Dst, e.SPI, e.IntegrityKey.Hex(), e.EncryptionKey.Hex())
	}
}
