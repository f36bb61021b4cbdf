package ikestate_test

import (
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/decode"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// update rewrites the transcripts. Commit only differences that you understand.
var update = flag.Bool("update", false, "rewrite testdata/*.txt")

// datagrams reads the IKE messages of a sample.
func datagrams(t testing.TB, s samples.Sample) (ds []ikestate.Datagram) {
	t.Helper()
	d, p := decode.NewDecoder(decode.DefaultLimits()), new(decode.Packet)
	for _, f := range samples.Frames(t, s.Capture()) {
		if d.Decode(p, uint16(f.Link), f.Data, f.WireLen, f.Nanos); p.Kind == decode.KindIKE {
			ds = append(ds, ikestate.Datagram{
				Frame: f.Number, Nanos: f.Nanos, Missing: p.Missing,
				Src: netip.AddrPortFrom(p.Src, p.SrcPort), Dst: netip.AddrPortFrom(p.Dst, p.DstPort),
				Message: append([]byte(nil), p.Payload...),
			})
		}
	}
	return ds
}

// ring holds the pre-shared keys of a sample and the initiator's private values,
// where they were recorded, else the responder's.
func ring(t testing.TB, s samples.Sample) *secrets.Ring {
	t.Helper()
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	r := new(secrets.Ring)
	for i, p := range known.PSK {
		r.PSKs = append(r.PSKs, secrets.PSK{Secret: keymat.NewSecret([]byte(p)), Source: secrets.Source{File: "psk", Line: i + 1}})
	}
	for i, k := range known.IKE {
		private := k.Private.A
		if len(private) == 0 {
			private = k.Private.B
		}
		r.DHs = append(r.DHs, secrets.DH{Private: keymat.NewSecret(private), Source: secrets.Source{File: "dh", Line: i + 1}})
	}
	return r
}

func solve(t testing.TB, ds []ikestate.Datagram, r *secrets.Ring) *ikestate.Engine {
	t.Helper()
	e := ikestate.New(r, ikestate.DefaultLimits)
	for _, d := range ds {
		if err := e.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	e.Solve()
	return e
}

// A transcript is what the engine says of a recorded conversation, message by
// message: reviewed by hand against the daemons' logs, then kept.
func TestTranscripts(t *testing.T) {
	for _, name := range []string{
		"mm-psk-3des-sha1-modp1024", "rekey-quick-modes-pfs", "racoon-mm-psk-3des-sha1-modp1024",
		"libreswan-mm-psk-3des-sha1-pfs", "natt-masquerade", "format-pcapng",
		"aggressive-psk-aes128-sha1-modp1536", "xauth-hybrid-rsa", "mm-rsa-ike-fragmentation", "vpnc-strongswan-xauth",
	} {
		t.Run(name, func(t *testing.T) {
			s := samples.ByName(name)
			var b strings.Builder
			for _, c := range solve(t, datagrams(t, s), ring(t, s)).Conversations() {
				transcribe(&b, c)
			}
			path := filepath.Join("testdata", name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Errorf("transcript differs (-want +got):\n%s", d)
			}
		})
	}
}

func transcribe(w io.Writer, c *ikestate.Conversation) {
	p := c.Phase1
	fmt.Fprintf(w, "%s:%s %s %s, %s -> %s\n", c.CookieI, c.CookieR, p.Script.Name, p.State, c.Initiator.Addr(), c.Responder.Addr())
	fmt.Fprintf(w, "  rung %s, psk %s (%v), dh (%v)\n", p.Ladder.Rung, p.Ladder.PSK, p.Ladder.PSKSource, p.Ladder.DHSource)
	for i := range p.Offered {
		fmt.Fprintf(w, "  offered %v, %d s\n", &p.Offered[i], p.Offered[i].LifetimeSeconds)
	}
	fmt.Fprintf(w, "  chosen  %v\n  ids     %v, %v\n", p.Chosen, p.IDii, p.IDir)
	for _, m := range c.All() {
		fmt.Fprintf(w, "  %s\n", line(m))
	}
	for _, sa := range c.IPsecSAs {
		fmt.Fprintf(w, "  sa %s 0x%08x %s -> %s %s %s %s pfs=%q %d s, %v -> %v, keys %d, deleted %v\n",
			sa.Protocol, sa.SPI, sa.Src, sa.Dst, sa.Mode, sa.Encryption, sa.IntegrityName, sa.PFSGroup,
			sa.LifetimeSeconds, sa.SrcSelector, sa.DstSelector, len(sa.Keys), sa.Deleted != nil)
	}
}

func line(m *ikestate.Message) string {
	var names []string
	for _, p := range m.Payloads {
		names = append(names, p.Type.String())
	}
	repeat := ""
	if m.RetransmissionOf != nil {
		repeat = fmt.Sprintf(" repeats %d", m.RetransmissionOf.Frame)
	}
	return fmt.Sprintf("%d %s %08x #%d initiator=%t encrypted=%t decrypted=%t %s [%s]%s", m.Frame, m.Header.Exchange,
		m.Header.MessageID, m.Position, m.FromInitiator, m.Encrypted(), m.Decrypted, m.Verified, strings.Join(names, " "), repeat)
}
