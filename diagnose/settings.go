package diagnose

import "strings"

// settings names the place of a setting in the products' configurations; "" where
// it has none or is not known.
type settings struct {
	strongSwan string // swanctl.conf; ipsec.conf where it differs, after a slash
	libreswan  string // ipsec.conf
	ios        string // Cisco IOS and IOS XE
	asa        string // Cisco ASA
	fortiGate  string // config vpn ipsec
	juniper    string // Junos: edit security
	mikroTik   string // RouterOS: /ip ipsec
}

// String lists what is known, product by product.
func (s settings) String() string {
	var parts []string
	for _, p := range []struct{ product, setting string }{
		{"strongSwan", s.strongSwan}, {"libreswan", s.libreswan}, {"Cisco IOS", s.ios}, {"Cisco ASA", s.asa},
		{"FortiGate", s.fortiGate}, {"Juniper", s.juniper}, {"MikroTik", s.mikroTik},
	} {
		if p.setting != "" {
			parts = append(parts, p.product+": "+p.setting)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

var (
	phase1Proposals = settings{
		strongSwan: "proposals / ike=", libreswan: "ike=",
		ios: "crypto isakmp policy", asa: "crypto ikev1 policy",
		fortiGate: "phase1-interface, set proposal and dhgrp",
		juniper:   "ike proposal", mikroTik: "profile (enc-algorithm, hash-algorithm, dh-group)",
	}
	phase2Proposals = settings{
		strongSwan: "esp_proposals / esp=", libreswan: "esp=",
		ios: "crypto ipsec transform-set", asa: "crypto ipsec ikev1 transform-set",
		fortiGate: "phase2-interface, set proposal",
		juniper:   "ipsec proposal", mikroTik: "proposal (auth-algorithms, enc-algorithms)",
	}
	peerAddress = settings{
		strongSwan: "remote_addrs / right=", libreswan: "right=",
		ios: "crypto map, set peer", asa: "crypto map, set peer; crypto ikev1 enable",
		fortiGate: "phase1-interface, set remote-gw and interface",
		juniper:   "ike gateway address; host-inbound-traffic system-services ike",
		mikroTik:  "peer address",
	}
	preSharedKey = settings{
		strongSwan: "secrets, ike section / ipsec.secrets", libreswan: "ipsec.secrets",
		ios: "crypto isakmp key", asa: "tunnel-group ipsec-attributes, ikev1 pre-shared-key",
		fortiGate: "phase1-interface, set psksecret",
		juniper:   "ike policy pre-shared-key", mikroTik: "identity secret",
	}
	certificates = settings{
		strongSwan: "remote { auth, cacerts, id }", libreswan: "leftcert=, rightca=, rightid=",
		ios: "crypto pki trustpoint", asa: "crypto ca trustpoint",
		fortiGate: "phase1-interface, set certificate and peer",
		juniper:   "ike policy certificate; pki ca-profile", mikroTik: "identity certificate, match-by",
	}
	identities = settings{
		strongSwan: "local.id, remote.id / leftid=, rightid=", libreswan: "leftid=, rightid=",
		ios: "crypto isakmp identity; isakmp profile, match identity", asa: "crypto isakmp identity; peer-id-validate",
		fortiGate: "phase1-interface, set localid, peertype and peerid",
		juniper:   "ike gateway local-identity, remote-identity", mikroTik: "identity my-id, remote-id",
	}
	xauthUsers = settings{
		strongSwan: "secrets, xauth section; remote { auth = xauth }", libreswan: "leftusername=, xauthby=",
		ios: "crypto map client authentication list", asa: "tunnel-group general-attributes, authentication-server-group",
		fortiGate: "phase1-interface, set xauthtype and authusrgrp",
		juniper:   "ike gateway xauth access-profile", mikroTik: "identity username, password; user",
	}
	aggressiveMode = settings{
		strongSwan: "aggressive = no", libreswan: "aggressive=no",
		ios: "crypto isakmp aggressive-mode disable", asa: "crypto ikev1 am-disable",
		fortiGate: "phase1-interface, set mode main",
		juniper:   "ike policy mode main", mikroTik: "peer exchange-mode=main",
	}
	trafficSelectors = settings{
		strongSwan: "local_ts, remote_ts / leftsubnet=, rightsubnet=", libreswan: "leftsubnet=, rightsubnet=",
		ios: "the crypto map's access list", asa: "the crypto map's access list",
		fortiGate: "phase2-interface, set src-subnet and dst-subnet",
		juniper:   "ipsec vpn ike proxy-identity, or traffic-selector", mikroTik: "policy src-address, dst-address",
	}
	pfsGroups = settings{
		strongSwan: "the group in esp_proposals / esp=", libreswan: "pfs=, and the group in esp=",
		ios: "crypto map, set pfs", asa: "crypto map, set pfs",
		fortiGate: "phase2-interface, set pfs and dhgrp",
		juniper:   "ipsec policy perfect-forward-secrecy", mikroTik: "proposal pfs-group",
	}
	lifetimes = settings{
		strongSwan: "rekey_time, life_time / ikelifetime=, lifetime=", libreswan: "ikelifetime=, salifetime=",
		ios: "isakmp policy lifetime; set security-association lifetime", asa: "ikev1 policy lifetime; set security-association lifetime",
		fortiGate: "set keylife and keylifeseconds",
		juniper:   "proposal lifetime-seconds", mikroTik: "profile lifetime; proposal lifetime",
	}
	deadPeerDetection = settings{
		strongSwan: "dpd_delay, dpd_timeout", libreswan: "dpddelay=, dpdtimeout=",
		ios: "crypto isakmp keepalive", asa: "isakmp keepalive threshold",
		fortiGate: "phase1-interface, set dpd, dpd-retrycount and dpd-retryinterval",
		juniper:   "ike gateway dead-peer-detection", mikroTik: "profile dpd-interval, dpd-maximum-failures",
	}
	replayWindow = settings{
		strongSwan: "replay_window", libreswan: "replay-window=",
		ios: "crypto ipsec security-association replay window-size", asa: "crypto ipsec security-association replay window-size",
		juniper: "ipsec vpn ike anti-replay-window-size",
	}
	truncation = settings{
		strongSwan: "sha256_96 = yes cuts HMAC-SHA2-256 to 96 bits", libreswan: "sha2-truncbug=yes does the same",
	}
	natKeepalive = settings{
		strongSwan: "charon.keep_alive; mobike of IKEv2", libreswan: "nat-keepalive=, keep-alive=",
		ios: "crypto isakmp nat keepalive", asa: "crypto isakmp nat-traversal",
		fortiGate: "phase1-interface, set keepalive",
		juniper:   "ike gateway nat-keepalive", mikroTik: "profile nat-traversal",
	}
	ikeFragments = settings{
		strongSwan: "fragmentation = yes", libreswan: "fragmentation=yes",
		ios: "crypto isakmp fragmentation", asa: "crypto ikev1 fragmentation",
		fortiGate: "phase1-interface, set fragmentation enable",
		juniper:   "ike gateway fragmentation",
	}
	mss = settings{
		strongSwan: "an iptables or nftables rule, TCPMSS --clamp-mss-to-pmtu", libreswan: "mtu=",
		ios: "ip tcp adjust-mss", asa: "sysopt connection tcpmss",
		fortiGate: "firewall policy, set tcp-mss-sender and tcp-mss-receiver",
		juniper:   "flow tcp-mss ipsec-vpn mss", mikroTik: "/ip firewall mangle, change-mss",
	}
)
