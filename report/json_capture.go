package report

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/pcaps"
)

type jsonCapture struct {
	Path      *string  `json:"path"`
	PathHex   string   `json:"path_hex,omitempty"` // of a name that is not UTF-8
	Format    string   `json:"format"`
	Packets   int64    `json:"packets"`
	First     *string  `json:"first"`
	Last      *string  `json:"last"`
	Truncated int64    `json:"truncated_packets"`
	Complete  bool     `json:"complete"`
	Problems  []string `json:"problems"`
}

func captureJSON(c pcaps.CaptureInfo) jsonCapture {
	j := jsonCapture{
		Format: c.Format, Packets: c.Packets, Truncated: c.Truncated, Complete: !c.Incomplete(),
		Problems: list(c.Problems, func(p pcaps.Problem) string { return utf8Text(p.Text) }),
	}
	if j.Path = &c.Path; !utf8.ValidString(c.Path) {
		j.Path, j.PathHex = nil, hex.EncodeToString([]byte(c.Path))
	}
	if c.Packets > 0 {
		first, last := rfc3339(c.First), rfc3339(c.Last)
		j.First, j.Last = &first, &last
	}
	return j
}

type jsonUnknown struct {
	Protocol    string `json:"protocol"`
	SPI         string `json:"spi"`
	Source      string `json:"source"`
	Destination string `json:"destination"`
	Packets     int64  `json:"packets"`
	Bytes       int64  `json:"bytes"`
	Encap       string `json:"encapsulation"`
	FirstFrame  int64  `json:"first_frame"`
	LastFrame   int64  `json:"last_frame"`
}

func unknownJSON(f *analysis.Flow) jsonUnknown {
	return jsonUnknown{
		Protocol: protocolName(f.Key.Protocol), SPI: spi(f.Key.SPI),
		Source: f.Src.String(), Destination: f.Key.Dst.String(), Packets: f.Packets, Bytes: f.Bytes,
		Encap: f.Encap.String(), FirstFrame: f.First, LastFrame: f.Last,
	}
}

// protocolName is the contract's name of an IPsec protocol by its IP protocol
// number.
func protocolName(ip uint8) string {
	switch ip {
	case 51:
		return decode.KindAH.String()
	case 108:
		return decode.KindIPComp.String()
	default:
		return decode.KindESP.String()
	}
}

// protocolTitle is how people write it.
func protocolTitle(ip uint8) string {
	if ip == 108 {
		return isakmp.ProtocolIPComp.Title()
	}
	return strings.ToUpper(protocolName(ip))
}

type jsonFinding struct {
	Code      diagnose.Code      `json:"code"`
	Severity  diagnose.Severity  `json:"severity"`
	Certainty diagnose.Certainty `json:"certainty"`
	Summary   string             `json:"summary"`
	Detail    string             `json:"detail"`
	Advice    string             `json:"advice"`
	Frames    []int64            `json:"frames"`
	SA        *string            `json:"sa"`
	Ref       *string            `json:"reference"`
	Alike     []jsonAlike        `json:"alike,omitempty"`      // for which it speaks, itself first
	AlikeMore int64              `json:"alike_more,omitempty"` // that are not listed
}

// jsonAlike is one of the findings for which one speaks.
type jsonAlike struct {
	Summary string  `json:"summary"`
	Frames  []int64 `json:"frames"`
	SA      *string `json:"sa"`
}

// maxAlikeFrames is how many packets of each of them are named.
const maxAlikeFrames = 8

// alikeJSON lists the findings for which one speaks, down to those that speak for
// themselves.
func alikeJSON(f diagnose.Finding) (all []jsonAlike) {
	for _, m := range f.Alike {
		if m.Alike != nil {
			all = append(all, alikeJSON(m)...)
			continue
		}
		all = append(all, jsonAlike{utf8Text(m.Summary), append([]int64{}, m.Frames[:min(len(m.Frames), maxAlikeFrames)]...), known(m.SA)})
	}
	return all
}

func findingJSON(f diagnose.Finding) jsonFinding {
	return jsonFinding{
		Alike: alikeJSON(f), AlikeMore: f.More,
		Code: f.Code, Severity: f.Severity, Certainty: f.Certainty,
		Summary: utf8Text(f.Summary), Detail: utf8Text(f.Detail), Advice: utf8Text(f.Advice),
		Frames: append([]int64{}, f.Frames...), SA: known(f.SA), Ref: known(f.Ref),
	}
}
