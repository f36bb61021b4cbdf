package outfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// only fails unless the folder holds just these names.
func only(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("folder holds %v, want %v", got, want)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, path string, inputs ...string) *File {
	t.Helper()
	f, err := Create(path, inputs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Abort)
	if _, err := f.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	return f
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCommitGivesTheName(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	f := create(t, path)
	if _, err := os.Stat(path); err == nil {
		t.Error("the name exists before Commit")
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort()
	if content(t, path) != "new" {
		t.Error("other content")
	}
	only(t, dir, "out")
	if fi, _ := os.Stat(path); runtime.GOOS != "windows" && fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", fi.Mode())
	}
}

func TestAbortLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	write(t, path, "old")
	f := create(t, path)
	f.Abort()
	f.Abort()
	if content(t, path) != "old" {
		t.Error("the old file changed")
	}
	only(t, dir, "out")
	var none *File
	none.Abort()
}

func TestCommitReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	write(t, path, "old")
	if err := create(t, path).Commit(); err != nil || content(t, path) != "new" {
		t.Errorf("not replaced: %v", err)
	}
	only(t, dir, "out")
}

func TestLinkStays(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "out"), filepath.Join(dir, "link")
	write(t, path, "old")
	symlink(t, path, link)
	if err := create(t, link).Commit(); err != nil || content(t, path) != "new" {
		t.Errorf("not replaced: %v", err)
	}
	if fi, err := os.Lstat(link); err != nil || fi.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
}

func symlink(t *testing.T, path, link string) {
	t.Helper()
	if err := os.Symlink(path, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
}

func TestInputIsRefusedUnderEveryName(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "capture")
	write(t, in, "precious")
	soft, hard := filepath.Join(dir, "soft"), filepath.Join(dir, "hard")
	symlink(t, in, soft)
	if err := os.Link(in, hard); err != nil {
		t.Skip("no hard links here:", err)
	}
	for _, out := range []string{in, soft, hard, filepath.Join(dir, ".", "x", "..", "capture")} {
		if _, err := Create(out, []string{"-", filepath.Join(dir, "absent"), in}); !errors.Is(err, ErrIsInput) {
			if !errors.Is(err, os.ErrNotExist) { // x does not exist on every system
				t.Errorf("%s: %v", out, err)
			}
		}
	}
	if content(t, in) != "precious" {
		t.Error("the input changed")
	}
	only(t, dir, "capture", "hard", "soft")
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "")
	symlink(t, filepath.Join(dir, "gone"), filepath.Join(dir, "dangling"))
	for path, want := range map[string]string{
		dir:                             "is a directory",
		filepath.Join(dir, "no", "out"): "no such file or directory",
		filepath.Join(file, "out"):      "not a directory",
		filepath.Join(dir, "dangling"):  "is a link to nothing",
		filepath.Join(dir, strings.Repeat("n", 300)): "file name too long",
	} {
		_, err := Create(path, nil)
		if err == nil {
			t.Errorf("%s: no error", path)
			continue
		}
		text := err.Error()
		if runtime.GOOS == "linux" && !strings.Contains(text, want) {
			t.Errorf("%s: %s", path, text)
		}
		if !strings.Contains(text, path) || strings.Contains(text, ".part") || strings.Contains(text, "\n") {
			t.Errorf("error text: %s", text)
		}
	}
	only(t, dir, "dangling", "file")
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("the superuser may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(filepath.Join(dir, "out"), nil); !errors.Is(err, os.ErrPermission) {
		t.Error(err)
	}
}

func TestFullDisk(t *testing.T) {
	f, err := Create("/dev/full", nil)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer f.Abort()
	_, err = f.Write([]byte("x"))
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != "writing /dev/full: no space left on device" {
		t.Error(err)
	}
	f.Abort()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Error("the device is gone")
	}
}

func TestDeviceIsWrittenDirectly(t *testing.T) {
	f, err := Create(os.DevNull, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Error(err)
	}
}

func TestFolderVanishesBeforeCommit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sub")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f := create(t, filepath.Join(dir, "out"))
	if err := os.RemoveAll(dir); err != nil {
		t.Skip("open files cannot be removed here")
	}
	if err := f.Commit(); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestRestartThrowsAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	f := create(t, path)
	if !f.CanRestart() {
		t.Fatal("a file cannot begin again")
	}
	if err := f.Restart(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("n")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil || content(t, path) != "n" {
		t.Errorf("%q, %v", content(t, path), err)
	}
	d, err := Create(os.DevNull, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Abort()
	if d.CanRestart() {
		t.Error("a device can begin again")
	}
}
