package diagnose

// Codes of phase 1.
const (
	Phase1NoProposalChosen Code = "phase1-no-proposal-chosen"
	Phase1NoAnswer         Code = "phase1-no-answer"
	Phase1Incomplete       Code = "phase1-incomplete"
	PSKMismatch            Code = "psk-mismatch"
	AuthFailed             Code = "auth-failed"
	IDMismatch             Code = "id-mismatch"
	PortUnreachable        Code = "port-unreachable"
	XAUTHFailed            Code = "xauth-failed"
	AggressivePSKExposed   Code = "aggressive-psk-exposed"
)

// Codes of phase 2.
const (
	Phase2NoProposalChosen Code = "phase2-no-proposal-chosen"
	Phase2NoAnswer         Code = "phase2-no-answer"
	SelectorMismatch       Code = "selector-mismatch"
	PFSMismatch            Code = "pfs-mismatch"
)

// Codes of the lives of SAs.
const (
	SADeleted        Code = "sa-deleted"
	RekeyOverlap     Code = "rekey-overlap"
	LifetimeMismatch Code = "lifetime-mismatch"
	DPDTimeout       Code = "dpd-timeout"
	Retransmissions  Code = "retransmissions"
)

// Codes of ESP and AH traffic.
const (
	ESPUnknownSPI         Code = "esp-unknown-spi"
	ESPOneWay             Code = "esp-one-way"
	ESPUnusedSA           Code = "esp-unused-sa"
	ESPICVFailed          Code = "esp-icv-failed"
	ESPReplayed           Code = "esp-replayed"
	ESPLost               Code = "esp-lost"
	ESPReordered          Code = "esp-reordered"
	ESPTruncationMismatch Code = "esp-truncation-mismatch"
)

// Codes of the path between the peers.
const (
	NATDetected       Code = "nat-detected"
	NATMappingChanged Code = "nat-mapping-changed"
	FragmentsMissing  Code = "fragments-missing"
	MTUExceeded       Code = "mtu-exceeded"
)

// Codes of the capture.
const (
	CaptureOneSided   Code = "capture-one-sided"
	CaptureTruncated  Code = "capture-truncated"
	CaptureStartsLate Code = "capture-starts-late"
	CaptureDoubled    Code = "capture-doubled"
)

// Codes of the input: of messages, and of the user's secrets.
const (
	MalformedMessage  Code = "malformed-message"
	SecretUnused      Code = "secret-unused"
	SecretWrongLength Code = "secret-wrong-length"
)

// Codes of the audit.
const (
	WeakEncryption Code = "weak-encryption"
	WeakHash       Code = "weak-hash"
	WeakGroup      Code = "weak-group"
	WeakAuth       Code = "weak-auth"

	CertificateOutdated Code = "certificate-outdated"
)

// codeRow is what is known of a code before any case: how bad it usually is,
// where the RFCs speak of it, what to do, and under which names products have
// the setting.
type codeRow struct {
	code     Code
	severity Severity
	ref      string
	todo     string
	settings settings
}

// codeWords is a row with its advice in words: what to do, then the settings by
// product.
type codeWords struct {
	codeRow
	advice string
}

