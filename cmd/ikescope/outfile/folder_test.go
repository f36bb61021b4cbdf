package outfile

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWriteFolder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "profile") + string(filepath.Separator)
	if err := WriteFolder(path, map[string][]byte{"a": []byte("1"), "b": nil}); err != nil {
		t.Fatal(err)
	}
	only(t, dir, "profile")
	only(t, path, "a", "b")
	if content(t, filepath.Join(path, "a")) != "1" {
		t.Error("other content")
	}
	fi, err := os.Stat(filepath.Join(path, "a"))
	if err != nil || runtime.GOOS != "windows" && fi.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", fi.Mode(), err)
	}
	if err := WriteFolder(path, nil); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Error(err)
	}
}

func TestWriteFolderLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := WriteFolder(filepath.Join(dir, "profile"), map[string][]byte{"no/such": nil}); err == nil {
		t.Error("no error")
	}
	if err := WriteFolder(filepath.Join(dir, "no", "profile"), nil); err == nil || strings.Contains(err.Error(), ".part") {
		t.Error(err)
	}
	only(t, dir)
}
