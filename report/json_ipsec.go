package report

import (
	"fmt"
	"net/netip"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
)

type jsonIPsec struct {
	ID                string         `json:"id"`
	ISAKMP            *string        `json:"isakmp_sa"`
	MessageID         *string        `json:"message_id"`
	Protocol          string         `json:"protocol"`
	SPI               string         `json:"spi"`
	Source            *string        `json:"source"`
	Destination       *string        `json:"destination"`
	OriginalSource    *string        `json:"original_source,omitempty"` // before any NAT, as NAT-OA payloads say
	OriginalDest      *string        `json:"original_destination,omitempty"`
	SourcePort        *uint16        `json:"source_port"` // of the encapsulation
	DestinationPort   *uint16        `json:"destination_port"`
	Mode              *string        `json:"mode"`
	Encap             string         `json:"encapsulation"`
	Encryption        *string        `json:"encryption"`
	Integrity         *string        `json:"integrity"`
	PFSGroup          *string        `json:"pfs_group"`
	FurtherGroups     []string       `json:"further_groups,omitempty"` // key exchanges of IKE_FOLLOWUP_KE (RFC 9370)
	ESN               bool           `json:"esn"`
	LifetimeSeconds   *uint64        `json:"lifetime_seconds"`
	LifetimeKilobytes *uint64        `json:"lifetime_kilobytes"`
	SourceSelector    *string        `json:"source_selector"`
	DestSelector      *string        `json:"destination_selector"`
	Packets           int64          `json:"packets"`
	Bytes             int64          `json:"bytes"`
	InsidePackets     int64          `json:"inside_packets,omitempty"` // IPComp: that stand in packets of ESP, where they are counted
	InsideBytes       int64          `json:"inside_bytes,omitempty"`
	Decrypted         int64          `json:"decrypted"`
	ICVFailed         int64          `json:"icv_failed"`
	NotDecrypted      int64          `json:"not_decrypted"`
	Unverified        int64          `json:"unverified"` // of those decrypted
	FirstSequence     *uint64        `json:"first_sequence"`
	LastSequence      *uint64        `json:"last_sequence"`
	Lost              uint64         `json:"lost"`
	Duplicates        uint64         `json:"duplicates"`
	OutOfOrder        uint64         `json:"out_of_order"`
	DeletedIn         *int64         `json:"deleted_in"` // packet number
	Keys              *jsonIPsecKeys `json:"keys,omitempty"`
}

type jsonIPsecKeys struct {
	Encryption *string `json:"encryption_key"`
	Integrity  *string `json:"integrity_key"`
}

func ipsecJSON(r *analysis.Result, ids identifiers, o Options) []jsonIPsec {
	return list(r.SAs, func(s *analysis.SA) jsonIPsec {
		j := jsonIPsec{
			ID: ids.sa[s], Protocol: s.Protocol.String(), SPI: spi(s.SPI),
			Source: addrJSON(s.Src), Destination: addrJSON(s.Dst),
			SourcePort: known(s.SrcPort), DestinationPort: known(s.DstPort),
			Mode: known(s.Mode), Encap: s.Encap.String(),
			Encryption: known(s.Encryption), Integrity: integrityJSON(s),
			PFSGroup: known(s.PFSGroup), FurtherGroups: s.FurtherGroups, ESN: s.ESN,
			LifetimeSeconds: known(s.LifetimeSeconds), LifetimeKilobytes: known(s.LifetimeKilobytes),
			Decrypted: s.Opened.Decrypted + s.Opened.Unverified, Unverified: s.Opened.Unverified,
			ICVFailed: s.Opened.ICVFailed, NotDecrypted: s.Opened.NoKey + s.Opened.Damaged + s.Opened.Faulted,
		}
		if c := s.Conversation; c != nil {
			mid := fmt.Sprintf("%08x", s.MessageID)
			j.ISAKMP, j.MessageID = known(ids.conversation[c]), &mid
			if !s.SelectorsCut {
				j.SourceSelector, j.DestSelector = selectorJSON(s.SrcSelector, s.Src), selectorJSON(s.DstSelector, s.Dst)
			}
		}
		src, dst := originalEnds(s)
		j.OriginalSource, j.OriginalDest = addrJSON(src), addrJSON(dst)
		if s.Deleted != nil {
			j.DeletedIn = &s.Deleted.Frame
		}
		j.traffic(s)
		if o.ShowKeys {
			j.Keys = &jsonIPsecKeys{hexOf(s.Keys.Encryption), hexOf(s.Keys.Integrity)}
		}
		return j
	})
}

// traffic fills in what the packets say.
func (j *jsonIPsec) traffic(s *analysis.SA) {
	if s.Flow == nil {
		return
	}
	seq := s.Flow.Numbers()
	if s.Protocol == isakmp.ProtocolIPComp { // has no sequence numbers, and nothing to decrypt
		if j.Packets, j.Bytes = s.Flow.Packets, s.Flow.Bytes; s.Flow.Inside() {
			j.Packets, j.Bytes, j.InsidePackets, j.InsideBytes = 0, 0, j.Packets, j.Bytes
		}
		return
	}
	j.Packets, j.Bytes = s.Flow.Packets, s.Flow.Bytes
	j.FirstSequence, j.LastSequence = &seq.First, &seq.Last
	j.Lost, j.Duplicates, j.OutOfOrder = seq.Lost, seq.Duplicates, seq.OutOfOrder
}

func addrJSON(a netip.Addr) *string {
	if !a.IsValid() {
		return nil
	}
	s := a.String()
	return &s
}

func selectorJSON(id *isakmp.ID, peer netip.Addr) *string { return known(selector(id, peer)) }

// integrityJSON is null where nothing is known, "none" where a negotiation chose
// none or the cipher protects integrity itself.
func integrityJSON(s *analysis.SA) *string {
	if s.Protocol == isakmp.ProtocolESP && s.IntegrityName == "" && s.Encryption != "" {
		return known("none")
	}
	return known(s.IntegrityName)
}
