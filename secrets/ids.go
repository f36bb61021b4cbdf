package secrets

import (
	"net/netip"
	"strings"
)

// idPrefixes are ways of saying of which kind the identity behind them is; the kind is clear without them.
var idPrefixes = []string{"fqdn:", "dns:", "userfqdn:", "rfc822:", "email:", "ipv4:", "ipv6:"}

// peerID makes of an identity as IKE daemons write it the text that a Ring holds: "@gw.example.org" is "gw.example.org".
// all reports one that stands for every peer.
func peerID(s string) (id string, all bool) {
	switch s {
	case "%any", "%any4", "%any6", "*", "0.0.0.0", "::", "0.0.0.0/0", "::/0":
		return "", true
	}
	if strings.HasPrefix(s, "@") && !strings.HasPrefix(s, "@#") && !strings.HasPrefix(s, "@[") && !strings.HasPrefix(s, "@~") {
		s = strings.TrimPrefix(s[1:], "@") // "@@user@example.org" forces a user name
	}
	for _, p := range idPrefixes {
		if strings.HasPrefix(s, p) {
			return s[len(p):], false
		}
	}
	return s, false
}

// peerIDs converts a list; of one that names every peer and others the others are left, which is where the key counts.
func peerIDs(list []string) []string {
	var out []string
	for _, s := range list {
		if id, all := peerID(s); !all && id != "" && len(out) < maxIDs {
			out = append(out, id)
		}
	}
	return out
}

// onlyIDs converts a list that restricts a key to these peers; one that names every peer restricts nothing.
func onlyIDs(list []string) (out []string) {
	for _, s := range list {
		id, all := peerID(s)
		if all {
			return nil
		}
		if a, err := netip.ParseAddr(id); err == nil {
			id = a.Unmap().WithZone("").String()
		}
		if id != "" {
			out = append(out, id)
		}
	}
	return out
}

// For reports whether a key may be that of peers with these addresses and identities: it is not restricted to others. A
// network in IDs names each address in it. Case does not count, as in host names.
func (p *PSK) For(addresses []netip.Addr, identities []string) bool {
	if !p.Only {
		return true
	}
	for _, id := range p.IDs {
		network, err := netip.ParsePrefix(id)
		for _, a := range addresses {
			if a = a.Unmap(); a.String() == id || err == nil && network.Contains(a) {
				return true
			}
		}
		for _, other := range identities {
			if strings.EqualFold(id, other) {
				return true
			}
		}
	}
	return false
}

// likeID reports whether a word can only be an identity: an address, a name with a dot or an @, a selector of the daemons.
func likeID(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	if _, all := peerID(s); all || strings.HasPrefix(s, "%") {
		return true
	}
	user, host, isUser := strings.Cut(s, "@")
	if isUser {
		return plainName(user, true) && (host != "" || user != "") && plainName(host, true)
	}
	last := s[strings.LastIndexByte(s, '.')+1:]
	return plainName(s, false) && strings.Contains(s, ".") && last != "" && isLetter(last[0])
}

// plainName reports whether a word has the letters of host and user names only.
func plainName(s string, empty bool) bool {
	for i := range len(s) {
		c := s[i]
		if !isLetter(c) && !('0' <= c && c <= '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return empty || s != ""
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
