// Package outfile writes files that stand under their name only when they are
// whole. What is written goes to a new file in the same folder, readable by its
// owner alone, which takes the name in the end or is removed.
//
//	f, err := outfile.Create(path, inputs)
//	if err != nil {
//		return err
//	}
//	defer f.Abort()
//	… write to f …
//	return f.Commit()
package outfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrIsInput says that the output is one of the files that are read.
var ErrIsInput = errors.New("is one of the input files")

// ErrNoRestart says that what was written cannot be taken back.
var ErrNoRestart = errors.New("cannot be written again from the start")

// File is an output file that is being written. It belongs to one goroutine, but
// for Abort, which any may call when no other uses the file any more.
type File struct {
	name string // as the user gave it
	path string // links resolved
	temp string // "": a device or a pipe, written directly
	file *os.File
	done bool
}

// Create begins to write path. An existing file is replaced by Commit; a link
// stays, and what it leads to is replaced; a device or a named pipe is written
// as it is. The path must not be one of the inputs, under whatever name.
//
// Errors are one line that names the path; the cause is wrapped.
func Create(path string, inputs []string) (*File, error) {
	f := &File{name: path, path: path}
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, lerr := os.Lstat(path); lerr == nil {
			return nil, f.error(errors.New("is a link to nothing"))
		}
	case err != nil:
		return nil, f.error(err)
	case there.IsDir():
		return nil, f.error(errors.New("is a directory"))
	case isAny(there, inputs):
		return nil, f.error(ErrIsInput)
	case !there.Mode().IsRegular():
		return f, f.open()
	default:
		if f.path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, f.error(err)
		}
	}
	return f, f.create()
}

// isAny reports whether a file is one of paths by its identity in the file system.
func isAny(there fs.FileInfo, paths []string) bool {
	for _, p := range paths {
		if fi, err := os.Stat(p); err == nil && os.SameFile(there, fi) {
			return true
		}
	}
	return false
}

func (f *File) open() (err error) {
	if f.file, err = os.OpenFile(f.path, os.O_WRONLY, 0); err != nil {
		return f.error(err)
	}
	return nil
}

// create makes the temporary file, with mode 0600.
func (f *File) create() (err error) {
	if f.file, err = os.CreateTemp(filepath.Dir(f.path), ".ikescope-*.part"); err != nil {
		return f.error(err)
	}
	f.temp = f.file.Name()
	return nil
}

// Write writes to the file that is not yet under its name.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.file.Write(b)
	if err != nil {
		return n, f.error(err)
	}
	return n, nil
}

// Restart throws away what was written; writing begins anew. A device or a pipe
// cannot, and says so with ErrNoRestart.
func (f *File) Restart() error {
	if f.temp == "" {
		return f.error(ErrNoRestart)
	}
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return f.error(err)
	}
	return f.wrap(f.file.Truncate(0))
}

// CanRestart reports whether Restart can work.
func (f *File) CanRestart() bool { return f.temp != "" }

// Commit gives the file its name. It does not wait for the disk: what was written
// can be made again from its input. After an error the file is removed, as by
// Abort.
func (f *File) Commit() error {
	defer f.Abort()
	if f.temp == "" {
		f.done = true
		return f.wrap(f.file.Close())
	}
	if err := f.file.Close(); err != nil {
		return f.error(err)
	}
	if err := os.Rename(f.temp, f.path); err != nil {
		return f.error(err)
	}
	f.done = true
	return nil
}

// Abort removes what was written, unless it was committed. It may be called
// again, and on nil.
func (f *File) Abort() {
	if f == nil || f.done {
		return
	}
	f.done = true
	f.file.Close()
	if f.temp != "" {
		os.Remove(f.temp)
	}
}

func (f *File) wrap(err error) error {
	if err == nil {
		return nil
	}
	return f.error(err)
}

// error names the user's path; that of the temporary file would only puzzle.
func (f *File) error(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("writing %s: %w", f.name, err)
}

var _ io.Writer = (*File)(nil)
