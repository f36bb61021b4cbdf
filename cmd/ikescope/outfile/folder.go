package outfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFolder makes a folder with these files, all for the owner alone, whole or
// not at all. The folder must not exist: what somebody has set up there would be
// lost.
func WriteFolder(path string, files map[string][]byte) error {
	f := &File{name: path}
	if _, err := os.Lstat(path); err == nil {
		return f.error(errors.New("exists already"))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return f.error(err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(path)), ".ikescope-*.part")
	if err != nil {
		return f.error(err)
	}
	defer os.RemoveAll(temp)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(temp, name), text, 0o600); err != nil {
			return f.error(err)
		}
	}
	return f.wrap(os.Rename(temp, path))
}
