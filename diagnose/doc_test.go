package diagnose_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The package comment names every file but those that hold no findings.
func TestDocNamesEveryFile(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`[a-z0-9_]+`).FindAllString(string(doc), -1)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(f, ".go")
		if strings.HasSuffix(name, "_test") || slices.Contains([]string{"doc", "case", "finding", "draft", "examiner", "text"}, name) {
			continue
		}
		if !slices.Contains(words, name) {
			t.Errorf("doc.go does not name %s", f)
		}
	}
}
