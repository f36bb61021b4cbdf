package outfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is a folder of output files that appears under its name when it is whole.
type Folder struct {
	name  string // as the user gave it
	temp  string
	files []*os.File
	done  bool
}

// CreateFolder begins to write a folder, readable by its owner alone. It must not
// exist: what somebody has set up there would be lost.
func CreateFolder(path string) (*Folder, error) {
	f := &Folder{name: path}
	if _, err := os.Lstat(path); err == nil {
		return nil, f.error(errors.New("exists already"))
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, f.error(err)
	}
	var err error
	if f.temp, err = os.MkdirTemp(filepath.Dir(filepath.Clean(path)), ".ikescope-*.part"); err != nil {
		return nil, f.error(err)
	}
	return f, nil
}

// Create makes a file in the folder, with mode 0600. It stays open until Commit or
// Abort.
func (f *Folder) Create(name string) (io.Writer, error) {
	file, err := os.OpenFile(filepath.Join(f.temp, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, f.error(err)
	}
	f.files = append(f.files, file)
	return file, nil
}

// Commit gives the folder its name. After an error it is removed, as by Abort.
func (f *Folder) Commit() error {
	defer f.Abort()
	if err := f.close(); err != nil {
		return f.error(err)
	}
	if err := os.Rename(f.temp, f.name); err != nil {
		return f.error(err)
	}
	f.done = true
	return nil
}

// Abort removes what was written, unless it was committed.
func (f *Folder) Abort() {
	if f == nil || f.done {
		return
	}
	f.done = true
	_ = f.close()
	_ = os.RemoveAll(f.temp)
}

func (f *Folder) close() (err error) {
	for _, file := range f.files {
		err = errors.Join(err, file.Close())
	}
	f.files = nil
	return err
}

func (f *Folder) error(err error) error { return (&File{name: f.name}).error(err) }

// WriteFolder makes a folder with these files, whole or not at all.
func WriteFolder(path string, files map[string][]byte) error {
	f, err := CreateFolder(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	for name, text := range files {
		w, err := f.Create(name)
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return f.error(err)
		}
	}
	return f.Commit()
}
