package ikescope

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// vague are words that say nothing about what a thing is or does: a name that
// needs one stands for something that is not understood yet.
var vague = []string{"manager", "helper", "helpers", "util", "utils", "utility", "utilities", "common", "misc"}

func TestNames(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != ".":
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		base := strings.TrimSuffix(strings.TrimSuffix(d.Name(), ".go"), "_test")
		if word := vagueWord(base); word != "" {
			t.Errorf("%s: %q in the name of the file", path, word)
		}
		return checkNames(t, path)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkNames(t *testing.T, path string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, name := range declared(file) {
		if word := vagueWord(name.Name); word != "" {
			t.Errorf("%s: %q in the name of %s", files.Position(name.Pos()), word, name.Name)
		}
	}
	return nil
}

// declared returns the names that a file gives: its package, functions, types, constants, variables and fields.
func declared(file *ast.File) (names []*ast.Ident) {
	names = append(names, file.Name)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			names = append(names, n.Name)
		case *ast.TypeSpec:
			names = append(names, n.Name)
		case *ast.ValueSpec:
			names = append(names, n.Names...)
		case *ast.Field:
			names = append(names, n.Names...)
		}
		return true
	})
	return names
}

// vagueWord returns the first or last word of a name if it is one of those above, "" if not: in between it
// describes another word.
func vagueWord(name string) string {
	all := words(name)
	for i, word := range all {
		if (i == 0 || i == len(all)-1) && slices.Contains(vague, word) {
			return word
		}
	}
	return ""
}

// words parts a name like keyManager, KEYManager or key_manager.
func words(name string) []string {
	var parted strings.Builder
	letters := []rune(name)
	for i, c := range letters {
		next := i+1 < len(letters) && unicode.IsLower(letters[i+1])
		if i > 0 && unicode.IsUpper(c) && (unicode.IsLower(letters[i-1]) || next) {
			parted.WriteByte(' ')
		}
		parted.WriteRune(unicode.ToLower(c))
	}
	return strings.FieldsFunc(parted.String(), func(c rune) bool { return !unicode.IsLetter(c) })
}

func TestVagueWord(t *testing.T) {
	for name, want := range map[string]string{
		"keyManager": "manager", "TestUtil": "util", "IDHelper": "helper", "common_names": "common", "utils": "utils",
		"utilization": "", "commonly": "", "noCommonProposal": "", "Common2": "common", "SKEYIDd": "", "_": "",
	} {
		if got := vagueWord(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
