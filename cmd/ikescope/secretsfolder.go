package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ikescope/secrets"
)

// Limits of a folder of secrets: a Wireshark profile, or a support bundle.
const (
	maxFolderFiles = 10_000
	maxFolderDepth = 8
)

// readFolder reads the files of a folder and of those inside it. What is in no
// known format is passed over, as long as one file is.
func (a *app) readFolder(root string) (*secrets.Ring, error) {
	ring, known, seen := new(secrets.Ring), 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			a.warn("%s: %v", path, cause(err))
			return nil
		case d.IsDir() && depth(root, path) > maxFolderDepth:
			a.warn("%s: folders inside each other too deep: left out", path)
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		if seen++; seen > maxFolderFiles {
			a.warn("%s: more than %d files: the rest is left out", root, maxFolderFiles)
			return fs.SkipAll
		}
		r, err := a.readMember(path)
		if r != nil {
			known++
			ring.Merge(r)
		}
		return err
	})
	if err == nil && known == 0 {
		err = fmt.Errorf("%s: no file in this folder holds secrets in a known format (ikescope secrets --help lists them)", root)
	}
	return ring, err
}

// readMember reads a file of a folder. It is nil without an error where the file
// holds nothing.
func (a *app) readMember(path string) (*secrets.Ring, error) {
	f, err := os.Open(path)
	if err != nil {
		a.warn("%s: %v", path, cause(err))
		return nil, nil
	}
	defer f.Close()
	ring, warnings, err := secrets.Read(path, f)
	switch {
	case errors.Is(err, secrets.ErrUnknownFormat):
		return nil, nil
	case err != nil:
		return nil, err
	case ring.Len() == 0:
		return nil, nil
	}
	a.warnOfReaders(f)
	for _, w := range warnings {
		a.warn("%v", w)
	}
	return ring, nil
}

// depth is how many folders path lies below root.
func depth(root, path string) (n int) {
	rel, err := filepath.Rel(root, path)
	if err != nil || rel == "." {
		return 0
	}
	for rel != "." {
		rel = filepath.Dir(rel)
		n++
	}
	return n
}
