package pcaps

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// fortigateText writes messages as the FortiGate at local does.
func fortigateText(ms []logMessage, local netip.Addr, times bool) string {
	var b strings.Builder
	b.WriteString("FGT60F # diagnose debug application ike -1\nDebug messages will be on for 30 minutes.\n\n")
	for i, m := range ms {
		front := ""
		if times {
			front = time.Unix(0, m.nanos).UTC().Format(timeOfLogs) + " "
		}
		if m.to.Addr() == local {
			fmt.Fprintf(&b, "%sike 0: comes %v->%v,ifindex=5....\n", front, plainPort(m.from), plainPort(m.to))
			fmt.Fprintf(&b, "%sike 0: IKEv1 exchange=Identity Protection id=12f2cbed073d6dba/21c98f93c506f466 len=%d\n", front, len(m.data))
			fmt.Fprintf(&b, "%sike 0: in %X\n%sike 0:office:%d: dec %X\n", front, m.data, front, i, m.data[:28])
		} else {
			fmt.Fprintf(&b, "%sike 0:office:%d: enc %X\n%sike 0:office:%d: out %X\n", front, i, m.data[:28], front, i, m.data)
			fmt.Fprintf(&b, "%sike 0:office:%d: sent IKE msg (ident_i1send): %v->%v, len=%d, id=12f2cbed073d6dba/0000000000000000\n", front, i, plainPort(m.from), plainPort(m.to), len(m.data))
		}
	}
	return b.String()
}

// plainPort is an address without brackets and a port.
func plainPort(p netip.AddrPort) string { return fmt.Sprintf("%v:%d", p.Addr(), p.Port()) }

// charonText writes messages as charon at local does.
func charonText(ms []logMessage, local netip.Addr) string {
	var b strings.Builder
	b.WriteString("Nov 23 23:58:20 00[DMN] Starting IKE charon daemon (strongSwan 5.9.8, Linux 6.1.176, x86_64)\n")
	for i, m := range ms {
		front := time.Unix(0, m.nanos).UTC().Format(timeOfLogs) + " "
		pair := fmt.Sprintf("packet: from %v[%d] to %v[%d]", m.from.Addr(), m.from.Port(), m.to.Addr(), m.to.Port())
		if m.to.Addr() == local {
			fmt.Fprintf(&b, "%s03[NET] received %s\n%s03[ENC] parsing HEADER payload, %d bytes left\n", front, pair, front, len(m.data))
			charonOctets(&b, front+"03[ENC] ", "parsing payload from", m.data)
			fmt.Fprintf(&b, "%s%02d[NET] received %s (%d bytes)\n%s%02d[ENC] parsing SECURITY_ASSOCIATION_V1 payload, %d bytes left\n", front, 5+i%9, pair, len(m.data), front, 5+i%9, len(m.data)-28)
			charonOctets(&b, front+fmt.Sprintf("%02d[ENC] ", 5+i%9), "parsing payload from", m.data[28:])
			continue
		}
		data := slices.Clone(m.data)
		binary.BigEndian.PutUint32(data[24:], 0)
		thread := front + fmt.Sprintf("%02d", 5+i%9)
		charonOctets(&b, thread+"[ENC] <lab|1> ", "generated data of this generator", data)
		fmt.Fprintf(&b, "%s[NET] <lab|1> sending %s (%d bytes)\n%s04[NET] sending %s\n", thread, pair, len(data), front, pair)
	}
	return b.String()
}

func charonOctets(b *strings.Builder, front, label string, data []byte) {
	fmt.Fprintf(b, "%s%s => %d bytes @ 0x7f1c00\n", front, label, len(data))
	for i := 0; i < len(data); i += 16 {
		fmt.Fprintf(b, "%s%4d: %-48X ................\n", front, i, spaced(data[i:min(i+16, len(data))]))
	}
}

type spaced []byte

func (s spaced) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "% X", []byte(s)) }
