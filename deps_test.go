package ikescope

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed is a statement of policy: what each room may import of this module.
// Data flows one way, from frames to reports; a package that is not listed, or
// imports what its row does not name, fails the build.
var allowed = map[string][]string{
	"suite":         {"suite/..."},
	"pcaps":         {},
	"pcaps/samples": {"pcaps"},
	"decode":        {"suite", "decode/..."},
	"keymat":        {"suite", "suite/counter"},
	"secrets":       {"keymat", "suite", "secrets/..."},
	"ikestate":      {"decode", "decode/isakmp", "decode/ikev2", "keymat", "secrets", "suite", "ikestate/..."},
	"esp":           {"suite", "suite/counter", "esp/..."},
	"esp/kernel":    {"esp/kernel/..."},
	"diagnose":      {"ikestate", "esp", "esp/replay", "decode", "decode/isakmp", "decode/ikev2", "suite", "keymat", "secrets", "pcaps"},
	"analysis":      {"..."},
	"report":        {"..."},
	"cmd/ikescope":  {"..."},
	"bench":         {"..."},
}

// forbidden lists who must not be imported even where a row says "...".
var forbidden = map[string][]string{
	"analysis": {"report", "cmd", "bench"},
	"report":   {"cmd", "bench"},
}

func TestImportDirections(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		from := strings.TrimPrefix(fields[0], "ikescope/")
		if from == "ikescope" {
			continue
		}
		for _, imported := range fields[1:] {
			if to, ours := strings.CutPrefix(imported, "ikescope/"); ours && !mayImport(t, from, to) {
				t.Errorf("%s must not import %s", from, to)
			}
		}
	}
}

func mayImport(t *testing.T, from, to string) bool {
	room := roomOf(from)
	rules, known := allowed[room]
	if !known {
		t.Errorf("%s belongs to no room", from)
		return true
	}
	if slices.ContainsFunc(forbidden[room], func(f string) bool { return matches(f+"/...", to) }) {
		return false
	}
	return slices.ContainsFunc(rules, func(r string) bool { return matches(r, to) })
}

// roomOf returns the longest row of which the package is a part.
func roomOf(pkg string) (room string) {
	for r := range allowed {
		if (pkg == r || strings.HasPrefix(pkg, r+"/")) && len(r) > len(room) {
			room = r
		}
	}
	return room
}

func matches(rule, pkg string) bool {
	prefix, tree := strings.CutSuffix(rule, "...")
	if !tree {
		return rule == pkg
	}
	return strings.HasPrefix(pkg+"/", prefix)
}