var codeTable = []codeRow{
	{Phase1NoProposalChosen, Error, "RFC 2408, sections 4.2 and 5.4; RFC 2409, section 5",
		"Give both ends a proposal in common: encryption with its key length, hash, group and authentication method must all be equal.", phase1Proposals},
	{Phase1NoAnswer, Error, "RFC 2408, section 5.1",
		"See that the peer's address is right, that IKE runs there and knows this peer, and that nothing on the way drops UDP 500 and 4500.", peerAddress},
	{Phase1Incomplete, Warning, "RFC 2409, section 5", "Capture until the negotiation is through, at a place that sees both directions.", settings{}},
	{PSKMismatch, Error, "RFC 2409, section 5.4",
		"Enter the same key at both ends. Look for blanks and line ends that were copied with it, and for which key the peer's address or identity selects.", preSharedKey},
	{AuthFailed, Error, "RFC 2409, sections 5.1 to 5.4",
		"See why the refusing end does not accept the other's proof: trust anchor, validity and revocation of the certificate, the identity in it, its key.", certificates},
	{IDMismatch, Error, "RFC 2407, section 4.6.2",
		"Let each end expect the identity that the other sends, in type and value.", identities},
	{PortUnreachable, Error, "RFC 792; RFC 4443, section 3.1",
		"Start IKE on that host, or let it listen on this address; a firewall that rejects answers the same way.", peerAddress},
	{XAUTHFailed, Error, "draft-beaulieu-ike-xauth-02",
		"Check name and password, and what the gateway asks them of (local users, RADIUS, LDAP).", xauthUsers},
	{AggressivePSKExposed, Warning, "RFC 2409, section 5.4",
		"Whoever captured this can try keys offline against the hash. Use Main Mode, better IKEv2 with certificates; else a key of 20 random characters or more.", aggressiveMode},

	{Phase2NoProposalChosen, Error, "RFC 2409, section 5.5; RFC 2407, section 4.5",
		"Give both ends a phase 2 proposal in common: protocol, encryption with its key length, integrity, mode (tunnel or transport) and PFS group.", phase2Proposals},
	{Phase2NoAnswer, Error, "RFC 2409, section 5.5",
		"Read the log of the end that is silent: it may drop a proposal or selectors that it does not accept without a word.", phase2Proposals},
	{SelectorMismatch, Error, "RFC 2409, section 5.5; RFC 2407, section 4.6.2",
		"Make both ends mirror each other, each network with the same prefix length, protocol and port.", trafficSelectors},
	{PFSMismatch, Error, "RFC 2409, section 5.5",
		"Use the same group for PFS at both ends, or none at both.", pfsGroups},

	{SADeleted, Notice, "RFC 2408, section 3.15", "Read the log of the end that deleted it for the reason.", settings{}},
	{RekeyOverlap, Notice, "RFC 2409, section 5.5; RFC 2408, section 4.3", "", settings{}},
	{LifetimeMismatch, Warning, "RFC 2407, sections 4.5.4 and 4.6.3.1",
		"Use the same lifetimes at both ends, so that none keeps an SA that the other has dropped.", lifetimes},
	{DPDTimeout, Error, "RFC 3706, section 5",
		"See whether the silent end is up and its link works, and whether a firewall or NAT on the way forgot the flow.", deadPeerDetection},
	{Retransmissions, Notice, "RFC 2408, section 5.1", "Messages were lost on the way, or a peer was slow to answer.", settings{}},

	{ESPUnknownSPI, Warning, "RFC 4303, section 2.1; RFC 4301, section 4.1",
		"Capture from the negotiation on, or supply the keys: ip xfrm state, setkey -D, FortiGate: diagnose vpn tunnel list.", settings{}},
	{ESPOneWay, Warning, "RFC 4301, section 4.1",
		"Follow the silent direction: does the peer's kernel have both SAs, does a route behind it lead back into the tunnel, does a firewall or NAT drop its packets (protocol 50, or UDP 4500)?", settings{}},
	{ESPUnusedSA, Notice, "RFC 4301, section 4.1", "", settings{}},
	{ESPICVFailed, Error, "RFC 4303, section 3.4.4", "", settings{}},
	{ESPReplayed, Warning, "RFC 4303, section 3.4.3",
		"Receivers drop repeated packets. Look for a device that doubles them: a mirror port, a loop, a bond; or for somebody who replays them.", settings{}},
	{ESPLost, Warning, "RFC 4303, section 3.4.3",
		"Numbers are missing: the packets were lost before the place of the capture, or the capturing program dropped them.", settings{}},
	{ESPReordered, Notice, "RFC 4303, section 3.4.3",
		"A receiver drops packets that come later than its anti-replay window is wide; use a larger one.", replayWindow},
	{ESPTruncationMismatch, Error, "RFC 4868, section 2.3; RFC 4303, section 2.8",
		"One end cuts the ICV to another length than was negotiated. Update it, or make the other do the same.", truncation},

	{NATDetected, Notice, "RFC 3947, section 3.2", "", settings{}},
	{NATMappingChanged, Warning, "RFC 3947, section 6; RFC 3948, section 4",
		"The NAT gave the flow another address or port. Send keepalives more often than it forgets a flow, and see that the peer follows the change.", natKeepalive},
	{FragmentsMissing, Warning, "RFC 791, section 3.2; RFC 7383 for IKEv2",
		"Something on the way, or the capture, drops IP fragments. Use IKE fragmentation, smaller certificates, or a smaller inner MTU.", ikeFragments},
	{MTUExceeded, Warning, "RFC 4301, section 8; RFC 1191",
		"Lower the MTU of the tunnel or clamp the TCP MSS of what goes into it.", mss},

	{CaptureOneSided, Warning, "", "Capture where both directions pass: both ports of a mirror, or the gateway itself.", settings{}},
	{CaptureTruncated, Warning, "", "", settings{}},
	{CaptureStartsLate, Warning, "", "Start the capture, then bring the tunnel up anew. What came before helps too: the other files of a ring buffer.", settings{}},
	{CaptureDoubled, Notice, "", "", settings{}},

	{MalformedMessage, Warning, "RFC 2408, section 5.3", "", settings{}},
	{SecretUnused, Notice, "", "", settings{}},
	{SecretWrongLength, Warning, "", "", settings{}},

	{WeakEncryption, Warning, "RFC 8221, section 5", "Use AES, in GCM or with HMAC-SHA2.", settings{}},
	{CertificateOutdated, Warning, "RFC 5280, section 4.1.2.5", "Renew the certificate, and see that the clocks of both ends are right.", settings{}},
	{WeakHash, Warning, "RFC 8247, sections 2.2 and 2.3", "Use SHA2-256 or longer.", settings{}},
	{WeakGroup, Warning, "RFC 8247, section 2.4", "Use MODP 2048 (group 14) or longer, or an elliptic curve (19, 20, 31).", settings{}},
	{WeakAuth, Warning, "RFC 8247, section 3", "Use certificates, or a key of 20 random characters or more.", settings{}},
}

var codeRows = indexCodes()

func indexCodes() map[Code]codeWords {
	rows := make(map[Code]codeWords, len(codeTable))
	for _, r := range codeTable {
		rows[r.code] = codeWords{r, r.advise()}
	}
	return rows
}

// rowOf returns the row of a code. A code without a row is a bug.
func rowOf(c Code) codeWords {
	row, ok := codeRows[c]
	if !ok {
		panic("diagnose: no row for code " + string(c))
	}
	return row
}

// Codes lists every code that a finding can have.
func Codes() []Code {
	all := make([]Code, 0, len(codeTable))
	for _, r := range codeTable {
		all = append(all, r.code)
	}
	return all
}

// advise is what to do, then the settings by product.
func (r codeRow) advise() string {
	s := r.settings.String()
	switch {
	case r.todo == "":
		return s
	case s == "":
		return r.todo
	}
	return r.todo + "\n" + s
}
